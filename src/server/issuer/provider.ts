// oidc-provider, told who we are: authorization code with PKCE for people, signed assertions for backend services
// (http://hl7.org/fhir/smart-app-launch/backend-services.html), JWT access tokens, refresh tokens that turn.
import Provider, { type Client, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { now } from '../../kernel/clock.ts'
import type { Database } from '../../store/database.ts'
import { findAccount } from '../../store/issuer/accounts.ts'
import type { Logger } from '../logger.ts'
import { adapterFor } from './adapter.ts'
import { LIFETIME } from './claims.ts'
import type { IssuerClient } from './clients.ts'
import type { SigningKey } from './keys.ts'
import { errorPage, signedOutPage, signOutPage } from './pages/messages.ts'
import { readPurposes } from './purposes.ts'
import { mayAsk, mayGrant, STATIC_SCOPES, scopesIn } from './scopes.ts'
import { claimsOf, recordToken } from './tokens.ts'

export interface ProviderOptions {
  readonly database: Database
  readonly issuer: string
  readonly audience: string
  readonly log: Logger
  /** The first one signs. */
  readonly keys: readonly [SigningKey, ...SigningKey[]]
  readonly cookieKey: string
  readonly clients: ReadonlyMap<string, IssuerClient>
  readonly checked: string
  readonly onRevoked: () => void
}

const HOUR = 60 * 60
const COOKIE = { httpOnly: true, sameSite: 'lax', signed: true } as const
/** Seconds an assertion of a client may live, SMART Backend Services. */
const ASSERTION_MAX = 5 * 60
const SKEW = 10

export function makeProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.issuer, configuration(options))
  // A proxy that ends TLS says so; without one there is nothing to believe.
  provider.proxy = options.issuer.startsWith('https:')
  provider.use(async (ctx, next) => {
    await next()
    const token = (ctx as KoaContextWithOIDC).oidc?.entities.AccessToken
    const patient = token?.extra?.patient
    // SMART's launch context stands beside the token, http://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
    if (patient && ctx.path === '/token' && ctx.status === 200) ctx.body = { ...(ctx.body as object), patient }
  })
  provider.on('server_error', (_ctx, error) => options.log.fault(error))
  const koa: NodeJS.EventEmitter = provider
  koa.on('error', (error) => options.log.fault(error))
  return provider
}

const configuration = (options: ProviderOptions): Configuration => ({
  ...PROTOCOL,
  ...people(options),
  adapter: adapterFor(options),
  clients: [...options.clients.values()].map(({ metadata }) => metadata),
  jwks: { keys: options.keys.map(({ privateJwk }) => privateJwk as { kty: string }) },
  cookies: { keys: [options.cookieKey], short: COOKIE, long: COOKIE },
  extraParams: extraParams(options.audience) as unknown as string[],
  features: features(options),
})

/** Of client assertions, SMART Backend Services. */
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384'] as const

/** What may be spoken: as little as possible. */
const PROTOCOL: Configuration = {
  scopes: [...STATIC_SCOPES],
  claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], fhirUser: ['fhirUser'] },
  conformIdTokenClaims: false,
  acrValues: ['pwd', 'mfa'],
  responseTypes: ['code'],
  subjectTypes: ['public'],
  pkce: { required: () => true },
  clientAuthMethods: ['none', 'private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: [...ASSERTION_ALGORITHMS], idTokenSigningAlgValues: ['ES256'] },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  clockTolerance: SKEW,
  rotateRefreshToken: true,
  revokeGrantPolicy: () => true,
  issueRefreshToken: (_ctx, client, { scopes }) =>
    client.grantTypeAllowed('refresh_token') && (scopes.has('offline_access') || scopes.has('online_access')),
  expiresWithSession: (_ctx, { scopes }) => !scopes.has('offline_access'),
  // Each confirmation is a grant of its own: to take one back leaves the others alone.
  loadExistingGrant: ({ oidc }) => {
    const grantId = oidc.result?.consent?.grantId
    return grantId ? oidc.provider.Grant.find(grantId) : Promise.resolve(undefined)
  },
  assertJwtClientAuthClaimsAndHeader: (ctx, claims, header) => assertAssertion(ctx, claims, header),
  clientBasedCORS: (_ctx, origin, client) =>
    (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
  renderError: errorPage,
  ttl: {
    AccessToken: () => LIFETIME.user,
    AuthorizationCode: () => 60,
    ClientCredentials: () => LIFETIME.service,
    Grant: () => LIFETIME.refresh,
    IdToken: () => LIFETIME.user,
    Interaction: () => 15 * 60,
    // Turning a refresh token does not lengthen its life: after a week the person signs in again.
    RefreshToken: (ctx) => ctx?.oidc.entities.RotatedRefreshToken?.remainingTTL ?? LIFETIME.refresh,
    Session: () => 8 * HOUR,
  },
}

/** Who signs in, and what their tokens say. */
const people = ({ database, clients, audience, issuer }: ProviderOptions): Configuration => ({
  findAccount: async (_ctx, sub) => {
    const account = await findAccount(database, sub)
    return account && { accountId: sub, claims: () => ({ sub, fhirUser: `${audience}/${account.user}` }) }
  },
  extraTokenClaims: (ctx, token) => claimsOf(database, clients, ctx, token),
  formats: { customizers: { jwt: (_ctx, token, { payload }) => recordToken(database, token, payload) } },
  interactions: { url: (_ctx, { uid }) => `${new URL(issuer).pathname}/interaction/${uid}` },
})

function features({ audience, clients, database, keys: [key] }: ProviderOptions): Configuration['features'] {
  const own = (_ctx: KoaContextWithOIDC, client: Client, token: { clientId?: string | undefined }) =>
    token.clientId === client.clientId
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: own },
    revocation: { enabled: true, allowedPolicy: own },
    rpInitiatedLogout: { enabled: true, logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: async (ctx, resource, client) => {
        if (resource !== audience) throw new errors.InvalidTarget('this issuer signs for its own server only')
        const scope = (await grantable(database, clients, ctx, client)).join(' ')
        return { scope, audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: key.alg, kid: key.kid } } }
      },
    },
  }
}

/** SMART scopes are without number, so the server's scopes are those of the request that this client may ask for. */
async function grantable(
  database: Database,
  clients: ReadonlyMap<string, IssuerClient>,
  { oidc }: KoaContextWithOIDC,
  client: Client,
): Promise<string[]> {
  const { AuthorizationCode, RefreshToken } = oidc.entities
  const asked = [oidc.params?.scope, AuthorizationCode?.scope, RefreshToken?.scope].flatMap(scopesIn)
  const allowed = asked.filter((scope) => mayAsk(scope, clients.get(client.clientId)?.contexts ?? []))
  const accountId = RefreshToken?.accountId ?? AuthorizationCode?.accountId
  if (accountId !== undefined) {
    const account = await findAccount(database, accountId)
    return account ? allowed.filter((scope) => mayGrant(scope, account)) : []
  }
  if (oidc.params?.grant_type === 'client_credentials' && allowed.length === 0)
    throw new errors.InvalidScope('none of these scopes is open to this client', String(oidc.params.scope ?? ''))
  return allowed
}

const extraParams = (audience: string) => ({
  // SMART: the server that the application means to use its token at.
  aud: (_ctx: unknown, value: unknown) => {
    if (value !== undefined && value !== audience && !String(value).startsWith(`${audience.replace(/\/$/, '')}/`))
      throw new errors.InvalidRequest('aud names another server')
  },
  purpose_of_use: (_ctx: unknown, value: unknown) => {
    if (value !== undefined && readPurposes(String(value)) === undefined)
      throw new errors.InvalidRequest('purpose_of_use must list v3-ActReason codes, such as TREAT')
  },
})

type Claims = Parameters<NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>>

function assertAssertion(_ctx: Claims[0], claims: Claims[1], header: Claims[2]): undefined {
  const { exp } = claims as { exp: number }
  if (exp > now() / 1000 + ASSERTION_MAX + SKEW)
    throw new errors.InvalidClientAuth('an assertion lives five minutes at most')
  if (claims.sub !== claims.iss) throw new errors.InvalidClientAuth('iss and sub must both be the client_id')
  // Keys are those registered, wherever an assertion says they are.
  for (const name of ['jku', 'jwk', 'x5u', 'x5c'])
    if (header[name] !== undefined) throw new errors.InvalidClientAuth(`the assertion must not carry ${name}`)
}
