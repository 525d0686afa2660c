// What one asker may read, as data that search compiles into its statement. Pure. Only this folder makes a ReadScope.
import type { Asker } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'

/** One reason for a row to be told. Conditions join as the consent kernel grows; `everything` is the development asker's. */
export type Condition = { readonly kind: 'everything' }

declare const granted: unique symbol
/** Proof that consent was asked: a read without it does not type-check. A row is told if a permit and no deny holds. */
export interface ReadScope {
  readonly [granted]: true
  readonly permits: readonly Condition[]
  readonly denies: readonly Condition[]
}

/** The one asker until sign-in lands; the server then listens on loopback only. */
export const DEVELOPMENT_ASKER: Asker = {
  client: 'development',
  user: 'Device/development',
  role: 'system',
  groups: [],
  scopes: ['system/*.cruds'],
  purpose: 'TREAT',
}

const developmentScope = { permits: [{ kind: 'everything' }], denies: [] } as unknown as ReadScope

/** @throws HealthChainError forbidden for any asker but the development one: no rule speaks for them yet. */
export function readScope(asker: Asker): ReadScope {
  if (asker === DEVELOPMENT_ASKER) return developmentScope
  throw new HealthChainError('forbidden', 'no-rule', 'No rule allows this caller to read.')
}
