// https://hl7.org/fhir/R4/datatypes.html#primitive
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { primitiveFault } from '../../src/fhir/primitives.ts'
import { numberFrom } from '../../src/kernel/json.ts'
import { ACTIVE_NARRATIVE, CASES } from './primitive-cases.ts'
import { publishedPattern } from './r4.ts'

const short = (value: unknown) => JSON.stringify(value).slice(0, 60)
const accepts = (type: string, value: unknown) => primitiveFault(type, value) === undefined

describe.each(Object.entries(CASES))('%s', (type, { good, bad }) => {
  it.each(good.map((value) => [short(value), value]))('takes %s', (_, value) => {
    expect(primitiveFault(type, value)).toBeUndefined()
  })

  it.each(bad.map((value) => [short(value), value]))('refuses %s', (_, value) => {
    expect(primitiveFault(type, value)).toEqual(expect.any(String))
  })

  it('refuses every value of another JSON type', () => {
    const others = [null, undefined, {}, [], ['a'], { value: 'a' }, [1], Symbol('a')]
    const scalars = [true, 1, 'zz zz '].filter((v) => typeof v !== typeof good[0])
    for (const value of [...others, ...scalars]) expect(accepts(type, value)).toBe(false)
  })
})

it('a type that R4 does not have is a mistake of the caller', () => {
  expect(() => primitiveFault('Quantity', {})).toThrow(TypeError)
  expect(() => primitiveFault('constructor', {})).toThrow(TypeError)
})

describe('narrative', () => {
  it.each(ACTIVE_NARRATIVE)('that runs or loads something is refused: %j', (inner) => {
    expect(accepts('xhtml', `<div xmlns="http://www.w3.org/1999/xhtml">x${inner}</div>`)).toBe(false)
  })
})

const CALENDAR = /^(\d{4})-(\d\d)-(\d\d)/
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
/** R4's pattern for dates does not know how long months are. */
function dayExists(text: string): boolean {
  const [, y, m, d] = CALENDAR.exec(text)?.map(Number) ?? []
  if (!y || !m || !d) return true
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
  return d <= (m === 2 && leap ? 29 : DAYS[m - 1]!)
}

const piece = (...all: string[]) => fc.constantFrom(...all)
/** Texts that nearly fit: a good one with up to two places changed. */
const near = (type: string, put: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.constantFrom(...(CASES[type]!.good as string[]).filter((text) => text.length < 100)),
      fc.array(fc.tuple(fc.nat(), fc.nat(4), put), { maxLength: 2 }),
    )
    .map(([good, changes]) =>
      changes.reduce((text, [at, cut, by]) => {
        const i = at % (text.length + 1)
        return text.slice(0, i) + by + text.slice(i + cut)
      }, good),
    )
const ends = fc
  .tuple(fc.integer({ min: 1, max: 2500 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 27, max: 32 }))
  .map(([y, m, d]) => `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-${d}`)

describe('the patterns that R4 publishes', () => {
  const clock = piece('00', '23', '24', '29', '59', '60', '61', ':', '-', '.5', '.', 'Z', 'T', '+14:00', '+13:59', ' ')
  it.each([
    ['date', fc.oneof(near('date', clock), ends)],
    ['dateTime', fc.oneof(near('dateTime', clock), ends)],
    ['instant', near('instant', clock)],
    ['time', near('time', clock)],
    ['id', near('id', piece('a', 'Z', '9', '-', '.', '_', '/', 'é', 'a'.repeat(30)))],
    ['code', near('code', piece('a', 'b', ' ', '\t', '\n', '\u00a0', '  '))],
    ['oid', near('oid', piece('urn:oid:', '0', '1', '3', '.', '01', '10', ' '))],
    ['uuid', near('uuid', piece('0', 'A', '-', 'urn:uuid:', 'g', ' '))],
    ['uri', near('uri', piece('http://', 'a', '#', '|', ' ', '\n'))],
  ])('and the ends of months decide about %s', (type, texts) => {
    const pattern = publishedPattern(type)!
    const seen = { good: 0, bad: 0 }
    fc.assert(
      fc.property(texts, (text) => {
        const fits = pattern.test(text) && dayExists(text)
        seen[fits ? 'good' : 'bad']++
        expect(accepts(type, text)).toBe(fits)
      }),
      { numRuns: 1500 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(100)
  })

  it.each(['integer', 'unsignedInt', 'positiveInt', 'decimal'])('and 32 bits decide about %s', (type) => {
    const pattern = publishedPattern(type)!
    const texts = fc.oneof(
      fc.maxSafeInteger().map(String),
      fc.integer().map(String),
      fc
        .array(piece('-', '0', '1', '2147483647', '.0', '.5', 'e1', 'E+2', '8'), { minLength: 1, maxLength: 4 })
        .map((parts) => parts.join(''))
        .filter((t) => /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(t)),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const fits = pattern.test(text) && text !== '-0' && (type === 'decimal' || Number(text) === (Number(text) | 0))
        expect(accepts(type, numberFrom(text))).toBe(fits || (type === 'decimal' && text === '-0'))
      }),
      { numRuns: 1500 },
    )
  })
})

it('a hostile text is judged in linear time', () => {
  const long = 1_000_000
  const texts = [
    'a '.repeat(long / 2),
    `2020-01-01T00:00:00.${'0'.repeat(long)}`,
    '+14:0'.repeat(long / 5),
    `urn:oid:1${'.1'.repeat(long / 2)}.`,
    `<div>${'<'.repeat(long)}</div>`,
    `<div>${' on'.repeat(long / 3)}</div>`,
    `<div ${'a="b" '.repeat(long / 6)}</div>`,
    `<div>${'<p>'.repeat(long / 3)}</div>`,
    `<div>${'<!--'.repeat(long / 4)}</div>`,
    `${' '.repeat(long)}<div`,
    `<div></div${' '.repeat(long)}`,
    `${'A'.repeat(long)}=`,
  ]
  const before = performance.now()
  for (const type of Object.keys(CASES)) for (const text of texts) primitiveFault(type, text)
  // Twelve texts of a megabyte for twenty types; quadratic backtracking would take hours.
  expect(performance.now() - before).toBeLessThan(6000)
})
