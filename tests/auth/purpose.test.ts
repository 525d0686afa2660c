// The claim is the ceiling of the purpose. https://profiles.ihe.net/ITI/IUA/
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { purposesOf, selectPurpose } from '../../src/auth/purpose.ts'
import { ACT_REASON, ancestorsOf, PURPOSES } from '../../src/kernel/purpose.ts'
import { outcome, thrown, tokenOf, verifierWith } from './tokens.ts'

const NOT_ALLOWED = 'forbidden/purpose-not-allowed'
const codings = (...codes: unknown[]) => codes.map((code) => ({ system: ACT_REASON, code }))
const purpose = fc.constantFrom(...PURPOSES)
const ceilings = fc.uniqueArray(purpose, { minLength: 1, maxLength: 4 })

describe('the claim', () => {
  test.for([
    ['known codes', codings('TREAT', 'HRESCH'), ['TREAT', 'HRESCH']],
    ['a code twice, once', codings('TREAT', 'TREAT'), ['TREAT']],
    ['known codes beside unknown ones', codings('treat', 'constructor', 1, null, 'COC'), ['COC']],
    ['codes of this system only', [{ system: 'http://else.example', code: 'BTG' }, ...codings('COC')], ['COC']],
  ] as const)('gives %s', ([, given, codes]) => {
    expect(purposesOf(given)).toEqual(codes)
  })

  test.for([
    ['empty', []],
    ['unknown', codings('TREATMENT', 'PurposeOfUse')],
    ['of another system', [{ system: `${ACT_REASON}/`, code: 'TREAT' }]],
    ['without a system', [{ code: 'TREAT' }]],
  ] as const)('is refused when %s', ([, given]) => {
    expect(thrown(() => purposesOf(given))).toBe('forbidden/no-purpose')
  })
})

describe('the header', () => {
  it('never widens: what it selects is in the claim or below it', () => {
    const header = fc.oneof(
      purpose,
      purpose.map((code) => `${ACT_REASON}|${code}`),
      fc.string(),
    )
    fc.assert(
      fc.property(ceilings, fc.option(header, { nil: undefined }), (ceiling, header) => {
        let selected: string
        try {
          selected = selectPurpose(ceiling, header)
        } catch {
          return
        }
        expect(ancestorsOf(selected).some((wider) => ceiling.includes(wider))).toBe(true)
        expect(selected !== 'BTG' || ceiling.includes('BTG')).toBe(true)
        expect(header === undefined || header.split('|').at(-1) === selected).toBe(true)
      }),
    )
  })

  it('selects everything at or below the claim, emergencies from an emergency down, and BTG by its name', () => {
    fc.assert(
      fc.property(ceilings, purpose, fc.boolean(), (ceiling, code, full) => {
        const wider = ancestorsOf(code)
        const emergency = wider.indexOf('ETREAT')
        const enough = code === 'BTG' ? ['BTG'] : emergency < 0 ? wider : wider.slice(0, emergency + 1)
        const expected = enough.some((one) => ceiling.includes(one)) ? 'accepted' : NOT_ALLOWED
        expect(thrown(() => selectPurpose(ceiling, full ? `${ACT_REASON}|${code}` : code))).toBe(expected)
      }),
    )
  })

  it('may stay away if the claim leaves no choice, and only then', () => {
    fc.assert(
      fc.property(ceilings, (ceiling) => {
        const expected = ceiling.length === 1 ? 'accepted' : 'forbidden/purpose-required'
        expect(thrown(() => selectPurpose(ceiling, undefined))).toBe(expected)
      }),
    )
    expect(selectPurpose(['HRESCH'], undefined)).toBe('HRESCH')
    expect(thrown(() => selectPurpose([], undefined))).toBe('forbidden/purpose-required')
  })

  it.for([['TREAT'], ['ETREAT'], ['TREAT', 'ETREAT', 'ERTREAT']])('attack: BTG by subsumption of %j', (ceiling) => {
    expect(thrown(() => selectPurpose(ceiling, 'BTG'))).toBe(NOT_ALLOWED)
    expect(thrown(() => selectPurpose(ceiling, `${ACT_REASON}|BTG`))).toBe(NOT_ALLOWED)
    expect(selectPurpose([...ceiling, 'BTG'], 'BTG')).toBe('BTG')
  })

  it.for([
    ['the wider of the claim', ['COC'], 'TREAT'],
    ['a sibling', ['COC'], 'ETREAT'],
    ['empty', ['TREAT'], ''],
    ['a system without code', ['TREAT'], `${ACT_REASON}|`],
    ['a code without system but with the bar', ['TREAT'], '|TREAT'],
    ['another system', ['TREAT'], 'http://else.example|TREAT'],
    ['two codes', ['TREAT'], 'TREAT, COC'],
    ['two headers that were joined', ['TREAT'], 'TREAT,TREAT'],
    ['white space', ['TREAT'], ' TREAT'],
    ['lower case', ['TREAT'], 'treat'],
    ['a name of the prototype', ['TREAT'], 'toString'],
  ] as const)('attack: purpose widening by header, %s', ([, ceiling, header]) => {
    expect(thrown(() => selectPurpose(ceiling, header))).toBe(NOT_ALLOWED)
  })
})

it('attack: purpose widening by header, through the verifier', async () => {
  const verifier = verifierWith()
  expect(await outcome(verifier.verify(tokenOf(), 'HRESCH'))).toBe(NOT_ALLOWED)
  expect(await outcome(verifier.verify(tokenOf(), 'BTG'))).toBe(NOT_ALLOWED)
  expect(await outcome(verifier.verify(tokenOf({ purposes: ['TREAT', 'HRESCH'] })))).toBe('forbidden/purpose-required')
  expect(await outcome(verifier.verify(tokenOf({ purposes: [] }), 'TREAT'))).toBe('forbidden/no-purpose')
})
