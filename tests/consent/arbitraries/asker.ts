// Who asks: every role, with the purposes that it has and some that it has not. Pure.
import fc, { type Arbitrary } from 'fast-check'
import { type Asker, ROLES, type Role } from '../../../src/kernel/asker.ts'
import { fhir, type Pools, pick, sometimes, weighted } from './pools.ts'

const PURPOSES = weighted([
  [44, 'TREAT'],
  [8, 'COC'],
  [8, 'ETREAT'],
  [4, 'ERTREAT'],
  [8, 'HPAYMT'],
  [4, 'ELIGDTRM'],
  [8, 'HOPERAT'],
  [4, 'CAREMGT'],
  [10, 'HRESCH'],
  [5, 'CLINTRCHNPC'],
  [6, 'PATRQT'],
  [3, 'PUBHLTH'],
  [2, 'HMARKT'],
  [12, 'BTG'],
])

const roles: Arbitrary<Role> = fc.oneof(
  { weight: 3, arbitrary: pick<Role>(['practitioner', 'practitioner', 'nurse', 'pharmacist']) },
  { weight: 2, arbitrary: pick(ROLES) },
)

function userOf(role: Role, pools: Pools): Arbitrary<string> {
  if (role === 'patient') return pick([`Patient/${pools.patient}`, `Patient/${pools.stranger}`])
  if (role === 'proxy') return fc.constant('RelatedPerson/rel-a')
  if (role === 'device') return fc.constant('Device/dev-a')
  return pick(pools.users)
}

function contextOf(role: Role, user: string, pools: Pools): Arbitrary<string | undefined> {
  if (role === 'patient') return fc.constant(user.slice('Patient/'.length))
  if (role === 'proxy') return fc.constant(pools.patient)
  return sometimes(20, fc.constant(pools.patient))
}

export const askerArbitrary = (pools: Pools): Arbitrary<Asker> =>
  roles
    .chain((role) => userOf(role, pools).map((user) => ({ role, user })))
    .chain(({ role, user }) =>
      fc.record({
        issuer: fc.constant('https://issuer.example'),
        subject: fc.constant(user),
        client: fc.constant('app'),
        user: fc.constant(user),
        role: fc.constant(role),
        organisation: sometimes(role === 'patient' || role === 'proxy' ? 0 : 90, pick(pools.organisations)),
        groups: fc.subarray([...pools.groups], { maxLength: role === 'patient' ? 0 : 2 }),
        purpose: PURPOSES,
        patient: contextOf(role, user, pools),
        acr: pick(['mfa', 'mfa', 'mfa', 'mfa', 'pwd', undefined]),
        partOf: sometimes(
          role === 'patient' || role === 'proxy' ? 0 : 25,
          pick(pools.organisations).map((id) => [id]),
        ),
      }),
    )
    .map((drawn) => ({ ...fhir(drawn), groups: drawn.groups, scopes: [] }) as Asker)
