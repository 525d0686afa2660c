// The embedded OpenID issuer: its address, its keys, and what it takes back. For the default start, where there is no
// other; several processes on one database are one issuer.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JSONWebKeySet } from 'jose'
import { errors, type Provider } from 'oidc-provider'
import type { Issuing } from '../../auth/smart-configuration.ts'
import { elapsed } from '../../kernel/clock.ts'
import { newSecret } from '../../kernel/random.ts'
import type { Database } from '../../store/database.ts'
import type { Account } from '../../store/issuer/accounts.ts'
import { sweepFailures } from '../../store/issuer/failures.ts'
import { sweepRecords } from '../../store/issuer/records.ts'
import { sharedText } from '../../store/issuer/shared-text.ts'
import type { Logger } from '../logger.ts'
import { askConsent } from './ask-consent.ts'
import { nameChecked, takesTokens } from './checked-tokens.ts'
import { type IssuerClient, ownClients } from './clients.ts'
import { demoAccess } from './demo-accounts.ts'
import { gone, type InteractionOptions, interact, isBusy, redirect } from './interaction.ts'
import { demoBackendKey, signingKeys } from './keys.ts'
import { sendPage } from './pages/layout.ts'
import { messagePage } from './pages/messages.ts'
import { nobodysPassword } from './password.ts'
import { ASSERTION_ALGORITHMS, makeProvider } from './provider.ts'
import { RevokedTokens } from './revoked.ts'
import { STATIC_SCOPES } from './scopes.ts'
import { SignIn } from './sign-in.ts'

export interface IssuerOptions {
  /** Acting as the issuer's role. */
  readonly database: Database
  /** `${publicUrl}/oidc`. */
  readonly issuer: string
  /** The server that tokens are meant for. */
  readonly audience: string
  readonly log: Logger
  /** Beside the console and the demo clients. */
  readonly clients?: readonly IssuerClient[]
  /** Whom to slow down; default: the other end of the connection. */
  readonly addressOf?: (req: IncomingMessage) => string
  /** Hears of every attempt to sign in, before it is answered. */
  readonly heard?: (account: Account | undefined, address: string) => Promise<void>
}

export interface Issuer {
  /** For every path below `/oidc`. */
  handle(req: IncomingMessage, res: ServerResponse): void
  /** Public keys. */
  jwks(): Promise<JSONWebKeySet>
  isRevoked(issuer: string, jti: string): boolean | Promise<boolean>
  readonly issuing: Issuing
}

const SWEEP = 10 * 60_000
/** Milliseconds after which new keys are looked for. */
const KEYS_FRESH = 60_000

export async function makeIssuer(options: IssuerOptions): Promise<Issuer> {
  const { database, issuer, log } = options
  const revoked = new RevokedTokens(database)
  const serving = await served(options, revoked)
  await nobodysPassword()
  return {
    handle: (req, res) => void serving(req, res).catch((error) => refuse(error, res, log)),
    jwks: async () => ({ keys: (await signingKeys(database)).map(({ publicJwk }) => publicJwk) }) as JSONWebKeySet,
    isRevoked: (by, jti) => by === issuer && revoked.has(jti),
    issuing: issuingOf(issuer),
  }
}

type Answer = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/** Answers with the keys of today: oidc-provider takes its keys when it is made, so new keys make a new one. */
async function served(options: IssuerOptions, revoked: RevokedTokens): Promise<Answer> {
  const { database, issuer, audience, log } = options
  const secret = await sharedText(database, 'issuer-secret', () => newSecret(32).toString('base64url'))
  const publicUrl = issuer.replace(/\/oidc$/, '')
  const all = [...ownClients(publicUrl, await demoBackendKey(database)), ...(options.clients ?? [])]
  const clients = new Map(all.map((client) => [client.metadata.client_id, client]))
  const checked = `${newSecret(32).toString('base64url')}.`
  const onRevoked = () => revoked.forget()
  const shared = { database, issuer, audience, clients }
  const demo = async () => (await demoAccess(database))?.accounts ?? []
  const addressOf = options.addressOf ?? ((req: IncomingMessage) => req.socket.remoteAddress ?? '')
  const heard = options.heard ?? (async () => {})
  const people = { ...shared, signIn: new SignIn(database, secret), addressOf, demo, heard }
  const made = (keys: Keys): Answer => {
    const provider = makeProvider({ ...shared, log, keys, cookieKey: secret, checked, onRevoked })
    return router(options, provider, { ...people, provider }, { issuer, keys, checked })
  }
  return renewed(() => signingKeys(database), made)
}

type Keys = Awaited<ReturnType<typeof signingKeys>>

async function renewed(read: () => Promise<Keys>, make: (keys: Keys) => Answer): Promise<Answer> {
  const kidsOf = (keys: Keys) => keys.map(({ kid }) => kid).join(' ')
  let keys = await read()
  let answer = make(keys)
  let at = elapsed()
  return async (req, res) => {
    if (elapsed() - at >= KEYS_FRESH) {
      at = elapsed()
      const found = await read()
      if (kidsOf(found) !== kidsOf(keys)) answer = make(found)
      keys = found
    }
    return answer(req, res)
  }
}

function router(
  { database, issuer, log }: IssuerOptions,
  provider: Provider,
  pages: InteractionOptions,
  ours: Parameters<typeof nameChecked>[1],
): Answer {
  const answer = provider.callback()
  const sweep = sweeper(database, log)
  const { pathname: base } = new URL(issuer)
  return async (req, res) => {
    sweep()
    // A proxy may have taken the path of the public URL away.
    const full = req.url ?? ''
    const url = full.slice(full.startsWith(base) ? base.length : '/oidc'.length) || '/'
    const [path = '/'] = url.split('?')
    if (path === '/auth' && isOtherName(req, issuer)) return redirect(res, issuer + url)
    nameOurselves(req, issuer)
    if (path.startsWith('/interaction/')) return interact(pages, req, res, path)
    const asked = askConsent(url, path)
    const request = takesTokens(path) ? await nameChecked(req, ours) : req
    Object.assign(request, { originalUrl: base + asked, url: asked })
    await answer(request, res)
  }
}

/** On one machine `localhost` and `127.0.0.1` are two sites: a sign-in that begins at one cannot end at the other. */
function isOtherName({ method, headers }: IncomingMessage, issuer: string): boolean {
  const { host, hostname } = new URL(issuer)
  return method === 'GET' && hostname === '127.0.0.1' && headers.host !== host
}

/** Addresses are made of the issuer's name, whatever the caller or a proxy calls it; cookies of https stay there. */
function nameOurselves({ headers }: IncomingMessage, issuer: string): void {
  const { host, protocol } = new URL(issuer)
  headers.host = host
  delete headers['x-forwarded-host']
  headers['x-forwarded-proto'] = protocol.slice(0, -1)
}

const issuingOf = (issuer: string): Issuing => ({
  issuer,
  authorizationEndpoint: `${issuer}/auth`,
  tokenEndpoint: `${issuer}/token`,
  introspectionEndpoint: `${issuer}/token/introspection`,
  revocationEndpoint: `${issuer}/token/revocation`,
  jwksUri: `${issuer}/jwks`,
  grants: ['authorization_code', 'refresh_token', 'client_credentials'],
  clientAuthentication: ['private_key_jwt', 'none'],
  algorithms: ASSERTION_ALGORITHMS,
  scopes: STATIC_SCOPES,
})

function refuse(error: unknown, res: ServerResponse, log: Logger): void {
  if (res.headersSent) return void res.destroy()
  if (error instanceof errors.SessionNotFound) return gone(res)
  if (isBusy(error)) return sendPage(res, 503, messagePage('Please wait a moment', error.message))
  log.fault(error)
  sendPage(res, 500, messagePage('Something went wrong', 'The fault is on the server. Try again in a minute.'))
}

/** Removes what has expired, now and then, beside the requests. */
function sweeper(database: Database, log: Logger): () => void {
  let at = elapsed()
  return () => {
    if (elapsed() - at < SWEEP) return
    at = elapsed()
    Promise.all([sweepRecords(database), sweepFailures(database)]).catch((error) => log.fault(error))
  }
}
