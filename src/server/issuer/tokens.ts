// What goes into an access token of the issuer, and the record that lets it be introspected and taken back.
import { type AccessToken, type ClientCredentials, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Database } from '../../store/database.ts'
import { findAccount } from '../../store/issuer/accounts.ts'
import { groupsOf } from '../../store/issuer/groups.ts'
import { findRecord, putRecord } from '../../store/issuer/records.ts'
import { type Identity, identityClaims } from './claims.ts'
import type { IssuerClient } from './clients.ts'
import { purposesFor } from './purposes.ts'

/** The model of what a person confirmed under a grant: `{ purposes }`. */
export const CHOICE = 'SignInChoice'

type Token = AccessToken | ClientCredentials

/** Read anew for every token: who lost a role, a group or a purpose loses it with the next token. */
export async function claimsOf(
  database: Database,
  clients: ReadonlyMap<string, IssuerClient>,
  ctx: KoaContextWithOIDC,
  token: Token,
): Promise<Record<string, unknown>> {
  const identity =
    token.kind === 'ClientCredentials'
      ? clients.get(token.clientId ?? '')?.service
      : await identityOf(database, ctx, token as AccessToken)
  if (!identity || identity.purposes.length === 0) throw new errors.InvalidGrant('nobody stands behind this grant')
  const groups = await groupsOf(database, identity.user, identity.organisation)
  return identityClaims({ ...identity, groups })
}

async function identityOf(
  database: Database,
  { oidc }: KoaContextWithOIDC,
  { accountId, grantId }: AccessToken,
): Promise<Identity | undefined> {
  const account = await findAccount(database, accountId)
  const choice = grantId && (await findRecord(database, CHOICE, 'id', grantId))
  if (!account || !choice || !Array.isArray(choice.purposes)) return undefined
  const acr = (oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode)?.acr
  const { user, role, organisation, patient } = account
  return { user, role, organisation, patient, acr, purposes: purposesFor(account, acr, choice.purposes) }
}

/** Keeps what oidc-provider would keep of a token that is no JWT. @throws InvalidGrant if the grant is gone. */
export async function recordToken(database: Database, token: Token, claims: Record<string, unknown>): Promise<void> {
  const { iat, exp, jti, scope, aud } = claims as { iat: number; exp: number; jti: string; scope?: string; aud: string }
  const { kind, clientId, extra } = token
  const person = kind === 'AccessToken' ? (token as AccessToken) : undefined
  const { accountId, grantId, sessionUid, expiresWithSession, sid } = person ?? ({} as Partial<AccessToken>)
  const payload = { kind, jti, iat, exp, scope, aud, clientId, extra }
  const bound = { accountId, grantId, sessionUid, expiresWithSession, sid }
  const record = { model: kind, id: jti, payload: { ...payload, ...bound }, expires: exp * 1000 }
  if (!(await putRecord(database, { ...record, ...(grantId && { grantId }) })))
    throw new errors.InvalidGrant('the grant was taken away')
}
