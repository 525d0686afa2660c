// http://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parseScope, scopesOf } from '../../src/auth/scopes.ts'
import { hasScope } from '../../src/consent/scope-rights.ts'
import type { Right, Scope } from '../../src/kernel/asker.ts'

const RIGHTS = ['c', 'r', 'u', 'd', 's'] as const
const TYPES = ['Patient', 'Observation', 'Consent'] as const

describe('a scope', () => {
  test.for([
    ['patient/Observation.rs', 'patient', 'Observation', 'rs', []],
    ['user/*.cruds', 'user', '*', 'cruds', []],
    ['system/Patient.d', 'system', 'Patient', 'd', []],
    ['patient/*.read', 'patient', '*', 'rs', []],
    ['user/Consent.write', 'user', 'Consent', 'cud', []],
    ['user/Consent.*', 'user', 'Consent', 'cruds', []],
    ['patient/Observation.rs?category=laboratory', 'patient', 'Observation', 'rs', [['category', ['laboratory']]]],
    [
      'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
      'patient',
      'Observation',
      'rs',
      [['category', ['http://terminology.hl7.org/CodeSystem/observation-category|laboratory']]],
    ],
    [
      'user/Observation.s?category=a,b&status=final&category=c%7Cd%20e',
      'user',
      'Observation',
      's',
      [
        ['category', ['a', 'b']],
        ['status', ['final']],
        ['category', ['c|d e']],
      ],
    ],
    ['user/Observation.s?code=a%2Cb', 'user', 'Observation', 's', [['code', ['a', 'b']]]],
    ['user/Observation.s?_security=N', 'user', 'Observation', 's', [['_security', ['N']]]],
  ] as const)('%s is read', ([text, context, type, rights, filter]) => {
    expect(parseScope(text)).toEqual({ context, type, rights: [...rights], filter })
  })

  test.for([
    'openid',
    'fhirUser',
    'launch',
    'launch/patient',
    'offline_access',
    'patient/Observation',
    'patient/Observation.',
    'patient/Observation.dus',
    'patient/Observation.sr',
    'patient/Observation.rr',
    'patient/Observation.RS',
    'patient/Observation.rx',
    'patient/Observation.reads',
    'patient/observation.rs',
    'patient/Obs*.rs',
    'patient/*Observation.rs',
    'patient/.rs',
    'Patient/Observation.rs',
    'clinic/Observation.rs',
    ' patient/Observation.rs',
    'patient/Observation.rs\n',
    'patient/Observation.rs.rs',
    'patient/Observation.rs?',
    'patient/Observation.rs?category',
    'patient/Observation.rs?category=',
    'patient/Observation.rs?=laboratory',
    'patient/Observation.rs?category=a&',
    'patient/Observation.rs?category=a,',
    'patient/Observation.rs?category=%E0%A4%A',
    'patient/Observation.rs?category=a%00',
    'patient/Observation.rs?category=a\\,b',
    'patient/Observation.rs?code:in=x',
    'patient/Observation.rs?subject.name=x',
    'patient/Observation.read?category=a',
  ])('%j gives nothing', (text) => {
    expect(parseScope(text)).toBeUndefined()
  })
})

const scopeText = fc
  .tuple(
    fc.constantFrom('patient', 'user', 'system'),
    fc.constantFrom('*', ...TYPES),
    fc.subarray([...RIGHTS], { minLength: 1 }),
    fc.constantFrom('', '?category=a', '?status=final,amended&category=b'),
  )
  .map(([context, type, rights, query]) => `${context}/${type}.${rights.join('')}${query}`)
const claim = fc.array(fc.oneof(scopeText, fc.constantFrom('openid', 'patient/Observation.dus', 'launch')))
const type = fc.constantFrom(...TYPES)
const right = fc.constantFrom<Right>(...RIGHTS)

/** As every question asks them. */
const mayUse = (scopes: readonly Scope[], type: string, right: Right, patient: string | undefined = 'p1') =>
  hasScope({ scopes, ...(patient !== undefined && { patient }) }, type, right)

/** Written from the words of the standard: one scope, one letter at a time. */
const slowlyMayUse = (texts: readonly string[], type: string, right: string, patient: string | undefined) =>
  texts.some((text) => {
    const [access, rest] = text.split('/')
    if (!rest || (access === 'patient' && patient === undefined) || text.includes('.dus')) return false
    const [scoped, rights] = rest.split('?')[0]!.split('.')
    return (scoped === '*' || scoped === type) && (rights?.includes(right) ?? false)
  })

describe('scopes', () => {
  it('say the same in any order', () => {
    const shuffled = claim.chain((texts) =>
      fc.tuple(fc.constant(texts), fc.shuffledSubarray(texts, { minLength: texts.length })),
    )
    fc.assert(
      fc.property(shuffled, type, right, ([texts, others], type, right) => {
        const [one, other] = [texts, others].map((some) => scopesOf(some.join(' '), 'p1'))
        expect(mayUse(one!, type, right)).toBe(mayUse(other!, type, right))
        const keys = (scopes: typeof one) => scopes!.map((scope) => JSON.stringify(scope)).sort()
        expect(keys(one)).toEqual(keys(other))
      }),
    )
  })

  it('give what a reading letter by letter gives', () => {
    fc.assert(
      fc.property(claim, type, right, fc.constantFrom(undefined, 'p1'), (texts, type, right, patient) => {
        expect(mayUse(scopesOf(texts.join(' '), patient), type, right, patient)).toBe(
          slowlyMayUse(texts, type, right, patient),
        )
      }),
    )
  })

  it('of any text at all never throw, and nonsense gives nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void scopesOf(text, 'p1')))
    fc.assert(
      fc.property(scopeText, fc.constantFrom('!', '#', '%', '?', '/x', '.r', '\t'), (text, junk) => {
        const query = text.includes('?')
        // Behind `=` most characters are part of a value.
        fc.pre(!query || junk === '%')
        expect(parseScope(text + junk)).toBeUndefined()
      }),
    )
  })

  it('attack: patient scope without patient', () => {
    expect(scopesOf('patient/*.cruds user/Patient.r', undefined)).toHaveLength(1)
    expect(mayUse(scopesOf('patient/*.cruds', undefined), 'Observation', 'r', undefined)).toBe(false)
    expect(mayUse(scopesOf('patient/*.cruds', 'p1'), 'Observation', 'r')).toBe(true)
  })

  it('attack: reading by a right to search, and the other way round', () => {
    expect(mayUse(scopesOf('user/Observation.s', undefined), 'Observation', 'r')).toBe(false)
    expect(mayUse(scopesOf('user/Observation.r', undefined), 'Observation', 's')).toBe(false)
  })

  it('attack: a filter on one scope taken for the filter of another', () => {
    const scopes = scopesOf('user/Observation.r?category=a user/Observation.s', undefined)
    expect(scopes.map(({ rights, filter }) => [rights, filter])).toEqual([
      [['r'], [['category', ['a']]]],
      [['s'], []],
    ])
  })
})
