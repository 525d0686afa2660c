// https://hl7.org/fhir/R4/validation.html: laws over HL7's examples and thousands of spoiled copies of them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import { validate } from '../../src/fhir/validate.ts'
import { isObject, parseJson } from '../../src/kernel/json.ts'
import { isFhirPath } from './fhirpath.ts'
import { MUTATIONS } from './mutate.ts'
import { inspect } from './naive.ts'
import { exampleTexts, type Node } from './r4.ts'

const KNOWN = Object.keys(TYPES).filter((type) => TYPES[type]!.kind === 'resource')
const texts = exampleTexts(RESOURCE_TYPES)
const read = (file: string) => parseJson(texts.get(file)!).value as Node
const typeOf = (file: string) => file.split('-')[0]!

/** HL7's own examples that break R4's rules, and how. */
const FAULTY: Record<string, string[]> = {
  // Contains a CommunicationRequest, a type that this server does not have.
  'Communication-fm-solicited.json': ['Communication.contained[2].resourceType'],
  // A pharmacy as Practitioner where only an Organization may stand.
  'MedicationRequest-medrx0301.json': ['MedicationRequest.dispenseRequest.performer'],
  // Performed by a Device, which R4 does not allow.
  'Observation-clinical-gender.json': ['Observation.performer[0]'],
}
const sound = [...texts.keys()].filter((file) => !FAULTY[file])

/** Places of faults; invariants are no matter of structure. */
const places = (type: string, resource: unknown) =>
  validate(type, resource)
    .filter(({ code }) => code !== 'invariant')
    .map(({ expression }) => expression!)
const sorted = (paths: Iterable<string>) => [...new Set(paths)].sort()

function shuffled(value: unknown, choose: (below: number) => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, choose))
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([k, v]) => [k, shuffled(v, choose)] as const)
  for (let i = entries.length - 1; i > 0; i--) {
    const j = choose(i + 1)
    ;[entries[i], entries[j]] = [entries[j]!, entries[i]!]
  }
  return Object.fromEntries(entries)
}

/** Draws numbers from one generated list, for as long as it is asked. */
function chooser(numbers: number[]) {
  let at = 0
  return (below: number) => (numbers[at++ % numbers.length]! + at) % below
}
const draws = fc.array(fc.nat(1_000_000), { minLength: 8, maxLength: 8 })

describe('an official example', () => {
  it('is valid, but for the few that break the rules', () => {
    const faults = [...texts.keys()].map((file) => [file, places(typeOf(file), read(file))] as const)
    expect(Object.fromEntries(faults.filter(([, found]) => found.length > 0))).toEqual(FAULTY)
    expect(texts.size).toBeGreaterThan(300)
    for (const file of sound) expect(validate(typeOf(file), read(file))).toEqual([])
  })

  it('is judged the same with its members in another order', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts.keys()), draws, (file, numbers) => {
        const found = validate(typeOf(file), shuffled(read(file), chooser(numbers)))
        expect(found.map(({ expression }) => expression)).toEqual(FAULTY[file] ?? [])
      }),
      { numRuns: 500 },
    )
  })

  it('is judged by the slow validator just so', () => {
    for (const file of texts.keys()) {
      const { faults, sites } = inspect(typeOf(file), read(file), KNOWN)
      expect([file, sorted(faults)]).toEqual([file, sorted(FAULTY[file] ?? [])])
      expect(sites.length).toBeGreaterThan(1)
    }
  })
})

describe.each(Object.entries(MUTATIONS))('an example %s', (_, mutate) => {
  it('is refused there, and the slow validator finds the same places', () => {
    let mutants = 0
    const mutant = fc.tuple(fc.constantFrom(...sound), draws)
    fc.assert(
      fc.property(mutant, ([file, numbers]) => {
        const [type, resource, choose] = [typeOf(file), read(file), chooser(numbers)]
        const { sites } = inspect(type, resource, KNOWN)
        // Not every site can be spoiled this way: the first that can, from a random one on.
        const start = choose(sites.length)
        let expected: string | undefined
        for (let i = 0; i < sites.length && expected === undefined; i++)
          expected = mutate(sites[(start + i) % sites.length]!, choose)
        fc.pre(expected !== undefined)
        mutants++
        const found = validate(type, resource)
        expect(found.map(({ expression }) => expression)).toContain(expected)
        expect(found.map(({ expression }) => expression).filter((e) => !isFhirPath(e))).toEqual([])
        expect(sorted(places(type, resource))).toEqual(sorted(inspect(type, resource, KNOWN).faults))
      }),
      { numRuns: 220 },
    )
    expect(mutants).toBeGreaterThanOrEqual(200)
  })
})
