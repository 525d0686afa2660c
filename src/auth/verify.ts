// From a bearer token to an Asker: all rules the first time, then from memory until something can have changed.
// Trusts the configured issuers for what they sign, and nobody for anything else.
import { hash } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import type { Asker } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { type Caller, readCaller } from './claims.ts'
import { fetchKeys, isSafeAddress } from './fetch-json.ts'
import { causeOf, type IssuerFailed } from './issuer-failure.ts'
import { type Keys, keysOf } from './keys.ts'
import type { Presented, Trust } from './presented.ts'
import { selectPurpose } from './purpose.ts'
import { recently } from './recently.ts'
import { checkToken } from './rules/order.ts'

export interface TrustedIssuer {
  /** As in `iss`, character for character. */
  readonly issuer: string
  /** Its keys, or a way to them; else `jwksUri` is asked. */
  readonly jwks?: JSONWebKeySet | (() => Promise<JSONWebKeySet>)
  readonly jwksUri?: string
}

export interface VerifierOptions {
  readonly issuers: readonly TrustedIssuer[]
  /** Names of this server: a token must be meant for one of them. */
  readonly audience: readonly string[]
  /** Asked each time; what is not `false` refuses. */
  readonly isRevoked?: (issuer: string, jti: string) => boolean | Promise<boolean>
  /** Hears when the keys of an issuer could not be had. */
  readonly failed?: IssuerFailed
}

export interface Verifier {
  /** @throws HealthChainError unauthenticated (the token) or forbidden (its role or purpose) */
  verify(token: string, purposeHeader?: string): Promise<Asker>
}

/** A token that has passed: what must be asked again, and the Askers it has stood for, by purpose. */
interface Passed {
  readonly token: Presented
  readonly caller: Caller
  readonly askers: Map<string, Asker>
}

export function makeVerifier(options: VerifierOptions): Verifier {
  const trust = trustOf(options)
  const passed = recently<Passed>()

  const first = async (text: string, key: string): Promise<Passed> => {
    const token: Presented = { trust, text, header: {}, claims: {} }
    await checkToken(token, 'first')
    const { iss, jti, exp, iat, nbf } = token.claims
    // The token itself is not kept: a dump of this memory should open nothing.
    const rest: Presented = { trust, text: '', header: {}, claims: { iss, jti, exp, iat, nbf } }
    const made = { token: rest, caller: readCaller(token.claims), askers: new Map() }
    passed.keep(key, made)
    return made
  }

  return {
    async verify(text, purposeHeader) {
      const key = hash('sha256', text, 'base64url')
      const known = passed.find(key)
      if (known === undefined) return askerFor(await first(text, key), purposeHeader)
      await checkToken(known.token, 'again')
      return askerFor(known, purposeHeader)
    },
  }
}

function askerFor({ caller, askers }: Passed, purposeHeader: string | undefined): Asker {
  const purpose = selectPurpose(caller.purposes, purposeHeader)
  const made = askers.get(purpose)
  if (made) return made
  const { purposes: _, ...rest } = caller
  const asker: Asker = Object.freeze({ ...rest, purpose })
  askers.set(purpose, asker)
  return asker
}

function trustOf({ issuers, audience, isRevoked = () => false, failed }: VerifierOptions): Trust {
  const keys = new Map(issuers.map((trusted) => [trusted.issuer, keysFor(trusted, failed)]))
  const named = [...audience, ...keys.keys()].every((name) => name !== '')
  if (audience.length === 0 || keys.size === 0 || keys.size !== issuers.length || !named)
    throw misconfigured('Name at least one audience and one issuer, each issuer once.')
  return { issuers: keys, audience: [...audience], isRevoked }
}

function keysFor({ issuer, jwks, jwksUri }: TrustedIssuer, failed: IssuerFailed = () => {}): Keys {
  const away = (error: unknown) => failed(issuer, 'keys', causeOf(error))
  if (typeof jwks === 'function') return keysOf(jwks, away)
  if (jwks !== undefined) return keysOf(async () => jwks, away)
  if (jwksUri === undefined || !isSafeAddress(jwksUri))
    throw misconfigured('Give each issuer its jwks, or a jwksUri with https (http only for this machine).')
  return keysOf(() => fetchKeys(jwksUri), away)
}

const misconfigured = (message: string) => new HealthChainError('fault', 'misconfigured', message)
