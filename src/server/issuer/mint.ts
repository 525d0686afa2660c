// Signs an access token (RFC 9068) outside any sign-in: for the operator at the machine and for tests.
import { SignJWT } from 'jose'
import { now } from '../../kernel/clock.ts'
import { newId } from '../../kernel/random.ts'
import type { Session } from '../../store/database.ts'
import { groupsOf } from '../../store/issuer/groups.ts'
import { type Identity, identityClaims, LIFETIME } from './claims.ts'
import { type SigningKey, signingKey } from './keys.ts'

export interface Minting extends Identity {
  /** Default: `user`. */
  readonly subject?: string
  /** Default: `token-command`. */
  readonly client?: string
  /** SMART scopes, separated by spaces. */
  readonly scope: string
  /** Seconds; default 30 minutes. */
  readonly lifetime?: number
}

export interface Realm {
  readonly issuer: string
  readonly audience: string
}

function mint(key: SigningKey, { issuer, audience }: Realm, wanted: Minting): Promise<string> {
  const iat = Math.floor(now() / 1000)
  const claims = identityClaims(wanted)
  return new SignJWT({ ...claims, scope: wanted.scope, client_id: wanted.client ?? 'token-command' })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(wanted.subject ?? wanted.user)
    .setJti(newId())
    .setIssuedAt(iat)
    .setExpirationTime(iat + (wanted.lifetime ?? LIFETIME.user))
    .sign(key.privateKey)
}

/** The same with the key of this database (as the issuer's role), and the groups that name the user in it unless `groups` is given. */
export async function mintFor(session: Session, realm: Realm, wanted: Minting): Promise<string> {
  const groups = wanted.groups ?? (await groupsOf(session, wanted.user, wanted.organisation))
  return mint(await signingKey(session), realm, { ...wanted, groups })
}

/** The realm of the embedded issuer at a public base URL. */
export const realmOf = (publicUrl: string): Realm => ({ issuer: `${publicUrl}/oidc`, audience: publicUrl })
