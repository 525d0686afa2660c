// fhir-profiles/generate: the same input gives the same files, and the committed files are those.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { emitCodes } from '../../fhir-profiles/generate/emit/codes.ts'
import { emitElements } from '../../fhir-profiles/generate/emit/elements.ts'
import { emitEntities } from '../../fhir-profiles/generate/emit/entities.ts'
import { emitSchema } from '../../fhir-profiles/generate/emit/schema.ts'
import { emitSearch } from '../../fhir-profiles/generate/emit/search.ts'
import { emitSearchArguments } from '../../fhir-profiles/generate/emit/search-arguments.ts'
import { emitTypes } from '../../fhir-profiles/generate/emit/types.ts'
import { buildModel } from '../../fhir-profiles/generate/model.ts'
import { type Definitions, readDefinitions } from '../../fhir-profiles/generate/read.ts'
import { buildSearch } from '../../fhir-profiles/generate/search-model.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const definitions = readDefinitions()

function emitAll(definitions: Definitions): Record<string, string> {
  const model = buildModel(definitions)
  const search = buildSearch(definitions, model)
  const schema = Object.entries(emitSchema(model)).map(([name, text]) => [`schema/generated/${name}`, text])
  return {
    'src/fhir/generated/elements.ts': emitElements(model),
    'src/fhir/generated/codes.ts': emitCodes(definitions, model),
    'src/fhir/generated/search-parameters.ts': emitSearch(search),
    'src/fhir/generated/types.ts': emitTypes(model),
    'src/store/generated/entities.ts': emitEntities(search),
    'schema/generated/search-arguments.ts': emitSearchArguments(search),
    ...Object.fromEntries(schema),
  }
}

/** The same definitions as another run might meet them: maps and lists in another order. */
function reordered(d: Definitions): Definitions {
  const backwards = <T>(map: Map<string, T>) => new Map([...map].reverse())
  return {
    ...d,
    structures: backwards(d.structures),
    codeSystems: backwards(d.codeSystems),
    valueSets: backwards(d.valueSets),
    patientCompartment: backwards(d.patientCompartment),
    searchParameters: d.searchParameters.toReversed(),
  }
}

describe('the generator', () => {
  it('makes the same text twice, whatever the order of the definitions', () => {
    const first = emitAll(definitions)
    expect(emitAll(readDefinitions())).toEqual(first)
    expect(emitAll(reordered(definitions))).toEqual(first)
    expect(Object.keys(first).length).toBeGreaterThan(30)
  })

  it('makes the committed files, and ends each with one line break', () => {
    for (const [file, text] of Object.entries(emitAll(definitions))) {
      expect([file, readFileSync(root + file, 'utf8') === text]).toEqual([file, true])
      expect(text).toMatch(/[^\n]\n$/)
      expect(text).not.toContain('[object Object]')
      expect(text).not.toContain(root)
    }
  })

  it('finds no drift with --check, in the files, the schema and the migrations', async () => {
    const run = promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'fhir-profiles/generate/main.ts', '--check'],
      { cwd: root },
    )
    await expect(run).resolves.toEqual({ stdout: '', stderr: '' })
  }, 60_000)
})

describe('a mistake in lens.json is told by name', () => {
  const [first, ...others] = definitions.lens

  it.each([
    ['a type that R4 does not have', { ...first!, type: 'Nothing' }, 'R4 defines no type Nothing'],
    ['an index on no parameter', { ...first!, index: ['nothing'] }, 'Patient has no parameter nothing'],
    ['a date that is no parameter', { ...first!, date: 'nothing' }, 'Patient has no parameter nothing'],
  ])('%s', (_, line, message) => {
    const changed = { ...definitions, lens: [line, ...others] }
    expect(() => buildSearch(changed, buildModel(changed))).toThrow(`lens.json: ${message}`)
  })
})

describe('a type more in lens.json', () => {
  it('takes nothing but its line', () => {
    const appointment = { type: 'Appointment', date: 'date', index: ['identifier'] }
    const files = emitAll({ ...definitions, lens: [...definitions.lens, appointment] })
    expect(files['src/fhir/generated/elements.ts']).toContain("  AppointmentParticipant: { kind: 'backbone'")
    expect(files['src/fhir/generated/search-parameters.ts']).toContain("    compartment: ['actor'],")
    expect(files['src/store/generated/entities.ts']).toContain("resourceTable('Appointment', 'appointment', {")
    expect(files['schema/generated/appointment.ts']).toContain('export class Appointment')
    expect(files['schema/generated/search-arguments.ts']).toContain('export class AppointmentSearch extends')
  })
})
