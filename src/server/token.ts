// `npm run -s token -- --role R --user Type/id …`: prints one bearer token of the embedded issuer in DATA_DIR and nothing
// else. For whoever has the data folder: they could read everything anyway. Works beside a running server and without.
import { parseArgs } from 'node:util'
import { parseScope } from '../auth/scopes.ts'
import { ROLES, type Role } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isPurpose } from '../kernel/purpose.ts'
import { readState } from '../store/state.ts'
import { type Config, readConfig } from './config.ts'
import { type Minting, mintFor, realmOf } from './issuer/mint.ts'
import { isStatic, scopesIn } from './issuer/scopes.ts'
import { open } from './open.ts'

const USAGE = `npm run -s token -- --role R --user Type/id --organization ID --purpose CODE --scope "…" [--patient ID]
  --role          ${ROLES.join(' ')}
  --user          Practitioner/…, Patient/…, RelatedPerson/…, PractitionerRole/…, Person/…, Device/… or Organization/…
  --organization  id of the Organization on whose behalf; not for patient, proxy, device and system
  --purpose       v3-ActReason codes, separated by commas: TREAT, HRESCH
  --scope         SMART scopes, separated by spaces: "user/*.rs"
  --patient       id of the patient in context; for the role patient that of --user`

const refuse = (message: string) => new HealthChainError('incorrect', 'bad-arguments', `${message}\n\n${USAGE}`)

const OPTIONS = {
  role: { type: 'string' },
  user: { type: 'string' },
  organization: { type: 'string' },
  purpose: { type: 'string' },
  scope: { type: 'string' },
  patient: { type: 'string' },
} as const

const ID = '[A-Za-z0-9\\-.]{1,64}'
const USER = new RegExp(`^(?:Patient|RelatedPerson|Practitioner|PractitionerRole|Device|Organization|Person)/${ID}$`)
const ORGANIZATION = new RegExp(`^(?:Organization/)?(${ID})$`)
const PATIENT = new RegExp(`^(?:Patient/)?(${ID})$`)
const PERSONAL: readonly Role[] = ['patient', 'proxy']
const WITHOUT_HOUSE: readonly Role[] = [...PERSONAL, 'device', 'system']

type Flags = { readonly [name in keyof typeof OPTIONS]?: string | undefined }

/** @throws HealthChainError incorrect, saying which flag and what it takes */
export function readArguments(args: readonly string[]): Minting {
  const flags = readFlags(args)
  const role = ROLES.find((known) => known === flags.role)
  if (!role) throw refuse('--role must be one of the roles below.')
  const user = flags.user ?? ''
  if (!USER.test(user)) throw refuse('--user must be a reference such as Practitioner/123.')
  const personal = PERSONAL.includes(role)
  if (role === 'patient' && !user.startsWith('Patient/')) throw refuse('The role patient needs --user Patient/ID.')
  if (!personal && /^(?:Patient|RelatedPerson)\//.test(user))
    throw refuse(`A Patient or RelatedPerson cannot act in the role ${role}.`)
  const organisation = organizationOf(flags, role)
  const patient = patientOf(flags, role, user)
  return {
    ...{ role, user, purposes: purposesOf(flags), scope: scopeOf(flags, patient), acr: 'mfa' },
    ...(organisation !== undefined && { organisation }),
    ...(patient !== undefined && { patient }),
  }
}

function readFlags(args: readonly string[]): Flags {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values
  } catch {
    throw refuse('An argument is unknown or has no value.')
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

function scopeOf({ scope }: Flags, patient: string | undefined): string {
  const scopes = scopesIn(scope)
  const wrong = scopes.find((text) => !isStatic(text) && parseScope(text) === undefined)
  if (scopes.length === 0 || wrong !== undefined)
    throw refuse(`--scope must be SMART scopes such as "user/Observation.rs".${wrong ? ` This is none: ${wrong}` : ''}`)
  if (patient === undefined && scopes.some((text) => text.startsWith('patient/')))
    throw refuse('patient/ scopes need --patient ID.')
  return scopes.join(' ')
}

/** One token for a database that the embedded server uses or will use. */
export async function tokenFor(config: Config, wanted: Minting, say: (line: string) => void): Promise<string> {
  if (config.databaseUrl || config.trustedIssuers.length > 0)
    throw new HealthChainError(
      'incorrect',
      'not-embedded',
      'DATABASE_URL or TRUSTED_ISSUERS is set: tokens come from that server’s own issuer, so ask that one.',
    )
  const { accounts, close } = await open(config, say)
  try {
    const known = (await readState(accounts, 'public-url')) ?? config.publicUrl
    const url = known ?? `http://127.0.0.1:${config.port || 4000}`
    return await mintFor(accounts, realmOf(url), wanted)
  } finally {
    await close()
  }
}

async function main(): Promise<void> {
  const wanted = readArguments(process.argv.slice(2))
  console.log(await tokenFor(readConfig(), wanted, (line) => console.error(line)))
}

if (import.meta.main)
  main().catch((error) => {
    console.error(
      error instanceof HealthChainError ? error.message : `No token: ${String(error?.code ?? error?.name)}.`,
    )
    process.exitCode = 1
  })
