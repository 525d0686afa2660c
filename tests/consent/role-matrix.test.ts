// "May you ask": the tables read by hand, laws that hold whatever stands in them, and attacks by name.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CELLS, PURPOSES_OF } from '../../src/consent/role-matrix/cells.ts'
import { matrixMarkdown } from '../../src/consent/role-matrix/markdown.ts'
import { OPERATIONS } from '../../src/consent/role-matrix/operations.ts'
import { mayAsk, mayOperate, rightsFor, rightsOf } from '../../src/consent/role-matrix.ts'
import { hasScope } from '../../src/consent/scope-rights.ts'
import { type Asker, type Right, ROLES, type Role, type Scope } from '../../src/kernel/asker.ts'
import { isKindOf, PURPOSES } from '../../src/kernel/purpose.ts'

const RIGHTS = ['c', 'r', 'u', 'd', 's'] as const
const TYPES = Object.keys(CELLS)

const scope = (type: string, rights: string, context: Scope['context'] = 'user'): Scope => ({
  context,
  type,
  rights: [...rights] as Right[],
  filter: [],
})
const asker = (role: string, purpose: string, more: Partial<Asker> = {}): Asker => ({
  issuer: 'https://issuer.example',
  subject: 's',
  client: 'c',
  user: 'Practitioner/1',
  role: role as Role,
  groups: [],
  scopes: [scope('*', 'cruds')],
  purpose,
  ...more,
})
const refusal = (permission: ReturnType<typeof mayAsk>) => (permission.allowed ? 'allowed' : permission.code)

/** The tables read naively: split the line, count the column, climb the purposes. */
function naive(role: Role, type: string, right: Right, purpose: string): boolean {
  const cell = CELLS[type as keyof typeof CELLS].split(' ').filter(Boolean)[ROLES.indexOf(role)]!
  const open = Object.entries(PURPOSES_OF[role]).filter(([code]) =>
    purpose === 'BTG' ? code === 'BTG' : isKindOf(purpose, code),
  )
  const nearest = open.find(([code]) => open.every(([other]) => isKindOf(code, other)))
  return cell.includes(right) && (nearest?.[1].includes(right) ?? false)
}

describe('the matrix', () => {
  test('has one line for every type of the lens, and none for others', () => {
    const lens = JSON.parse(readFileSync(new URL('../../fhir-profiles/lens.json', import.meta.url), 'utf8'))
    expect(TYPES.toSorted()).toEqual(lens.types.map(({ type }: { type: string }) => type).sort())
  })

  test('answers every role, type, interaction and purpose as its tables say', () => {
    for (const role of ROLES)
      for (const type of TYPES)
        for (const right of RIGHTS)
          for (const purpose of PURPOSES)
            if (mayAsk(asker(role, purpose), type, right).allowed !== naive(role, type, right, purpose))
              expect.fail(`${role} ${purpose} ${right} ${type}`)
  })

  test.for([
    ['practitioner', 'TREAT', 'c', 'MedicationRequest', 'allowed'],
    ['nurse', 'TREAT', 'c', 'MedicationRequest', 'role'],
    ['nurse', 'TREAT', 'c', 'MedicationAdministration', 'allowed'],
    ['nurse', 'COC', 'u', 'Observation', 'allowed'],
    ['pharmacist', 'TREAT', 's', 'AllergyIntolerance', 'allowed'],
    ['pharmacist', 'TREAT', 'r', 'Condition', 'role'],
    ['payer', 'ELIGVER', 's', 'Coverage', 'allowed'],
    ['payer', 'TREAT', 's', 'Coverage', 'purpose'],
    ['payer', 'HPAYMT', 'r', 'Observation', 'role'],
    ['researcher', 'CLINTRCHPC', 's', 'Observation', 'allowed'],
    ['researcher', 'HRESCH', 'r', 'AuditEvent', 'role'],
    ['researcher', 'HRESCH', 'r', 'Provenance', 'role'],
    ['auditor', 'HCOMPL', 's', 'AuditEvent', 'allowed'],
    ['auditor', 'HCOMPL', 'r', 'Patient', 'role'],
    ['admin', 'PATADMIN', 'u', 'Patient', 'allowed'],
    ['admin', 'PATADMIN', 'd', 'Patient', 'role'],
    ['admin', 'HSYSADMIN', 'r', 'Observation', 'role'],
    ['patient', 'PATRQT', 'c', 'Consent', 'allowed'],
    ['proxy', 'FAMRQT', 'u', 'Consent', 'allowed'],
    ['patient', 'PATRQT', 'c', 'Observation', 'role'],
    ['patient', 'TREAT', 'r', 'Patient', 'purpose'],
    ['device', 'TREAT', 'c', 'Observation', 'allowed'],
    ['device', 'TREAT', 'r', 'Observation', 'role'],
    ['system', 'PUBHLTH', 's', 'Condition', 'allowed'],
    ['system', 'HRESCH', 'c', 'Condition', 'purpose'],
  ] as const)('%s for %s, %s %s: %s', ([role, purpose, right, type, expected]) => {
    expect(refusal(mayAsk(asker(role, purpose), type, right))).toBe(expected)
  })

  test('lets nobody write AuditEvent or Provenance, whatever role, purpose and scopes they bring', () => {
    for (const role of ROLES)
      for (const purpose of PURPOSES)
        for (const right of ['c', 'u', 'd'] as const)
          for (const type of ['AuditEvent', 'Provenance'])
            expect(mayAsk(asker(role, purpose), type, right).allowed).toBe(false)
  })

  test('breaking the glass is a purpose of its own: TREAT does not stand for it', () => {
    const able = ROLES.filter((role) => rightsFor(role, 'BTG') !== undefined)
    expect(able).toEqual(['practitioner'])
    expect(refusal(mayAsk(asker('nurse', 'BTG'), 'Patient', 'r'))).toBe('purpose')
    expect(refusal(mayAsk(asker('system', 'BTG'), 'Patient', 'r'))).toBe('purpose')
  })
})

describe('scopes', () => {
  const right = fc.constantFrom(...RIGHTS)
  const anyScope: fc.Arbitrary<Scope> = fc.record({
    context: fc.constantFrom('patient', 'user', 'system'),
    type: fc.constantFrom('*', ...TYPES),
    rights: fc.subarray([...RIGHTS]),
    filter: fc.constant([]),
  })
  const question = fc.record({
    role: fc.constantFrom(...ROLES),
    purpose: fc.constantFrom(...PURPOSES),
    type: fc.constantFrom(...TYPES),
    right,
    scopes: fc.array(anyScope, { maxLength: 4 }),
    patient: fc.option(fc.constant('p1'), { nil: undefined }),
  })

  test('only narrow: what a token may ask, role and purpose may ask without it', () => {
    fc.assert(
      fc.property(question, ({ role, purpose, type, right, scopes, patient }) => {
        const held = scopes.some(
          (s) => [type, '*'].includes(s.type) && s.rights.includes(right) && !(s.context === 'patient' && !patient),
        )
        const { allowed } = mayAsk(asker(role, purpose, { scopes, ...(patient && { patient }) }), type, right)
        expect(allowed).toBe(naive(role, type, right, purpose) && held)
      }),
    )
  })

  test('taking a scope away never allows more', () => {
    fc.assert(
      fc.property(question, fc.nat(3), ({ role, purpose, type, right, scopes }, out) => {
        const fewer = scopes.filter((_, i) => i !== out)
        if (mayAsk(asker(role, purpose, { scopes: fewer }), type, right).allowed)
          expect(mayAsk(asker(role, purpose, { scopes }), type, right).allowed).toBe(true)
      }),
    )
  })

  test('read is not search, and a scope for patients needs a patient', () => {
    const only = (...scopes: Scope[]) => asker('practitioner', 'TREAT', { scopes })
    expect(refusal(mayAsk(only(scope('Patient', 'r')), 'Patient', 's'))).toBe('scope')
    expect(refusal(mayAsk(only(scope('Patient', 'cruds', 'patient')), 'Patient', 'r'))).toBe('scope')
    expect(hasScope({ scopes: [scope('Patient', 'r', 'patient')], patient: 'p' }, 'Patient', 'r')).toBe(true)
    expect(hasScope({ scopes: [scope('Patient', 'r', 'patient')], patient: '' }, 'Patient', 'r')).toBe(false)
    expect(refusal(mayAsk(only(), 'Patient', 'r'))).toBe('scope')
  })
})

describe('attacks', () => {
  const names = ['', '-', '*', 'constructor', '__proto__', 'toString', 'Practitioner', 'practitioner ', 'SYSTEM']
  test.for(names)('a role called %j is nobody', (role) => {
    for (const type of TYPES) expect(refusal(mayAsk(asker(role, 'TREAT'), type, 'r'))).toBe('role')
    expect(rightsOf(role, 'Patient')).toBe('-')
    expect(rightsFor(role, 'TREAT')).toBeUndefined()
  })
  test.for(['', 'treat', '*', 'constructor', '__proto__', 'NONE', 'TREAT '])(
    'a purpose called %j is none',
    (purpose) => {
      for (const role of ROLES) expect(refusal(mayAsk(asker(role, purpose), 'Patient', 'r'))).toBe('purpose')
    },
  )
  test.for(['', '*', 'constructor', '__proto__', 'patient', 'Goal', 'OperationOutcome'])(
    'a type called %j is none',
    (type) => {
      expect(refusal(mayAsk(asker('system', 'TREAT'), type, 'r'))).toBe('unknown-type')
    },
  )
  test('a right that is no letter is none', () => {
    for (const right of ['', '-', ' ', 'rs', '*'] as string[] as Right[])
      expect(
        mayAsk(asker('system', 'TREAT', { scopes: [{ ...scope('*', ''), rights: [right] }] }), 'Patient', right)
          .allowed,
      ).toBe(false)
  })
  test('a refusal repeats nothing that the token says of itself', () => {
    const texts = [
      mayAsk(asker('Eve Example', 'TREAT'), 'Patient', 'r'),
      mayAsk(asker('nurse', 'Eve Example'), 'Patient', 'r'),
      mayAsk(asker('nurse', 'TREAT'), 'Eve Example', 'r'),
      mayOperate(asker('nurse', 'TREAT'), 'Eve Example'),
    ]
    expect(JSON.stringify(texts)).not.toContain('Eve')
  })
})

describe('operations', () => {
  test.for([
    ['patient', 'PATRQT', 'consentGrant', 'allowed'],
    ['researcher', 'HRESCH', 'consentGrant', 'role'],
    ['nurse', 'TREAT', 'consentRevoke', 'role'],
    ['practitioner', 'BTG', 'emergencyAccess', 'allowed'],
    ['practitioner', 'TREAT', 'emergencyAccess', 'purpose'],
    ['practitioner', 'ETREAT', 'emergencyAccess', 'purpose'],
    ['practitioner', 'ETREAT', 'emergencyTerminate', 'allowed'],
    ['nurse', 'BTG', 'emergencyAccess', 'purpose'],
    ['auditor', 'HCOMPL', 'accessHistory', 'allowed'],
    ['admin', 'PATADMIN', 'accessHistory', 'role'],
    ['system', 'TREAT', 'constructor', 'unknown-operation'],
  ] as const)('%s for %s, %s: %s', ([role, purpose, name, expected]) => {
    expect(refusal(mayOperate(asker(role, purpose), name))).toBe(expected)
  })

  test('need each of their scopes', () => {
    for (const [name, { roles, purposes, scopes }] of Object.entries(OPERATIONS)) {
      const role = roles[0]!
      const purpose = purposes?.[0] ?? Object.keys(PURPOSES_OF[role])[0]!
      expect(refusal(mayOperate(asker(role, purpose), name))).toBe('allowed')
      for (const [type, right] of scopes) {
        const others = RIGHTS.filter((r) => r !== right).join('')
        const without = [scope(type, others), ...TYPES.filter((t) => t !== type).map((t) => scope(t, 'cruds'))]
        expect(refusal(mayOperate(asker(role, purpose, { scopes: without }), name))).toBe('scope')
      }
    }
  })

  test('are open to a role only for purposes that it may act for', () => {
    for (const { roles, purposes } of Object.values(OPERATIONS))
      for (const role of roles) for (const purpose of purposes ?? []) expect(rightsFor(role, purpose)).toBeDefined()
  })
})

test('the matrix for the README shows each cell and each purpose', () => {
  const lines = matrixMarkdown().split('\n')
  expect(lines[0]).toBe(`|  | ${ROLES.join(' | ')} |`)
  expect(lines).toContain('| MedicationRequest | rs | rs | rscud | rs | rs | rs | rs | - | - | - | rscud |')
  expect(lines).toContain('| practitioner | TREAT rscud · ETREAT rscud · BTG rscu · CAREMGT rscud |')
  expect(lines.filter((line) => TYPES.some((type) => line.startsWith(`| ${type} |`)))).toHaveLength(TYPES.length)
})
