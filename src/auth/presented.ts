// A token on its way through the rules, and what it is held against. Nothing in it is true until all rules have passed.
import type { CryptoKey } from 'jose'
import type { Algorithm } from './algorithms.ts'
import type { Keys } from './keys.ts'

/** What the server trusts. */
export interface Trust {
  /** `iss` -> the keys of that issuer. */
  readonly issuers: ReadonlyMap<string, Keys>
  /** Names of this server, one of which must stand in `aud`. */
  readonly audience: readonly string[]
  readonly isRevoked: (issuer: string, jti: string) => boolean | Promise<boolean>
}

/** Rules fill it in. */
export interface Presented {
  readonly trust: Trust
  /** The compact serialisation. */
  readonly text: string
  /** JOSE header and payload as they were sent. */
  header: Readonly<Record<string, unknown>>
  claims: Readonly<Record<string, unknown>>
  algorithm?: Algorithm
  keys?: Keys
  key?: CryptoKey
}

/** One rule. @throws HealthChainError unauthenticated */
export type Rule = (token: Presented) => void | Promise<void>

/** Printable ASCII, as OpenID Connect has it for `sub`: names that fit any log, header and database. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(value)
