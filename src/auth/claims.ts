// What a verified token says about the caller: IHE IUA's JWT claims and SMART's. Pure.
// A claim that is there but cannot be read refuses the token: left out, a rule that denies might miss its mark.
import { type Asker, ROLES, type Role } from '../kernel/asker.ts'
import { isObject } from '../kernel/json.ts'
import { isName } from './presented.ts'
import { purposesOf } from './purpose.ts'
import { forbidden, invalidToken } from './refusals.ts'
import { scopesOf } from './scopes.ts'

export const ROLE_SYSTEM = 'urn:healthchain:role'

type Claims = Readonly<Record<string, unknown>>

/** An Asker that has not said yet for which of its purposes it asks. */
export type Caller = Omit<Asker, 'purpose'> & { readonly purposes: readonly string[] }

const ID = '[A-Za-z0-9\\-.]{1,64}'
const USER = new RegExp(`^(Patient|RelatedPerson|Practitioner|PractitionerRole|Device|Organization|Person)/${ID}$`)
const GROUP = new RegExp(`^(?:Group|CareTeam|PractitionerRole)/${ID}$`)
const PATIENT = new RegExp(`^${ID}$`)
const ORGANISATION = new RegExp(`^(?:Organization/)?(${ID})$`)

const unreadable = (claim: string) => invalidToken(`The token's ${claim} cannot be read; ask the issuer to correct it.`)

/** `claims` must have passed all rules. @throws HealthChainError unauthenticated (unreadable) or forbidden (role, purpose) */
export function readCaller(claims: Claims): Caller {
  const iua = within(within(claims, 'extensions'), 'ihe_iua')
  const role = roleOf(codings(iua, 'subject_role'))
  const user = matched(claims, 'fhirUser', USER)?.[0]
  if (user === undefined) throw invalidToken('The token must have fhirUser.')
  const patient = matched(claims, 'patient', PATIENT)?.[0]
  checkRole(role, user, patient)
  const organisation = matched(iua, 'subject_organization_id', ORGANISATION)?.[1]
  const { acr, scope = '' } = claims
  if (acr !== undefined && !isName(acr)) throw unreadable('acr')
  if (typeof scope !== 'string') throw unreadable('scope')
  return {
    issuer: claims.iss as string,
    subject: claims.sub as string,
    client: claims.client_id as string,
    user,
    role,
    ...(organisation !== undefined && { organisation }),
    groups: groupsOf(claims),
    scopes: scopesOf(scope, patient),
    purposes: purposesOf(codings(iua, 'purpose_of_use')),
    ...(patient !== undefined && { patient }),
    ...(acr !== undefined && { acr }),
    token: claims.jti as string,
  }
}

function roleOf(named: readonly Claims[]): Role {
  const [coding, second] = named.filter(({ system }) => system === ROLE_SYSTEM)
  const role = ROLES.find((known) => known === coding?.code)
  if (role === undefined || second !== undefined)
    throw forbidden('no-role', `The token must name exactly one role in subject_role, of the system ${ROLE_SYSTEM}.`)
  return role
}

/** A patient is that patient; who stands for one says for whom; and no account of theirs takes another role. */
function checkRole(role: Role, user: string, patient: string | undefined): void {
  const personal = role === 'patient' || role === 'proxy'
  if (personal && patient === undefined)
    throw forbidden('no-patient', `The role ${role} needs a patient in context; launch with launch/patient.`)
  if (role === 'patient' && user !== `Patient/${patient}`)
    throw forbidden('role-mismatch', 'In the role patient, fhirUser must be the patient in context.')
  if (!personal && /^(?:Patient|RelatedPerson)\//.test(user))
    throw forbidden('role-mismatch', `A Patient or RelatedPerson cannot act in the role ${role}.`)
}

function groupsOf({ groups = [] }: Claims): readonly string[] {
  if (!Array.isArray(groups) || !groups.every((group) => typeof group === 'string' && GROUP.test(group)))
    throw unreadable('groups')
  return [...new Set<string>(groups)]
}

function matched(claims: Claims, name: string, pattern: RegExp): RegExpExecArray | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  const match = typeof value === 'string' ? pattern.exec(value) : null
  if (match === null) throw unreadable(name)
  return match
}

function within(claims: Claims, name: string): Claims {
  const { [name]: value = {} } = claims
  if (!isObject(value)) throw unreadable(name)
  return value
}

function codings(claims: Claims, name: string): readonly Claims[] {
  const { [name]: value = [] } = claims
  if (!Array.isArray(value) || !value.every(isObject)) throw unreadable(name)
  return value
}
