// Bearer tokens over HTTP: reading Authorization (RFC 6750 section 2.1) and answering WWW-Authenticate (section 3,
// RFC 9470 for signing in more strongly). Pure.
import type { HealthChainError } from '../kernel/errors.ts'
import { unauthenticated } from './refusals.ts'

const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/** The token of the one Authorization header; all its values as they came. @throws HealthChainError unauthenticated */
export function bearerToken(authorization: string | readonly string[] | undefined): string {
  const values = typeof authorization === 'string' ? [authorization] : (authorization ?? [])
  if (values.length === 0)
    throw unauthenticated('no-token', 'Sign in: send Authorization: Bearer with an access token.')
  const token = values.length === 1 ? BEARER.exec(values[0]!)?.[1] : undefined
  if (token === undefined)
    throw unauthenticated('invalid-request', 'Send exactly one Authorization header: Bearer, a space, the token.')
  return token
}

/** What a second factor gives: the `acr` that step-up asks for. */
export const MFA = 'mfa'

/** Refuses a caller who must sign in more strongly first, RFC 9470. */
export const stepUp = (): HealthChainError =>
  unauthenticated('insufficient-user-authentication', 'Sign in again with a second factor, then repeat the request.')

export interface Challenge {
  readonly error?: string
  readonly description?: string
  /** Scopes that would suffice. */
  readonly scope?: string
  readonly acrValues?: string
  /** Seconds since the user signed in, at most. */
  readonly maxAge?: number
}

/** The value of WWW-Authenticate. */
export function challenge({ error, description, scope, acrValues, maxAge }: Challenge = {}): string {
  const parameters = { realm: 'HealthChain', error, error_description: description, scope, acr_values: acrValues }
  const quoted = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${value.replaceAll(/[^\x20-\x7e]|["\\]/g, ' ')}"`],
  )
  return `Bearer ${[...quoted, ...(maxAge === undefined ? [] : [`max_age=${maxAge}`])].join(', ')}`
}

const ERRORS: Readonly<Record<string, string>> = {
  'invalid-request': 'invalid_request',
  'invalid-token': 'invalid_token',
  'insufficient-scope': 'insufficient_scope',
  'insufficient-user-authentication': 'insufficient_user_authentication',
}

/** The challenge that belongs to an error. Who sent no token is told no error, RFC 6750 section 3.1. */
export function challengeFor({ code, message }: HealthChainError): string {
  if (!Object.hasOwn(ERRORS, code)) return challenge()
  const stronger = code === 'insufficient-user-authentication' ? { acrValues: MFA } : {}
  return challenge({ error: ERRORS[code]!, description: message, ...stronger })
}
