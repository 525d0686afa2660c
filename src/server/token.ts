// `npm run -s token -- --role R --user Type/id …`: prints one bearer token of the embedded issuer in DATA_DIR and nothing
// else. For whoever has the data folder: they could read everything anyway. Works beside a running server and without.
import { parseScope } from '../auth/scopes.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { readState } from '../store/state.ts'
import { type Config, readConfig } from './config.ts'
import { explained, IDENTITY_OPTIONS, IDENTITY_USAGE, readFlags, readIdentity, refuse } from './identity-flags.ts'
import { type Minting, mintFor, realmOf } from './issuer/mint.ts'
import { isStatic, scopesIn } from './issuer/scopes.ts'
import { open } from './open.ts'

const USAGE = `npm run -s token -- --role R --user Type/id --organization ID --purpose CODE --scope "…" [--patient ID]
${IDENTITY_USAGE}
  --scope         SMART scopes, separated by spaces: "user/*.rs"`

const OPTIONS = { ...IDENTITY_OPTIONS, scope: { type: 'string' } } as const

/** @throws HealthChainError incorrect, saying which flag and what it takes */
export function readArguments(args: readonly string[]): Minting {
  const flags = readFlags(args, OPTIONS)
  const identity = readIdentity(flags)
  return { ...identity, scope: scopeOf(flags, identity.patient), acr: 'mfa' }
}

function scopeOf({ scope }: { scope?: string | undefined }, patient: string | undefined): string {
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
    console.error(explained(error, 'No token', USAGE))
    process.exitCode = 1
  })
