// The only place that reads the environment. Names are a contract: see README.
import { resolve } from 'node:path'
import { isSafeAddress, LOOPBACK } from '../auth/fetch-json.ts'
import { type ImplicitPolicies, parseImplicit } from '../consent/implicit.ts'
import { type JurisdictionPack, PACKS } from '../consent/packs/index.ts'
import { EMERGENCY_LIMITS, type EmergencyLimits } from '../interactions/emergency/limits.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { addressOf } from './client-address.ts'

export interface Config {
  readonly host: string
  readonly port: number
  /** Folder of the embedded database. */
  readonly dataDir: string
  /** Absent: the embedded database. */
  readonly databaseUrl?: string
  /** A login that may change tables, where that of DATABASE_URL only serves. */
  readonly migrationDatabaseUrl?: string
  /** Fill an empty database with the demo population. */
  readonly demo: boolean
  /** GraphiQL, introspection and the like. */
  readonly development: boolean
  /** Where clients reach the server; absent: on this machine alone. */
  readonly publicUrl?: string
  /** Addresses and networks of proxies that are believed when they say who called them. */
  readonly trustedProxies: readonly string[]
  /** Issuers whose tokens are taken; none: the embedded one. */
  readonly trustedIssuers: readonly { readonly issuer: string; readonly jwksUri: string }[]
  /** Name of the provenance log; absent: made of publicUrl, once. */
  readonly logOrigin?: string
  readonly witnesses: readonly { readonly url: string; readonly vkey: string }[]
  /** Origins or keys of the logs that this server witnesses. */
  readonly witnessedLogs: readonly string[]
  readonly policies: {
    readonly implicit: ImplicitPolicies
    readonly packs: readonly JurisdictionPack[]
    readonly emergencies: EmergencyLimits
  }
}

const refuse = (message: string) => new HealthChainError('incorrect', 'bad-config', message)
/** To listen on; in addresses an IPv6 one stands in brackets. */
const LOCAL: readonly string[] = LOOPBACK.map((name) => name.replace(/^\[|\]$/g, ''))

/** @throws HealthChainError incorrect, naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const port = Number(env.PORT || 4000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw refuse('PORT must be a number from 0 to 65535.')
  const host = env.HOST || '127.0.0.1'
  const publicUrl = readPublicUrl(env.PUBLIC_URL)
  if (!LOCAL.includes(host) && (!publicUrl?.startsWith('https:') || env.DEMO !== '0'))
    throw refuse(
      'HOST may be other than 127.0.0.1 only with PUBLIC_URL (https) and DEMO=0: the demo users are no secret.',
    )
  const url = readDatabaseUrl(env, 'DATABASE_URL')
  const migrationUrl = readDatabaseUrl(env, 'MIGRATION_DATABASE_URL')
  if (migrationUrl && !url) throw refuse('MIGRATION_DATABASE_URL goes with DATABASE_URL.')
  return {
    host,
    port,
    dataDir: resolve(env.DATA_DIR || '.data'),
    ...(url && { databaseUrl: url }),
    ...(migrationUrl && { migrationDatabaseUrl: migrationUrl }),
    demo: env.DEMO !== '0',
    development: env.NODE_ENV !== 'production',
    ...(publicUrl && { publicUrl }),
    trustedProxies: readProxies(env.TRUSTED_PROXIES),
    trustedIssuers: readIssuers(env.TRUSTED_ISSUERS),
    ...(env.LOG_ORIGIN && { logOrigin: env.LOG_ORIGIN }),
    witnesses: list(env.WITNESSES).map(readWitness),
    witnessedLogs: list(env.WITNESSED_LOGS),
    policies: {
      implicit: parseImplicit(env.IMPLICIT_POLICY || 'basic-normal'),
      packs: readPacks(env.JURISDICTION || undefined),
      emergencies: readEmergencies(env.EMERGENCIES_MAX),
    },
  }
}

function readDatabaseUrl(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const url = env[name]
  if (url && !/^postgres(ql)?:\/\//.test(url)) throw refuse(`${name} must begin with postgres:// or postgresql://.`)
  return url || undefined
}

function readPublicUrl(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (!URL.canParse(text) || !/^https?:\/\/[^?#]+$/.test(text))
    throw refuse('PUBLIC_URL must be an address such as https://fhir.example.org.')
  if (!isSafeAddress(text)) throw refuse('PUBLIC_URL must be https: tokens travel there.')
  return text.replace(/\/$/, '')
}

const list = (text = '') =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** `https://b.example/log/witness=VKEY` */
function readWitness(text: string) {
  const [, url = '', vkey = ''] = /^(https?:\/\/[^=]+)=(.+)$/.exec(text) ?? []
  if (!URL.canParse(url) || vkey === '') throw refuse('WITNESSES lists URL=VERIFIER_KEY pairs, separated by commas.')
  return { url: url.replace(/\/$/, ''), vkey }
}

function readProxies(text: string | undefined): readonly string[] {
  const proxies = list(text)
  // Made for its refusal of what is no network.
  addressOf(proxies)
  return proxies
}

/** `https://issuer.example=https://issuer.example/jwks,…` */
function readIssuers(text: string | undefined): Config['trustedIssuers'] {
  return list(text).map((part) => {
    const [issuer = '', ...rest] = part.split('=')
    const jwksUri = rest.join('=')
    if (!URL.canParse(issuer) || !URL.canParse(jwksUri))
      throw refuse('TRUSTED_ISSUERS lists ISSUER=JWKS_URL pairs, separated by commas.')
    return { issuer, jwksUri }
  })
}

/** `10,50`: patients whose records one person may have open at once, and may open within a day. */
function readEmergencies(text: string | undefined): EmergencyLimits {
  if (!text) return EMERGENCY_LIMITS
  const [, atOnce, perDay] = /^([1-9]\d{0,3}),([1-9]\d{0,3})$/.exec(text) ?? []
  if (atOnce === undefined || perDay === undefined || Number(perDay) < Number(atOnce))
    throw refuse('EMERGENCIES_MAX is two numbers such as 10,50: emergencies of one person at once, and within a day.')
  return { atOnce: Number(atOnce), perDay: Number(perDay) }
}

function readPacks(text = 'hipaa,42cfr2'): JurisdictionPack[] {
  return list(text).map((name) => {
    const pack = Object.hasOwn(PACKS, name) ? PACKS[name] : undefined
    if (!pack) throw refuse(`JURISDICTION lists some of: ${Object.keys(PACKS).join(', ')}.`)
    return pack
  })
}
