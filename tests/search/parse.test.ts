// https://hl7.org/fhir/R4/search.html: what is asked for, or an error that says what to do and never what was asked.
import { describe, expect, it } from 'vitest'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { HealthChainError } from '../../src/kernel/errors.ts'
import type { Filter, Search } from '../../src/search/ast.ts'
import { reverseParameter } from '../../src/search/compile.ts'
import { parameterOf } from '../../src/search/parameters.ts'
import { parseSearch } from '../../src/search/parse.ts'

const NOW = Date.parse('2020-06-01T00:00:00Z')
const parse = (type: string, given: Record<string, unknown>) => parseSearch(type, given, NOW)

function refusal(run: () => unknown): HealthChainError {
  try {
    run()
  } catch (error) {
    if (error instanceof HealthChainError) return error
    throw error
  }
  throw new Error('was not refused')
}

/** The tests at the top of a search, as `[name, values]`. */
const tests = ({ filter }: Search) =>
  (filter.op === 'and' ? filter.filters : []).map((f: Filter) => {
    if (f.op !== 'test') throw new Error('no test')
    return ['parameter' in f.subject ? f.subject.parameter.code : f.subject.column, f.values]
  })

describe('values', () => {
  it.each([
    ['a', { code: 'a' }],
    ['http://s|a', { system: 'http://s', code: 'a' }],
    ['|a', { system: '', code: 'a' }],
    ['http://s|', { system: 'http://s' }],
    ['http://s|a|b', { system: 'http://s', code: 'a|b' }],
  ])('of a token: %s', (text, token) => {
    expect(tests(parse('Observation', { code: text }))).toEqual([['code', [{ kind: 'token', ...token }]]])
  })

  const low = Date.parse('2020-02-01T00:00:00Z')
  const high = Date.parse('2020-03-01T00:00:00Z')
  it.each(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'])('of a date with the prefix %s', (prefix) => {
    const values = [{ kind: 'date', prefix, low, high }]
    expect(tests(parse('Observation', { date: `${prefix}2020-02` }))).toEqual([['date', values]])
  })
  it('of a date without prefix, and about a date', () => {
    expect(tests(parse('Observation', { date: '2020-02' }))).toEqual([
      ['date', [{ kind: 'date', prefix: 'eq', low, high }]],
    ])
    const slack = (NOW - low) / 10
    const about = { kind: 'date', prefix: 'ap', low: low - slack, high: high + slack }
    expect(tests(parse('Observation', { date: 'ap2020-02' }))).toEqual([['date', [about]]])
  })

  it.each([
    ['Ångström ', 'angstrom'],
    ['  VON   der\tLeyen', 'von der leyen'],
    ['Zoe\u0308', 'zoe'],
    ['ﬁnn', 'finn'],
    ['Straße', 'strasse'],
    // A sigma is the same letter at the end of a word.
    ['ΑΣ', 'ασ'],
    ['Γιώργος', 'γιωργοσ'],
    ['a%b_c\\', 'a%b_c\\'],
    // The separator between stored values cannot be asked for.
    ['berg\u001fanna', 'berg anna'],
  ])('of a string are normalised: %j', (text, prefix) => {
    expect(tests(parse('Patient', { name: text }))).toEqual([['name', [{ kind: 'string', prefix }]]])
  })

  it.each([
    ['Patient/1', ['Patient/1']],
    ['Patient/1/_history/2', ['Patient/1']],
    ['http://a/fhir/Patient/1', ['http://a/fhir/Patient/1']],
    ['http://a/fhir/Patient/1/_history/2', ['http://a/fhir/Patient/1']],
    ['1', ['Device/1', 'Group/1', 'Location/1', 'Patient/1']],
    ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520', ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520']],
  ])('of a reference: %s', (text, forms) => {
    expect(tests(parse('Observation', { subject: text }))).toEqual([['subject', [{ kind: 'reference', forms }]]])
  })

  it('of a reference by id alone may mean types that this server does not hold', () => {
    const [[, [value]]] = tests(parse('Observation', { based_on: '5' })) as [[string, [{ forms: string[] }]]]
    expect(value.forms).toContain('ServiceRequest/5')
  })
})

describe('arguments', () => {
  it('mean AND, lists mean OR, null means not given', () => {
    const search = parse('Patient', { family: ['a', 'b'], gender: 'male', birthdate: null, _id: undefined })
    expect(tests(search).map(([name, values]) => [name, (values as unknown[]).length])).toEqual([
      ['family', 2],
      ['gender', 1],
    ])
  })

  it('spell - as _, and every parameter of every type can be named', () => {
    for (const [type, { parameters }] of Object.entries(SEARCH))
      for (const parameter of Object.values(parameters)) {
        expect(parameterOf(type, parameter.code)).toEqual({ parameter })
        expect(parameterOf(type, parameter.code.replaceAll('-', '_'))).toEqual({ parameter })
      }
    expect(parameterOf('Patient', '_id')).toEqual({ column: 'id' })
    expect(parameterOf('Patient', '_lastUpdated')).toEqual({ column: 'last_updated' })
    for (const name of ['constructor', '__proto__', 'toString', '', 'Gender', 'gender ', 'phonetic'])
      expect(parameterOf('Patient', name)).toBeUndefined()
  })

  it('that control the answer are no tests', () => {
    const control = { _count: 5, _sort: 'gender', _cursor: 'x', cursor: 'y', _reference: 'subject' }
    expect(parse('Patient', control)).toMatchObject({ count: 5, filter: { op: 'and', filters: [] } })
  })
})

describe('order', () => {
  const columns = (type: string, _sort?: string) =>
    parse(type, { _sort }).sort.map((k) => (k.descending ? '-' : '') + k.column)

  it('ends with the id, which goes the way of the first key', () => {
    expect(columns('Patient')).toEqual(['id'])
    expect(columns('Patient', 'birthdate')).toEqual(['birthdate_low', 'id'])
    expect(columns('Patient', '-birthdate,gender')).toEqual(['-birthdate_low', 'gender', '-id'])
    expect(columns('Observation', ' -_lastUpdated , status,')).toEqual(['-last_updated', 'status', '-id'])
    expect(columns('Observation', '_id,patient')).toEqual(['id', 'patient', 'id'])
    expect(columns('Observation', 'patient,-_id')).toEqual(['patient', '-id'])
  })

  it('is by one value: what may hold several is refused', () => {
    for (const name of ['identifier', 'general-practitioner', 'telecom'])
      expect(refusal(() => columns('Patient', name))).toMatchObject({ code: 'unsortable', category: 'incorrect' })
  })
})

describe('a bad search is refused with what to do, and without what was asked', () => {
  const secret = 'zqjxkw'
  const many = Array.from({ length: 201 }, () => secret)
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['Patient', { birthdate: secret }, 'bad-date', /YYYY-MM-DD.*eq ne gt lt ge le sa eb ap/],
    ['Patient', { birthdate: `ge${secret}` }, 'bad-date', /YYYY/],
    ['Patient', { birthdate: `2020-01-01${secret}` }, 'bad-date', /YYYY/],
    ['Patient', { birthdate: 'xx2020' }, 'bad-date', /YYYY/],
    ['Patient', { birthdate: 'ge 2020' }, 'bad-date', /YYYY/],
    ['Patient', { birthdate: '2020-02-30' }, 'bad-date', /YYYY/],
    ['Patient', { birthdate: '2020-00' }, 'bad-date', /YYYY/],
    ['Patient', { birthdate: '2020-13' }, 'bad-date', /YYYY/],
    ['Patient', { birthdate: '2020-01-01T00:00:00+99:99' }, 'bad-date', /YYYY/],
    ['Patient', { _lastUpdated: secret }, 'bad-date', /YYYY/],
    ['Patient', { gender: '' }, 'empty-value', /leave/],
    ['Patient', { gender: [secret, ''] }, 'empty-value', /leave/],
    ['Patient', { family: ' \t ' }, 'empty-value', /leave/],
    ['Patient', { gender: 5 }, 'empty-value', /leave/],
    ['Patient', { gender: { value: secret } }, 'empty-value', /leave/],
    ['Patient', { gender: [] }, 'no-value', /at least one/],
    ['Patient', { family: many }, 'too-many-values', /at most 200/],
    // PostgreSQL cannot hold this character: without this the statement would fail.
    ['Patient', { gender: `${secret}\0` }, 'bad-value', /U\+0000/],
    ['Patient', { family: `${secret}\0` }, 'bad-value', /U\+0000/],
    ['Patient', { _id: '\0' }, 'bad-value', /U\+0000/],
    ['Observation', { subject: `Patient/\0${secret}` }, 'bad-value', /U\+0000/],
    ['Observation', { _filter: `subject re "\0"` }, 'bad-filter', /U\+0000/],
    ['Patient', { nothing: secret }, 'unknown-parameter', /^Patient has no search parameter nothing/],
    ['Patient', { phonetic: secret }, 'unknown-parameter', /no search parameter/],
    ['Patient', { _sort: secret }, 'unknown-sort', /no search parameter to sort by/],
    ['Patient', { _sort: `-${secret}` }, 'unknown-sort', /no search parameter to sort by/],
    ['Patient', { _sort: '-' }, 'unknown-sort', /no search parameter to sort by/],
    ['Patient', { _count: -1 }, 'bad-count', /whole number from 0/],
    ['Patient', { _count: 1.5 }, 'bad-count', /whole number from 0/],
    ['Patient', { _count: Number.NaN }, 'bad-count', /whole number from 0/],
    ['Patient', { _count: '5' }, 'bad-count', /whole number from 0/],
    ['Nothing', {}, 'unknown-type', /No such resource type/],
    ['constructor', {}, 'unknown-type', /No such resource type/],
    ['__proto__', {}, 'unknown-type', /No such resource type/],
  ])('%s %j', (type, given, code, message) => {
    const error = refusal(() => parse(type, given))
    expect(error).toMatchObject({ category: 'incorrect', code })
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(/\.$/)
    expect(error.message).not.toContain(secret)
  })

  it('as is a _reference that names no parameter pointing back', () => {
    for (const name of [secret, 'status', 'encounter', '_id'])
      expect(refusal(() => reverseParameter('Observation', name, 'Patient'))).toMatchObject({
        code: 'bad-reference',
        message: '_reference must be one of: focus, patient, performer, subject.',
      })
    expect(reverseParameter('Observation', 'part_of', 'Procedure').code).toBe('part-of')
  })
})
