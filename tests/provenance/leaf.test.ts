// Leaves: one spelling, nothing personal; commitments: over the exact bytes, and nothing without the salt.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { canonicalJson } from '../../src/provenance/canonical-json.ts'
import { type Committed, commitment, committedBytes, fitsLeaf, leafTypeOf } from '../../src/provenance/commitment.ts'
import { disclosedLine, readDisclosed } from '../../src/provenance/disclosed-version.ts'
import {
  BESIDE_MAX,
  ERASED_MAX,
  LEAF_TYPES,
  type Leaf,
  leafEntry,
  readLeaf,
  VERSIONED,
} from '../../src/provenance/leaf.ts'
import { hmacSha256 } from '../../src/provenance/native-hash.ts'

const LEAF: Leaf = {
  type: 'fhir.write',
  entry: '8f14e45f-ceea-4670-8c6b-0d5a3e1b2c3d',
  commitment: Uint8Array.from({ length: 32 }, (_, i) => i),
  time: '2026-01-02T03:04:05.678Z',
  salt: '0b9f6a1e-7c55-4d6b-9a37-3f0c2f2d4e11',
}
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (of: string) => new TextEncoder().encode(of)

describe('a leaf', () => {
  it('is canonical JSON of version, type, entry, commitment, time and salt', () => {
    expect(text(leafEntry(LEAF))).toBe(
      '{"c":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","e":"8f14e45f-ceea-4670-8c6b-0d5a3e1b2c3d",' +
        '"k":"0b9f6a1e-7c55-4d6b-9a37-3f0c2f2d4e11","t":"fhir.write","ts":"2026-01-02T03:04:05.678Z","v":1}',
    )
  })

  it('of a version says how many events stand beside it', () => {
    expect(text(leafEntry({ ...LEAF, events: 2 }))).toBe(text(leafEntry(LEAF)).replace(',"t"', ',"n":2,"t"'))
  })

  it('is canonical JSON, of whatever type', () => {
    for (const type of LEAF_TYPES) {
      const leaf = { ...LEAF, type, ...(type === 'erase' && { erased: [0, 12] }) }
      const printed = text(leafEntry(VERSIONED.includes(type) ? { ...leaf, events: 99 } : leaf))
      expect(canonicalJson(JSON.parse(printed))).toBe(printed)
    }
  })

  it('is read back as it was written', () => {
    const random = fc.record({
      type: fc.constantFrom(...LEAF_TYPES.filter((t) => t !== 'erase')),
      entry: fc.uuid(),
      commitment: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      time: fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }).map((d) => d.toISOString()),
      salt: fc.uuid(),
    })
    fc.assert(
      fc.property(random, fc.integer({ min: 1, max: BESIDE_MAX }), (leaf, events) => {
        expect(readLeaf(leafEntry(leaf))).toEqual(leaf)
        if (!VERSIONED.includes(leaf.type)) return
        expect(readLeaf(leafEntry({ ...leaf, events }))).toEqual({ ...leaf, events })
      }),
    )
  })

  it('of an erasure names the leaves erased, and fits into an entry with as many as it may name', () => {
    const erased = Array.from({ length: ERASED_MAX }, (_, i) => Number.MAX_SAFE_INTEGER - ERASED_MAX + i)
    const leaf: Leaf = { ...LEAF, type: 'erase', erased }
    expect(leafEntry(leaf).length).toBeLessThanOrEqual(65_535)
    expect(readLeaf(leafEntry(leaf))).toEqual(leaf)
  })

  const NO_LEAVES: [string, Partial<Record<keyof Leaf, unknown>>][] = [
    ['a type that nobody knows', { type: 'patient.write' }],
    ['a resource’s address as its entry', { entry: 'Patient/123' }],
    ['upper case in its entry', { entry: LEAF.entry.toUpperCase() }],
    ['a name as its salt', { salt: 'mustermann' }],
    ['a short commitment', { commitment: new Uint8Array(31) }],
    ['a commitment as text', { commitment: 'a'.repeat(32) }],
    ['no events, and say so', { events: 0 }],
    ['half an event', { events: 1.5 }],
    ['a negative event', { events: -1 }],
    ['events as text', { events: '1"' }],
    ['more events than a write has', { events: BESIDE_MAX + 1 }],
    ['events beside no version', { type: 'btg', events: 1 }],
    ['events beside a batch', { type: 'audit.batch', events: 1 }],
    ['a time without milliseconds', { time: '2026-01-02T03:04:05Z' }],
    ['a time with an offset', { time: '2026-01-02T03:04:05.678+01:00' }],
    ['a day that is none', { time: '2026-02-30T03:04:05.678Z' }],
    ['erased leaves, and is no erasure', { erased: [1] }],
    ['nothing erased', { type: 'erase', erased: [] }],
    ['erasure without what', { type: 'erase' }],
    ['erased leaves out of order', { type: 'erase', erased: [2, 1] }],
    ['an erased leaf twice', { type: 'erase', erased: [1, 1] }],
    ['a negative erased leaf', { type: 'erase', erased: [-1] }],
    ['too many erased leaves', { type: 'erase', erased: Array.from({ length: ERASED_MAX + 1 }, (_, i) => i) }],
  ]
  test.for(NO_LEAVES)('cannot have %s', ([, changed]) => {
    expect(() => leafEntry({ ...LEAF, ...changed } as Leaf)).toThrow(/correct the writer/)
  })

  const honest = text(leafEntry(LEAF))
  test.for([
    ['another version', honest.replace('"v":1', '"v":2')],
    ['no version', honest.replace(',"v":1', '')],
    ['a member that nobody knows', honest.replace('{"c"', '{"a":"x","c"')],
    ['a member twice', honest.replace('{"c"', '{"c":"","c"')],
    ['white space', honest.replace('"v":1', '"v": 1')],
    ['names out of order', honest.replace(/("c":"[^"]*"),("e":"[^"]*")/, '$2,$1')],
    ['stray bits in its base64', honest.replace('Hh8=', 'Hh9=')],
    ['base64url', honest.replace('AAEC', '_AEC')],
    ['a newline behind it', `${honest}\n`],
    ['leading zeros in its events', honest.replace(',"t"', ',"n":01,"t"')],
    ['events in the wrong place', honest.replace(',"k"', ',"n":1,"k"')],
    ['its events twice', honest.replace(',"t"', ',"n":1,"n":1,"t"')],
    ['an array around it', `[${honest}]`],
    ['nothing in it', ''],
    ['null in it', 'null'],
    ['a string in it', '"leaf"'],
  ])('with %s is not read', ([, other]) => {
    expect(other).not.toBe(honest)
    expect(readLeaf(bytes(other!))).toBeUndefined()
  })

  const erasure = text(leafEntry({ ...LEAF, type: 'erase', erased: [0, 7, 12] }))
  test.for([
    ['leading zeros in what it erases', erasure.replace('[0,7', '[0,07')],
    ['a minus zero', erasure.replace('[0,7', '[-0,7')],
    ['an exponent', erasure.replace('12]', '1e2]')],
    ['white space between', erasure.replace('[0,7', '[0, 7')],
    ['white space before', erasure.replace(',"x"', ', "x"')],
    ['an integer that no double is', erasure.replace('12]', '9007199254740993]')],
    ['a list in the list', erasure.replace('[0,7', '[[0],7')],
    ['a text in it', erasure.replace('[0,7', '[0,"7"')],
  ])('of an erasure with %s is not read', ([, other]) => {
    expect(other).not.toBe(erasure)
    expect(readLeaf(bytes(other!))).toBeUndefined()
  })

  it('with any character changed, put in or left out is not read, or is another leaf in its one spelling', () => {
    const edits = fc.record({
      of: fc.constantFrom(honest, erasure),
      at: fc.nat(erasure.length),
      cut: fc.nat(2),
      put: fc.string({ unit: fc.constantFrom(...'09afAQ+/=-:.,"\\{}[] éTZ'), maxLength: 2 }),
    })
    fc.assert(
      fc.property(edits, ({ of, at, cut, put }) => {
        const other = of.slice(0, at) + put + of.slice(at + cut)
        const leaf = readLeaf(bytes(other))
        if (leaf) expect(text(leafEntry(leaf))).toBe(other)
      }),
      { numRuns: 5000 },
    )
  })

  it('is not read from bytes that are no UTF-8, begin with a byte order mark, or are too many', () => {
    expect(readLeaf(Uint8Array.of(0xff, 0xfe))).toBeUndefined()
    expect(readLeaf(bytes(`\ufeff${honest}`))).toBeUndefined()
    expect(readLeaf(bytes(`"${'a'.repeat(65_536)}"`))).toBeUndefined()
  })
})

const CONTENT: Committed = {
  resourceType: 'Observation',
  id: 'o1',
  versionId: '1',
  op: 'create',
  resource: '{"valueQuantity":{"value":1.10}}',
  provenance: '{"resourceType":"Provenance"}',
  decision: 'd1',
}
const salt = new Uint8Array(32).fill(7)

describe('a commitment', () => {
  it('is HMAC-SHA-256 over the label and the length-prefixed parts', () => {
    const parts = ['Observation', 'o1', '1', 'create', CONTENT.resource, CONTENT.provenance, 'd1'].map((p) =>
      Buffer.from(p),
    )
    const hmac = createHmac('sha256', salt).update('fhir-leaf/v1\0')
    for (const part of parts) hmac.update(Uint8Array.of(0, 0, part.length >> 8, part.length & 255)).update(part)
    expect(commitment(hmacSha256, salt, CONTENT)).toEqual(new Uint8Array(hmac.digest()))
  })

  it('keeps every digit: 1.10 is not 1.1', () => {
    const other = { ...CONTENT, resource: '{"valueQuantity":{"value":1.1}}' }
    expect(commitment(hmacSha256, salt, other)).not.toEqual(commitment(hmacSha256, salt, CONTENT))
  })

  it('tells apart all contents, wherever the border between two parts lies', () => {
    const word = fc.string({ maxLength: 3 })
    const content = fc.record({
      resourceType: word,
      id: word,
      versionId: word,
      op: fc.constantFrom('create', 'update', 'delete'),
      resource: word,
      provenance: word,
      decision: word,
    })
    fc.assert(
      fc.property(content, content, (a, b) => {
        const same = JSON.stringify(Object.values(a)) === JSON.stringify(Object.values(b))
        expect(Buffer.compare(committedBytes(a as Committed), committedBytes(b as Committed)) === 0).toBe(same)
      }),
    )
    const moved = { ...CONTENT, id: 'o11', versionId: '' }
    expect(committedBytes(moved)).not.toEqual(committedBytes({ ...CONTENT, id: 'o1', versionId: '1' }))
  })

  it('needs a salt of 32 bytes and text that has UTF-8', () => {
    expect(() => commitment(hmacSha256, new Uint8Array(16), CONTENT)).toThrow(/32 bytes/)
    expect(() => commitment(hmacSha256, salt, { ...CONTENT, resource: '"\ud800"' })).toThrow(/well-formed/)
  })

  it('is of a write, a consent or a delete, and of events otherwise', () => {
    expect(leafTypeOf({ resourceType: 'Patient', op: 'update' })).toBe('fhir.write')
    expect(leafTypeOf({ resourceType: 'Consent', op: 'create' })).toBe('consent')
    expect(leafTypeOf({ resourceType: 'Consent', op: 'delete' })).toBe('fhir.delete')
    expect(fitsLeaf('btg', { resourceType: 'AuditEvent', op: 'create' })).toBe(true)
    expect(fitsLeaf('audit.batch', { resourceType: 'Observation', op: 'create' })).toBe(false)
    expect(fitsLeaf('fhir.write', { resourceType: 'Consent', op: 'update' })).toBe(false)
  })
})

describe('a line of an export', () => {
  it('is read back as it was written', () => {
    const version = { ...CONTENT, entry: LEAF.entry, salt }
    expect(readDisclosed(disclosedLine(version))).toEqual({ ...version, events: new Uint8Array(0) })
    const beside = { ...version, events: new Uint8Array(64).fill(7) }
    expect(readDisclosed(disclosedLine(beside))).toEqual(beside)
    expect(disclosedLine(beside)).not.toContain('\n')
  })
  test.for([
    [
      '',
      '{',
      'null',
      '[]',
      '{}',
      '"a"',
      disclosedLine({ ...CONTENT, entry: LEAF.entry, salt }).replace('create', 'merge'),
    ],
    [
      disclosedLine({ ...CONTENT, entry: LEAF.entry, salt }).replace('"d1"', '1'),
      disclosedLine({ ...CONTENT, entry: LEAF.entry, salt }).replace('Bwc=', 'Bwc'),
      disclosedLine({ ...CONTENT, entry: LEAF.entry, salt }).replace('{', '{"events":["AAAA"],'),
      disclosedLine({ ...CONTENT, entry: LEAF.entry, salt }).replace('{', '{"events":"AAA",'),
    ],
  ])('is refused otherwise', (lines) => {
    expect(lines.map(readDisclosed)).toEqual(lines.map(() => undefined))
  })
})
