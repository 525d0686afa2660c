import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Targets } from '../../src/interactions/import/targets.ts'

const id = fc.constantFrom('1', '2', 'a.b-c', '6f8ad2c1-0000-4000-8000-000000000001', '')
const type = fc.constantFrom('Patient', 'Observation', 'Group')
const url = fc.oneof(
  id.map((x) => `urn:uuid:${x}`),
  fc.tuple(type, id).map(([t, x]) => `http://host/fhir/${t}/${x}`),
  fc.tuple(type, id).map(([t, x]) => `${t}/${x}`),
  fc.string(),
  fc.nat(2000).map((x) => `urn:uuid:${x}`),
)
const target = fc.tuple(type, fc.oneof(id, fc.nat(2000).map(String))).map(([t, x]) => `${t}/${x}`)

it('answers like a Map, whatever was set before, however often it grew', () => {
  const regular = fc.tuple(type, fc.nat(2000)).map(([t, x]): [string, string] => [`urn:uuid:${x}`, `${t}/${x}`])
  const pairs = fc.array(fc.oneof(regular, fc.tuple(url, target)), { maxLength: 400, size: 'max' })
  fc.assert(
    fc.property(pairs, fc.array(url), (set, asked) => {
      const targets = new Targets()
      const oracle = new Map<string, string>()
      for (const [from, to] of set) {
        targets.set(from, to)
        oracle.set(from, to)
      }
      for (const from of [...oracle.keys(), ...asked]) expect(targets.get(from)).toBe(oracle.get(from))
    }),
  )
})
