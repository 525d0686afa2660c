// What is drawn is valid R4, and hits: a judge that ignores any one criterion would give other answers.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validate } from '../../src/fhir/validate.ts'
import { ROLES } from '../../src/kernel/asker.ts'
import { isPurpose } from '../../src/kernel/purpose.ts'
import { askerArbitrary, POOLS, questionArbitrary } from './arbitraries.ts'
import { CHANGES, decides } from './distribution.ts'
import { oracle } from './oracle/oracle.ts'

const questions = fc.sample(questionArbitrary(), { numRuns: 3000, seed: 1 })
const share = (holds: (question: (typeof questions)[number]) => boolean) =>
  (100 * questions.filter(holds).length) / questions.length

test('every resource and consent is valid R4', () => {
  const resources = questions.flatMap(({ resource, consents }) => [resource, ...consents])
  expect(resources.flatMap((resource) => validate(String(resource.resourceType), resource))).toEqual([])
})

test('askers have every role, a purpose that is one, and never break-glass', () => {
  const askers = fc.sample(askerArbitrary(POOLS), { numRuns: 1000, seed: 1 })
  expect(new Set(askers.map(({ role }) => role))).toEqual(new Set(ROLES))
  expect(askers.filter(({ purpose }) => !isPurpose(purpose) || purpose === 'BTG')).toEqual([])
})

describe('answers', () => {
  test('permit in a fifth of the cases and deny in a fifth', () => {
    expect(share((question) => oracle(question).effect === 'permit')).toBeGreaterThan(20)
    expect(share((question) => oracle(question).effect === 'deny')).toBeGreaterThan(20)
  })

  test('come from every stage', () => {
    const reasons = questions.map((question) => oracle(question).why.replace(/^Consent\/\w+ .*/, 'a consent'))
    expect(new Set(reasons)).toEqual(
      new Set([
        'denied by law',
        'own record',
        'a consent',
        'a permit on file is for others',
        'needs a consent by law',
        'implicit policy',
      ]),
    )
  })

  const whole = [
    'purpose',
    'actor',
    'action',
    'period',
    'securityLabel',
    'class',
    'code',
    'dataPeriod',
    'data',
    'nesting',
  ]
  test.for(Object.keys(CHANGES))('hang on %s often enough', (name) => {
    expect(share((question) => decides(question, name))).toBeGreaterThan(whole.includes(name) ? 1 : 0.3)
  })
})
