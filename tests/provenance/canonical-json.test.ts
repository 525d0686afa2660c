// RFC 8785 against its own examples, against JSON.parse, and against what it must refuse.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Canonical, canonicalJson, parseCanonicalJson } from '../../src/provenance/canonical-json.ts'

const value = fc.letrec<{ any: Canonical }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any

describe('https://www.rfc-editor.org/rfc/rfc8785', () => {
  it('section 3.2.3: sorts names by UTF-16 code units, at every level', () => {
    const sample = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\u{1f600}': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect(Object.values(JSON.parse(canonicalJson(sample)) as object)).toHaveLength(7)
    const order = [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]
    const printed = canonicalJson(sample)
    expect(order.map((text) => printed.indexOf(text))).toEqual(
      order.map((text) => printed.indexOf(text)).toSorted((a, b) => a - b),
    )
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: {} })).toBe('{"a":{},"b":[{"c":2,"d":1}]}')
  })

  it('section 3.2.2.2: escapes what it must, in the shortest and in lower case', () => {
    expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/\b\t\f\r\u001f\u007f\u2028')).toBe(
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\\b\\t\\f\\r\\u001f\u007f\u2028"',
    )
  })

  it('section 3.2.2.3: prints integers as ECMAScript does, and -0 as 0', () => {
    expect([0, -0, -1, 2 ** 53 - 1, 1 - 2 ** 53].map((n) => canonicalJson(n))).toEqual([
      '0',
      '0',
      '-1',
      '9007199254740991',
      '-9007199254740991',
    ])
  })
})

describe('laws', () => {
  it('the text is JSON of the value, and the only text that is read back', () => {
    fc.assert(
      fc.property(value, (v) => {
        const text = canonicalJson(v)
        expect(canonicalJson(JSON.parse(text) as Canonical)).toBe(text)
        expect(canonicalJson(parseCanonicalJson(text)!)).toBe(text)
      }),
    )
  })

  it('the order in which names were added does not matter', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.maxSafeInteger(), { noNullPrototype: true }), (object) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(object).reverse()))).toBe(canonicalJson(object))
      }),
    )
  })

  it('__proto__ is a name like any other', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":1}') as Canonical)).toBe('{"__proto__":1}')
    expect(parseCanonicalJson('{"__proto__":{"a":1}}')).toBeDefined()
  })
})

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic
const holey = [1, 2, 3]
delete holey[1]
class Decimal {
  value = 1
}
const REFUSED: [string, unknown][] = [
  ['a decimal', 1.1],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['an unsafe integer', 2 ** 53],
  ['a bigint', 1n],
  ['null', null],
  ['undefined', undefined],
  ['a boolean', true],
  ['a function', () => 1],
  ['a symbol', Symbol('a')],
  ['a lone surrogate', '\ud800'],
  ['a lone surrogate in a name', { '\udfff': 1 }],
  ['an undefined member', { a: undefined }],
  ['a null member', { a: null }],
  ['a hole', holey],
  ['a symbol as name', { [Symbol('a')]: 1 }],
  ['a Date', new Date(0)],
  ['a Map', new Map()],
  ['an instance', new Decimal()],
  ['bytes', new Uint8Array(2)],
  ['a boxed string', Object('a')],
  ['a raw number', (JSON as unknown as { rawJSON(t: string): unknown }).rawJSON('1.10')],
  ['an object without prototype', Object.create(null)],
  ['a cycle', cyclic],
  ['seventeen levels', Array.from({ length: 17 }).reduce((inner) => [inner], 1)],
]
test.for(REFUSED)('%s is refused', ([, refused]) => {
  expect(() => canonicalJson(refused as Canonical)).toThrow(/correct the caller/)
  expect(() => canonicalJson([refused as Canonical])).toThrow(/correct the caller/)
})

test.for([
  ['white space', '{"a": 1}'],
  ['a newline at the end', '{"a":1}\n'],
  ['names out of order', '{"b":1,"a":2}'],
  ['a repeated name', '{"a":1,"a":1}'],
  ['an escape that is not needed', '"\\u0061"'],
  ['upper case hexadecimal', '"\\u000F"'],
  ['an escaped slash', '"\\/"'],
  ['an exponent', '1e2'],
  ['a trailing zero', '1.0'],
  ['minus zero', '-0'],
  ['a decimal', '1.5'],
  ['a large integer', '9007199254740993'],
  ['null', 'null'],
  ['true', '[true]'],
  ['a lone surrogate', '"\\ud800"'],
  ['a byte order mark', '\ufeff1'],
  ['nothing', ''],
  ['no JSON', '{a:1}'],
])('%s is not read', ([, text]) => {
  expect(parseCanonicalJson(text!)).toBeUndefined()
})
