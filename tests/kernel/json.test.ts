// https://www.rfc-editor.org/rfc/rfc8259 and https://hl7.org/fhir/R4/json.html#decimal
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isNumber,
  isObject,
  isRawNumber,
  JsonError,
  numberFrom,
  numberText,
  parseJson,
  readStored,
} from '../../src/kernel/json.ts'
import { decimalText, meaning, print, repeatedKeys, tree, treeAndText } from './json-texts.ts'

/** RawNumbers as the doubles that JSON.parse would have made of them. */
function rounded(value: unknown): unknown {
  if (isNumber(value)) return Number(numberText(value))
  if (Array.isArray(value)) return value.map(rounded)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rounded(v)]))
}

function outcome(read: () => unknown): { refused: boolean; error?: unknown } {
  try {
    read()
    return { refused: false }
  } catch (error) {
    return { refused: true, error }
  }
}

describe('values', () => {
  it('are those that the text was printed from, whatever the escapes, names, nesting and white space', () => {
    fc.assert(
      fc.property(treeAndText, ({ tree: printed, text }) => {
        expect(isDeepStrictEqual(rounded(parseJson(text).value), meaning(printed))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('take __proto__ for an ordinary name', () => {
    const { value, duplicates } = parseJson('{"__proto__":{"polluted":true},"__proto__":[1]}')
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(JSON.stringify(value)).toBe('{"__proto__":[1]}')
    expect(duplicates).toEqual([['__proto__']])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

const printable = (n: number) => (Number.isFinite(n) ? String(n) : '0')

describe('decimals', () => {
  it('keep every digit through JSON.stringify', () => {
    fc.assert(
      fc.property(fc.array(decimalText), (texts) => {
        const text = `{"value":[${texts.join(',')}]}`
        expect(JSON.stringify(parseJson(text).value)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('are plain numbers wherever a double prints the same text, and `lossless` tells whether any is not', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(decimalText, fc.integer().map(String), fc.double().map(printable))), (texts) => {
        const { value, lossless } = parseJson(`[${texts.join(',')}]`)
        const kept = texts.map((text) => JSON.stringify(JSON.parse(text)) === text)
        expect((value as unknown[]).map((n) => typeof n === 'number')).toEqual(kept)
        expect(lossless).toBe(kept.includes(false))
      }),
    )
  })

  it('go from text to number and back', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        expect(numberText(numberFrom(text))).toBe(text)
      }),
    )
    for (const text of ['1.10', '1.0e2', '-0', '0.0', '12345678901234567890', '1e400'])
      expect(isRawNumber(numberFrom(text))).toBe(true)
    for (const text of ['0', '1', '-1.5', '1e+21']) expect(numberFrom(text)).toBe(Number(text))
  })

  it('are no objects', () => {
    expect([numberFrom('1.10'), [], null, 'text', {}].map(isObject)).toEqual([false, false, false, false, true])
  })

  it('come back from storage digit for digit where the row is marked', () => {
    expect(JSON.stringify(readStored('{"a":1.10}', true))).toBe('{"a":1.10}')
    expect(readStored('{"a":1.5}', false)).toEqual({ a: 1.5 })
  })
})

describe('repeated keys', () => {
  it('are all found, each with its path', () => {
    fc.assert(
      fc.property(tree, (made) => {
        expect(parseJson(print(made)).duplicates).toEqual(repeatedKeys(made))
      }),
      { numRuns: 2000 },
    )
  })

  it('are the same key however it is escaped', () => {
    expect(parseJson('[{"a":1,"\\u0061":2}]').duplicates).toEqual([[0, 'a']])
  })
})

const mutation = fc.record({
  at: fc.nat(),
  cut: fc.nat(3),
  put: fc.oneof(
    fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', '\u0000', '\ufeff', '\u00a0', 'u'),
    fc.constantFrom('01', '1.', '.5', '+1', '1e', 'NaN', 'Infinity', 'nul', 'True', '\\x41', '\\u12g4', '//', "'a'"),
  ),
})

describe('bad text', () => {
  it('is refused exactly where JSON.parse refuses it', () => {
    fc.assert(
      fc.property(treeAndText, fc.array(mutation, { minLength: 1, maxLength: 2 }), ({ text }, mutations) => {
        const bad = mutations.reduce((t, { at, cut, put }) => {
          const i = at % (t.length + 1)
          return t.slice(0, i) + put + t.slice(i + cut)
        }, text)
        const ours = outcome(() => parseJson(bad))
        expect(ours.refused).toBe(outcome(() => JSON.parse(bad)).refused)
        if (ours.refused) expect(ours.error).toBeInstanceOf(JsonError)
      }),
      { numRuns: 5000 },
    )
  })

  const secret = 'zqjxkw'
  it.each([
    [secret, 'unexpected character'],
    ['', 'unexpected character'],
    [`-${secret}`, 'unexpected character'],
    [`t${secret}`, 'unexpected character'],
    [`"${secret}`, 'unterminated string'],
    [`"${secret}\n"`, 'control character in a string'],
    [`"\\${secret}"`, 'unknown escape'],
    [`"\\u${secret}"`, 'malformed \\u escape'],
    [`{${secret}:1}`, 'expected a property name'],
    [`{"${secret}" 1}`, 'expected a colon'],
    [`{"${secret}":1 2}`, 'expected a comma or the end of the object'],
    [`["${secret}" 1]`, 'expected a comma or the end of the array'],
    [`"a" ${secret}`, 'unexpected text after the value'],
  ])('is never quoted in the message, which says what was expected and where: %j', (text, expected) => {
    const { error } = outcome(() => parseJson(text)) as { error: JsonError }
    expect(error.message).toBe(`${expected} at character ${error.offset}`)
    expect(error.offset).toBeLessThanOrEqual(text.length)
  })
})

describe('hostile text', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

  it('may nest 200 levels and no more, however deep', () => {
    expect(() => parseJson(nested(200))).not.toThrow()
    for (const depth of [202, 1_000_000]) expect(() => parseJson(nested(depth))).toThrow('nested deeper than 200')
    expect(() => parseJson('{"a":'.repeat(1_000_000))).toThrow('nested deeper than 200')
  })

  const n = 500_000
  it.each([
    ['escapes', `"${'\\n'.repeat(n)}"`],
    ['unicode escapes', `"${'\\ud83d'.repeat(n)}"`],
    ['white space', `${' '.repeat(2 * n)}1${' '.repeat(2 * n)}`],
    ['small numbers', `[${'1,'.repeat(n)}1]`],
    ['inexact numbers', `[${'1.10,'.repeat(n)}1]`],
    ['many keys', `{${Array.from({ length: n / 2 }, (_, i) => `"k${i}":0`).join(',')}}`],
    ['an endless string', `"${'a'.repeat(4 * n)}`],
    ['backslashes without end', `"${'\\\\'.repeat(2 * n)}`],
    ['one number of very many digits', '1'.repeat(n)],
    ['empty objects', `[${'{},'.repeat(n)}{}]`],
  ])('of a million characters and more takes linear time: %s', (_, text) => {
    const before = performance.now()
    outcome(() => parseJson(text))
    // Reading in quadratic time would take minutes.
    expect(performance.now() - before).toBeLessThan(4000)
  })

  it('that repeats a key very often and very deep takes memory in proportion to its length', () => {
    const text = `${'{"a":'.repeat(190)}{${'"":0,'.repeat(200_000)}"":0}${'}'.repeat(190)}`
    const { duplicates } = parseJson(text)
    expect(duplicates.length).toBeGreaterThan(0)
    expect(duplicates.reduce((sum, path) => sum + path.length, 0)).toBeLessThan(text.length)
  })
})
