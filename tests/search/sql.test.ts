// The SQL of one search per type and shape, https://hl7.org/fhir/R4/search.html#ptypes. A change here is a change of meaning
// or of which index serves: look twice.
import { describe, expect, it } from 'vitest'
import { operatorScope } from '../../src/consent/read-scope.ts'
import { hash64 } from '../../src/kernel/hash.ts'
import { compileCount, compileReverse, compileSearch, reverseParameter } from '../../src/search/compile.ts'
import { parseSearch } from '../../src/search/parse.ts'

const scope = operatorScope()
const NOW = Date.parse('2020-06-01T00:00:00Z')
const FEB = ['2020-02-01T00:00:00.000Z', '2020-03-01T00:00:00.000Z']
const [FROM, TO] = FEB as [string, string]
const LIMIT = 10
const search = (type: string, given: object) => parseSearch(type, { ...given }, NOW)
describe('the condition of a search', () => {
  it.each<[string, object, string, unknown[]]>([
    ['Patient', { _id: ['a', 'b'] }, '(t.id = any($1::text[]))', [['a', 'b']]],
    ['Patient', { _lastUpdated: 'ge2020-02' }, '((t.last_updated >= $1::timestamptz))', [FROM]],
    [
      'Patient',
      { _lastUpdated: '2020-02' },
      '(((t.last_updated >= $1::timestamptz and t.last_updated < $2::timestamptz)))',
      FEB,
    ],
    // token: one code rests as itself, several as hashes
    ['Patient', { gender: 'male' }, '(t.gender = any($1::text[]))', [['male']]],
    [
      'Patient',
      { gender: 'http://hl7.org/fhir/administrative-gender|male' },
      '(t.gender = any($1::text[]))',
      [['male']],
    ],
    ['Patient', { gender: 'http://other|male' }, '(t.gender = any($1::text[]))', [[]]],
    ['Patient', { gender: 'http://hl7.org/fhir/administrative-gender|' }, '(t.gender is not null)', []],
    ['Observation', { code: 'a' }, '(t.code && $1::bigint[])', [[hash64('c\0a')]]],
    [
      'Observation',
      { code: ['s|a', '|a', 's|'] },
      '(t.code && $1::bigint[])',
      [[hash64('b\0s\0a'), hash64('b\0\0a'), hash64('s\0s')]],
    ],
    // A plain code that repeats has the system of its value set, as one that does not repeat.
    [
      'Patient',
      { address_use: 'http://hl7.org/fhir/address-use|home' },
      '(t.address_use && $1::bigint[])',
      [[hash64('c\0home')]],
    ],
    ['Patient', { address_use: 'http://hl7.org/fhir/address-use|' }, '(t.address_use is not null)', []],
    ['Patient', { address_use: ['http://other|home', '|home'] }, '(t.address_use && $1::bigint[])', [[]]],
    // date
    [
      'Patient',
      { birthdate: '2020-02' },
      '(((t.birthdate_low >= $1::timestamptz and t.birthdate_high <= $2::timestamptz and t.birthdate_low < $3::timestamptz)))',
      [...FEB, TO],
    ],
    [
      'Patient',
      { birthdate: 'ne2020-02' },
      '(((t.birthdate_low < $1::timestamptz or t.birthdate_high > $2::timestamptz)))',
      FEB,
    ],
    ['Patient', { birthdate: 'gt2020-02' }, '((t.birthdate_high > $1::timestamptz))', [TO]],
    ['Patient', { birthdate: 'lt2020-02' }, '((t.birthdate_low < $1::timestamptz))', [FROM]],
    [
      'Patient',
      { birthdate: 'ge2020-02' },
      '(((t.birthdate_low >= $1::timestamptz or t.birthdate_high > $2::timestamptz)))',
      FEB,
    ],
    ['Patient', { birthdate: 'sa2020-02' }, '((t.birthdate_low >= $1::timestamptz))', [TO]],
    ['Patient', { birthdate: 'eb2020-02' }, '((t.birthdate_high <= $1::timestamptz))', [FROM]],
    [
      'Encounter',
      { location_period: 'sa2020-02' },
      '(exists (select from unnest(t.location_period_low, t.location_period_high) as span(low, high) where (span.low >= $1::timestamptz)))',
      [TO],
    ],
    // string: what LIKE takes for wildcards is escaped
    [
      'Patient',
      { family: ['Mül_l%er\\', 'b'] },
      '(t.family like any($1::text[]))',
      [['%\u001fmul\\_l\\%er\\\\%', '%\u001fb%']],
    ],
    // reference: a patient is asked for in the column that leads the index on dates
    ['Observation', { subject: 'Patient/5' }, '(t.patient = any($1::text[]))', [['5']]],
    ['Observation', { subject: 'Group/5' }, '(t.subject = any($1::text[]))', [['Group/5']]],
    ['Observation', { patient: ['5', 'Patient/6/_history/1'] }, '(t.patient = any($1::text[]))', [['5', '6']]],
    ['Observation', { performer: 'Patient/5' }, '(t.performer && $1::text[])', [['Patient/5']]],
    // how conditions join
    [
      'Observation',
      { status: 'final', code: 'a' },
      '(t.status = any($1::text[]) and t.code && $2::bigint[])',
      [['final'], [hash64('c\0a')]],
    ],
    [
      'Observation',
      { _filter: 'status ne final and (date gt 2020-02 or not subject re Group/1)' },
      '((not coalesce(t.status = any($1::text[]), false) and ((t.date_high > $2::timestamptz) or not coalesce(t.subject = any($3::text[]), false))))',
      [['final'], TO, ['Group/1']],
    ],
  ])('%s %j', (type, given, condition, parameters) => {
    const { sql, parameters: bound } = compileSearch(search(type, given), scope, LIMIT)
    const [, where] = /where not t\.deleted and (.*) order by t\.id asc limit \$\d+$/.exec(sql)!
    expect([where!.replaceAll('"', ''), bound]).toEqual([condition, [...parameters, LIMIT]])
  })
})

describe('the statement', () => {
  it('reads text and sort keys, in order, with a limit', () => {
    expect(compileSearch(search('Observation', { _sort: '-date,status' }), scope, LIMIT)).toEqual({
      sql: 'select "t"."content", "t"."lossless", "t"."custodian", null::text as policies, array["t"."date_low"::text, "t"."status"::text, "t"."id"::text] as keys from "observation" as t where not t.deleted order by "t"."date_low" desc nulls last, "t"."status" asc nulls first, t.id desc limit $1',
      parameters: [LIMIT],
      varied: true,
    })
  })

  it('begins a page strictly behind a row, missing values included', () => {
    const page = (keys: (string | null)[], backwards: boolean) => {
      const { sql } = compileSearch(
        { ...search('Observation', { _sort: '-date' }), position: { keys, backwards } },
        scope,
        1,
      )
      return / and (.*) limit/.exec(sql)![1]!.replaceAll('"', '')
    }
    expect(page(['2020-01-01', 'a'], false)).toBe(
      '(((t.date_low < $1::timestamptz or t.date_low is null)) or (t.date_low = $2::timestamptz and t.id < $3::text)) order by t.date_low desc nulls last, t.id desc',
    )
    expect(page([null, 'a'], true)).toBe(
      '((t.date_low is not null) or (t.date_low is null and t.id > $1::text)) order by t.date_low asc nulls first, t.id asc',
    )
    const end = compileSearch({ ...search('Patient', {}), position: { keys: [], backwards: true } }, scope, 1)
    expect(end.sql).toMatch(/where not t\.deleted order by t\.id desc limit \$1$/)
  })

  it('counts without order or limit', () => {
    expect(compileCount(search('Observation', { status: 'final', _sort: '-date' }), scope)).toEqual({
      sql: 'select count(*)::int as count from "observation" as t where not t.deleted and ("t"."status" = any($1::text[]))',
      parameters: [['final']],
      varied: true,
    })
  })

  it.each([
    ['subject', 'Patient', 't.patient = substr(parent.ref, $2)'],
    ['subject', 'Group', '"t"."subject" = parent.ref'],
    ['patient', 'Patient', 't.patient = substr(parent.ref, $2)'],
    ['performer', 'Patient', '"t"."performer" @> array[parent.ref]'],
  ])('asks what refers to many parents at once: %s of %s', (name, parent, condition) => {
    const parameter = reverseParameter('Observation', name, parent)
    const { sql, parameters } = compileReverse(search('Observation', {}), parameter, [`${parent}/1`], scope, LIMIT)
    expect(sql).toBe(
      `select parent.ref as parent, row.* from unnest($1::text[]) as parent(ref) cross join lateral (select "t"."content", "t"."lossless", "t"."custodian", null::text as policies from "observation" as t where not t.deleted and ${condition} order by t.id asc limit $${parameters.length}) as row`,
    )
    expect(parameters[0]).toEqual([`${parent}/1`])
  })

  it('holds no value of a search: they are all parameters', () => {
    const secret = 'zqjxkw'
    const given = {
      name: secret,
      gender: secret,
      identifier: `${secret}|${secret}`,
      general_practitioner: secret,
      _id: secret,
    }
    expect(compileSearch(search('Patient', given), scope, LIMIT).sql).not.toContain(secret)
  })
})
