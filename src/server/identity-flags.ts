// Who somebody is, as flags of a command say it: role, user, organisation, patient, purposes.
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ROLES, type Role } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isPurpose } from '../kernel/purpose.ts'
import type { Identity } from './issuer/claims.ts'

export const IDENTITY_USAGE = `  --role          ${ROLES.join(' ')}
  --user          Practitioner/…, Patient/…, RelatedPerson/…, PractitionerRole/…, Person/…, Device/… or Organization/…
  --organization  id of the Organization on whose behalf; not for patient, proxy, device and system
  --purpose       v3-ActReason codes, separated by commas: TREAT, HRESCH
  --patient       id of the patient in context; for the role patient that of --user`

export const IDENTITY_OPTIONS = {
  role: { type: 'string' },
  user: { type: 'string' },
  organization: { type: 'string' },
  purpose: { type: 'string' },
  patient: { type: 'string' },
} as const

type Flags = { readonly [name in keyof typeof IDENTITY_OPTIONS]?: string | undefined }

/** Who reads it is told the usage as well. */
export const refuse = (message: string) => new HealthChainError('incorrect', 'bad-arguments', message)

const ID = '[A-Za-z0-9\\-.]{1,64}'
const USER = new RegExp(`^(?:Patient|RelatedPerson|Practitioner|PractitionerRole|Device|Organization|Person)/${ID}$`)
const ORGANIZATION = new RegExp(`^(?:Organization/)?(${ID})$`)
const PATIENT = new RegExp(`^(?:Patient/)?(${ID})$`)
const PERSONAL: readonly Role[] = ['patient', 'proxy']
const WITHOUT_HOUSE: readonly Role[] = [...PERSONAL, 'device', 'system']

/** @throws HealthChainError incorrect (bad-arguments) */
export function readFlags<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values
  } catch {
    throw refuse('An argument is unknown or has no value.')
  }
}

/** What a command prints that failed. */
export const explained = (error: unknown, what: string, usage: string): string => {
  if (!(error instanceof HealthChainError)) return `${what}: ${codeOf(error)}.`
  return error.code === 'bad-arguments' ? `${error.message}\n\n${usage}` : error.message
}
// A message of a library may quote what was typed.
const codeOf = (error: unknown) =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown reason'

/** @throws HealthChainError incorrect, saying which flag and what it takes */
export function readIdentity(flags: Flags): Identity {
  const role = ROLES.find((known) => known === flags.role)
  if (!role) throw refuse(`--role must be one of: ${ROLES.join(', ')}.`)
  const user = flags.user ?? ''
  if (!USER.test(user)) throw refuse('--user must be a reference such as Practitioner/123.')
  const personal = PERSONAL.includes(role)
  if (role === 'patient' && !user.startsWith('Patient/')) throw refuse('The role patient needs --user Patient/ID.')
  if (!personal && /^(?:Patient|RelatedPerson)\//.test(user))
    throw refuse(`A Patient or RelatedPerson cannot act in the role ${role}.`)
  const organisation = organizationOf(flags, role)
  const patient = patientOf(flags, role, user)
  return {
    ...{ role, user, purposes: purposesOf(flags) },
    ...(organisation !== undefined && { organisation }),
    ...(patient !== undefined && { patient }),
  }
}

function organizationOf({ organization }: Flags, role: Role): string | undefined {
  const id = ORGANIZATION.exec(organization ?? '')?.[1]
  if (id !== undefined) return `Organization/${id}`
  if (organization === undefined && WITHOUT_HOUSE.includes(role)) return undefined
  throw refuse(`--organization must be the id of an Organization; the role ${role} needs one.`)
}

function patientOf({ patient }: Flags, role: Role, user: string): string | undefined {
  const own = PERSONAL.includes(role) && user.startsWith('Patient/') ? user.slice('Patient/'.length) : undefined
  if (patient !== undefined && !PATIENT.test(patient)) throw refuse('--patient must be the id of a Patient.')
  const id = patient === undefined ? own : PATIENT.exec(patient)![1]
  if (role === 'patient' && id !== own) throw refuse('In the role patient, --patient must be the --user itself.')
  if (id === undefined && PERSONAL.includes(role)) throw refuse(`The role ${role} needs --patient ID.`)
  return id
}

function purposesOf({ purpose = '' }: Flags): string[] {
  const codes = purpose.split(',').map((code) => code.trim())
  if (!codes.every(isPurpose)) throw refuse('--purpose must be v3-ActReason codes such as TREAT, separated by commas.')
  return [...new Set(codes)]
}
