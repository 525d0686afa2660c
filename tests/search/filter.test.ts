// https://hl7.org/fhir/R4/search_filter.html
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HealthChainError } from '../../src/kernel/errors.ts'
import type { Filter } from '../../src/search/ast.ts'
import { parseFilter } from '../../src/search/filter.ts'

const NOW = Date.parse('2020-06-01T00:00:00Z')
const parse = (text: string) => parseFilter('Observation', text, NOW)

/** The tree as a fully bracketed text. */
function shape(filter: Filter): string {
  if (filter.op === 'not') return `not(${shape(filter.filter)})`
  if (filter.op !== 'test') return `(${filter.filters.map(shape).join(` ${filter.op} `)})`
  const [value] = filter.values
  if (value?.kind === 'token') return value.code ?? `${value.system}|`
  if (value?.kind === 'string') return value.prefix
  return value?.kind === 'date' ? value.prefix : String(value?.forms)
}
const t = (code: string) => `code eq ${code}`

describe('and binds closer than or, not closer than both', () => {
  it.each([
    [t('a'), 'a'],
    [`${t('a')} and ${t('b')} and ${t('c')}`, '(a and b and c)'],
    [`${t('a')} or ${t('b')} or ${t('c')}`, '(a or b or c)'],
    [`${t('a')} or ${t('b')} and ${t('c')}`, '(a or (b and c))'],
    [`${t('a')} and ${t('b')} or ${t('c')}`, '((a and b) or c)'],
    [`${t('a')} and ${t('b')} or ${t('c')} and ${t('d')}`, '((a and b) or (c and d))'],
    [`(${t('a')} or ${t('b')}) and ${t('c')}`, '((a or b) and c)'],
    [`${t('a')} and (${t('b')} or ${t('c')})`, '(a and (b or c))'],
    [`not ${t('a')} and ${t('b')}`, '(not(a) and b)'],
    [`not (${t('a')} and ${t('b')})`, 'not((a and b))'],
    [`not not ${t('a')}`, 'not(not(a))'],
    [`((${t('a')}))`, 'a'],
    ['code ne a and status eq b', '(not(a) and b)'],
  ])('%s', (text, expected) => {
    expect(shape(parse(text))).toBe(expected)
  })
})

describe('a comparison', () => {
  it.each(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'])('of a date takes %s', (operator) => {
    expect(shape(parse(`date ${operator} 2020-01`))).toBe(operator)
  })

  it('takes the words of the grammar as values, and quotes around what holds blanks, brackets or quotes', () => {
    expect(shape(parse('status eq and and status eq or'))).toBe('(and and or)')
    expect(shape(parse('status eq "not"'))).toBe('not')
    expect(shape(parse('code eq "a b"'))).toBe('a b')
    expect(shape(parse('code eq "(a) and"and code eq b'))).toBe('((a) and and b)')
    expect(shape(parse(String.raw`code eq "a \"b\" \\ c"`))).toBe(String.raw`a "b" \ c`)
    expect(shape(parse('code eq "a\nb"'))).toBe('a\nb')
    expect(shape(parse('"code" eq a'))).toBe('a')
  })

  it('survives quoting, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        fc.pre(value.trim() !== '' && !value.includes('\0') && !value.includes('|'))
        expect(shape(parse(`code eq "${value.replace(/["\\]/g, '\\$&')}"`))).toBe(value)
      }),
    )
  })

  it('lets - and _ stand for one another in the name', () => {
    expect(parse('value-string sw a')).toEqual(parse('value_string sw a'))
    expect(shape(parse('_id eq a and _lastUpdated ge 2020'))).toBe('(a and ge)')
    expect(shape(parse('subject re Patient/1 and subject eq Patient/2'))).toBe('(Patient/1 and Patient/2)')
  })

  it('may have any white space around its words', () => {
    expect(parse(`  (\n${t('a')}\t)  and\r\n${t('b')}  `)).toEqual(parse(`(${t('a')}) and ${t('b')}`))
    expect(parse(`(${t('a')})and(${t('b')})`)).toEqual(parse(`${t('a')} and ${t('b')}`))
  })
})

function refusal(text: string): HealthChainError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof HealthChainError) return error
    throw error
  }
  throw new Error('was not refused')
}

describe('what does not fit the grammar is refused without being quoted', () => {
  const secret = 'zqjxkw'
  it.each([
    ['', /parameter operator value/],
    ['   ', /parameter operator value/],
    [secret, /parameter operator value/],
    [`code eq`, /parameter operator value/],
    [`code eq ${secret} and`, /parameter operator value/],
    ['not', /parameter operator value/],
    [`code eq ""`, /empty/],
    [`value-string sw " "`, /empty/],
    [`code eq "${secret}`, /unclosed quote/],
    [`code eq ${secret}"`, /unclosed quote/],
    [`(code eq ${secret}`, /unclosed parenthesis/],
    [`((code eq ${secret})`, /unclosed parenthesis/],
    [`code eq ${secret})`, /left over/],
    [`code eq ${secret} code eq b`, /left over/],
    [`code eq a AND code eq ${secret}`, /left over/],
    [`code eq a "and" code eq ${secret}`, /left over/],
    [`${secret} eq a`, /no search parameter/],
    [`constructor eq a`, /no search parameter/],
    [`and eq a`, /no search parameter/],
    [`code ${secret} a`, /a token takes: eq ne/],
    [`code sw ${secret}`, /a token takes: eq ne/],
    [`value-string eq ${secret}`, /a string takes: sw/],
    [`subject ne ${secret}`, /a reference takes: re eq/],
    [`date sw ${secret}`, /a date takes: eq ne gt lt ge le sa eb ap/],
    [`date ge ${secret}`, /YYYY-MM-DD/],
    [`date ge ge2020`, /YYYY-MM-DD/],
    [`date ge 2020-02-30`, /YYYY-MM-DD/],
  ])('%j', (text, message) => {
    const error = refusal(text)
    expect(error.category).toBe('incorrect')
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain(secret)
  })

  it('never throws anything else, whatever the text', () => {
    const word = fc.constantFrom(
      '(',
      ')',
      '"',
      '\\',
      'and',
      'or',
      'not',
      'code',
      'eq',
      'date',
      '2020',
      ' ',
      '\n',
      'é',
      '\0',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.constantFrom('', ' '), (words, between) => {
        try {
          parse(words.join(between))
        } catch (error) {
          expect(error).toBeInstanceOf(HealthChainError)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('size', () => {
  it('is bounded: twenty levels, a hundred terms', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}${t('a')}${')'.repeat(depth)}`
    expect(shape(parse(nested(20)))).toBe('a')
    expect(() => parse(nested(21))).toThrow('too deeply')
    expect(() => parse('not '.repeat(21) + t('a'))).toThrow('too deeply')
    const wide = (terms: number) => Array.from({ length: terms }, () => t('a')).join(' and ')
    expect(shape(parse(wide(100)))).toContain('a and a')
    expect(() => parse(wide(101))).toThrow('too long')
    expect(() => parse('('.repeat(100_000))).toThrow('too deeply')
    expect(() => parse('not '.repeat(100_000))).toThrow('too deeply')
  })

  const n = 400_000
  it.each([
    ['words', 'a '.repeat(n)],
    ['words and then white space', 'a '.repeat(n / 2) + ' '.repeat(n)],
    ['white space', ' '.repeat(2 * n)],
    ['brackets', '('.repeat(n)],
    ['a long quoted value', `code eq "${'a'.repeat(2 * n)}"`],
    ['escapes', `code eq "${'\\"'.repeat(n)}"`],
    ['an unclosed quote', `code eq "${'\\"'.repeat(n)}`],
    ['quotes', '"'.repeat(2 * n)],
  ])('costs linear time: %s', (_, text) => {
    const before = performance.now()
    try {
      parse(text)
    } catch {}
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
