// What an issuer elsewhere says of itself: OpenID Connect Discovery 1.0, else RFC 8414. Asked when somebody wants to know,
// kept for a while, and held to its name: a document of another issuer would send people there to sign in.
import { elapsed } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import { fetchJson, isSafeAddress } from './fetch-json.ts'
import { causeOf, failure, type IssuerFailed } from './issuer-failure.ts'
import type { Issuing } from './smart-configuration.ts'

const MINUTE = 60_000
/** Older ones are asked for again. */
const FRESH = 10 * MINUTE
/** An issuer that is away is told of so long. */
const KEPT = 60 * MINUTE
/** Least time between two calls when the last one failed. */
const RETRY = 3_000

const unavailable = () =>
  new HealthChainError(
    'busy',
    'issuer-unavailable',
    'The first of TRUSTED_ISSUERS does not say where to sign in: it must answer at /.well-known/openid-configuration below its own address, name itself there as issuer, and give https addresses. Try again shortly.',
  )

/** @returns what tells it. @throws HealthChainError busy (issuer-unavailable) while the issuer does not. */
export function discovery(issuer: string, failed: IssuerFailed = () => {}): () => Promise<Issuing> {
  let known: { issuing: Issuing; at: number } | undefined
  let quietUntil = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  const ask = async () => {
    try {
      known = { issuing: await discover(issuer), at: elapsed() }
    } catch (error) {
      quietUntil = elapsed() + RETRY
      failed(issuer, 'discovery', causeOf(error))
    } finally {
      asking = undefined
    }
  }

  return async () => {
    if ((known === undefined || elapsed() - known.at >= FRESH) && (asking !== undefined || elapsed() >= quietUntil)) {
      asking ??= ask()
      await asking
    }
    if (known !== undefined && elapsed() - known.at < KEPT) return known.issuing
    throw unavailable()
  }
}

async function discover(issuer: string): Promise<Issuing> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const openid = `${origin}${path}/.well-known/openid-configuration`
  const oauth = `${origin}/.well-known/oauth-authorization-server${path}`
  if (!isSafeAddress(issuer)) throw failure('unsafe-address')
  return read(issuer, await fetchJson(openid, 'application/json').catch(() => fetchJson(oauth, 'application/json')))
}

/** @throws HealthChainError for what is no such document, or another issuer's. */
function read(issuer: string, found: unknown): Issuing {
  if (!isObject(found)) throw failure('no-document')
  if (found.issuer !== issuer) throw failure('other-issuer')
  if (!isSafeAddress(found.token_endpoint)) throw failure('unsafe-address')
  const addresses = ENDPOINTS.map(([name, member]) => [name, found[member]] as const)
  if (addresses.some(([, uri]) => uri !== undefined && !isSafeAddress(uri))) throw failure('unsafe-address')
  const algorithms = strings(found.token_endpoint_auth_signing_alg_values_supported)
  return {
    issuer,
    tokenEndpoint: found.token_endpoint,
    ...Object.fromEntries(addresses.filter(([, uri]) => uri !== undefined)),
    // What is not said is what the standard says then.
    grants: strings(found.grant_types_supported) ?? ['authorization_code', 'implicit'],
    clientAuthentication: strings(found.token_endpoint_auth_methods_supported) ?? ['client_secret_basic'],
    ...(algorithms && { algorithms }),
    scopes: strings(found.scopes_supported) ?? ['openid'],
  }
}

const ENDPOINTS = [
  ['authorizationEndpoint', 'authorization_endpoint'],
  ['introspectionEndpoint', 'introspection_endpoint'],
  ['revocationEndpoint', 'revocation_endpoint'],
  ['jwksUri', 'jwks_uri'],
] as const

const strings = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
