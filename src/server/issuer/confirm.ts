// What a person can hand to an application, and the grant that says it was handed over.
import type Provider from 'oidc-provider'
import { now } from '../../kernel/clock.ts'
import type { Database } from '../../store/database.ts'
import type { Account } from '../../store/issuer/accounts.ts'
import { putRecord } from '../../store/issuer/records.ts'
import { LIFETIME } from './claims.ts'
import { purposesFor, readPurposes } from './purposes.ts'
import { contextOf, mayGrant, scopesIn } from './scopes.ts'
import { CHOICE } from './tokens.ts'

type Details = Awaited<ReturnType<Provider['interactionDetails']>>

export interface Offer {
  readonly account: Account
  readonly scopes: readonly string[]
  readonly purposes: readonly string[]
}

interface Missing {
  readonly missingOIDCScope?: readonly string[]
  readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>
}

/** Undefined if nothing can be given: no scope, or no purpose that is both asked for and the account's. */
export function offerOf(account: Account, { params, prompt, session }: Details): Offer | undefined {
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details as Missing
  const asked = new Set([...missingOIDCScope, ...Object.values(missingResourceScopes).flat()])
  // In the order in which the application asked.
  const scopes = scopesIn(params.scope).filter((scope) => asked.has(scope) && mayGrant(scope, account))
  const wanted = typeof params.purpose_of_use === 'string' ? readPurposes(params.purpose_of_use) : undefined
  const purposes = purposesFor(account, acrOf(session), wanted)
  // A request for data that leads to none is refused; one for the sign-in alone is not.
  const lost = [...asked].some(contextOf) && !scopes.some(contextOf)
  return scopes.length > 0 && purposes.length > 0 && !lost ? { account, scopes, purposes } : undefined
}

const acrOf = (session: Details['session']): string | undefined => (session as { acr?: string } | undefined)?.acr

/** The id of a new grant of exactly this offer. */
export async function confirm(
  {
    provider,
    database,
    details,
    audience,
  }: { provider: Provider; database: Database; details: Details; audience: string },
  { account, scopes, purposes }: Offer,
): Promise<string> {
  const { missingOIDCScope = [], missingResourceScopes = {} } = details.prompt.details as Missing
  const grant = new provider.Grant({ accountId: account.username, clientId: String(details.params.client_id) })
  const given = (all: readonly string[]) => all.filter((scope) => scopes.includes(scope)).join(' ')
  const kept = (all: readonly string[]) => all.filter((scope) => !scopes.includes(scope)).join(' ')
  grant.addOIDCScope(given(missingOIDCScope))
  grant.rejectOIDCScope(kept(missingOIDCScope))
  const resource = missingResourceScopes[audience] ?? []
  grant.addResourceScope(audience, given(resource))
  grant.rejectResourceScope(audience, kept(resource))
  const grantId = await grant.save()
  const expires = now() + LIFETIME.refresh * 1000
  await putRecord(database, { model: CHOICE, id: grantId, grantId, payload: { purposes }, expires })
  return grantId
}
