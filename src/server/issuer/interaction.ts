// The conversation between a person and the issuer, below /interaction: password, code, confirmation. What was proved
// rests in the database under the interaction, never in the page. Forms are taken from this origin only.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { InteractionResults } from 'oidc-provider'
import { now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Database } from '../../store/database.ts'
import { type Account, findAccount } from '../../store/issuer/accounts.ts'
import { destroyRecord, findRecord, putRecord } from '../../store/issuer/records.ts'
import type { IssuerClient } from './clients.ts'
import { confirm, type Offer, offerOf } from './confirm.ts'
import { field, isForm, readForm } from './form.ts'
import { confirmPage } from './pages/confirm.ts'
import { sendPage } from './pages/layout.ts'
import { messagePage } from './pages/messages.ts'
import { codePage, type DemoAccount, passwordPage } from './pages/sign-in.ts'
import type { SignIn } from './sign-in.ts'

export interface InteractionOptions {
  readonly provider: Provider
  readonly database: Database
  readonly issuer: string
  readonly audience: string
  readonly clients: ReadonlyMap<string, IssuerClient>
  readonly signIn: SignIn
  readonly addressOf: (req: IncomingMessage) => string
  readonly demo: () => Promise<readonly DemoAccount[]>
  /** Hears of every attempt before it is answered; the account where it was right. */
  readonly heard: (account: Account | undefined, address: string) => Promise<void>
}

type Details = Awaited<ReturnType<Provider['interactionDetails']>>
interface Turn extends InteractionOptions {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly details: Details
  /** For people: the application. */
  readonly client: string
  /** Where its answer may lead. */
  readonly target: string
}

/** The model of a password that was right while the code is still missing. */
const HALFWAY = 'HalfSignIn'
const HALFWAY_LIFE = 5 * 60_000

/** `path` is what follows the issuer's own, `/interaction/UID`. */
export async function interact(
  options: InteractionOptions,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<void> {
  const details = await options.provider.interactionDetails(req, res)
  if (path !== `/interaction/${details.uid}`) return gone(res)
  const { client_id, redirect_uri } = details.params as { client_id: string; redirect_uri: string }
  const client = options.clients.get(client_id)?.name ?? client_id
  const turn: Turn = { ...options, req, res, details, client, target: targetOf(redirect_uri) }
  if (req.method === 'GET' || req.method === 'HEAD') return show(turn)
  if (req.method !== 'POST' || !isForm(req) || !isOwn(req, options.issuer)) {
    const text = 'This form did not come from this page. Go back to the application and start again.'
    return sendPage(res, 403, messagePage('Not accepted', text))
  }
  const form = await readForm(req)
  if (form.has('cancel')) return finish(turn, { error: 'access_denied', error_description: 'the person declined' })
  const step = field(form, 'step')
  if (details.prompt.name === 'login' && step === 'password') return takePassword(turn, form)
  if (details.prompt.name === 'login' && step === 'code') return takeCode(turn, form)
  if (details.prompt.name === 'consent' && step === 'confirm') return takeConfirmation(turn)
  if (details.prompt.name === 'consent' && step === 'switch') return switchAccount(turn)
  return show(turn)
}

export const gone = (res: ServerResponse): void =>
  sendPage(
    res,
    400,
    messagePage(
      'This sign-in has ended',
      'It took too long, or was finished in another window. Go back to the application and start again.',
    ),
  )

/** The cookie is not sent along from other sites; where a browser says whence a form comes, that must fit as well. */
function isOwn({ headers }: IncomingMessage, issuer: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  return (origin === undefined || origin === new URL(issuer).origin) && (site === undefined || site === 'same-origin')
}

/** For the policy of the page: an origin, or the scheme of an application's own. */
function targetOf(uri: string): string {
  const url = new URL(uri)
  return url.origin === 'null' ? url.protocol : url.origin
}

const halfway = async ({ database, details }: Turn): Promise<Account | undefined> => {
  const username = (await findRecord(database, HALFWAY, 'id', details.uid))?.username
  return typeof username === 'string' ? findAccount(database, username) : undefined
}

async function show(turn: Turn): Promise<void> {
  if (turn.details.prompt.name === 'consent') return showConfirm(turn)
  if (await halfway(turn)) return showCode(turn, false)
  return showPassword(turn, false, String(turn.details.params.login_hint ?? '').slice(0, 64))
}

async function showPassword({ res, client, target, demo }: Turn, refused: boolean, username: string): Promise<void> {
  sendPage(res, refused ? 401 : 200, passwordPage({ client, refused, username, demo: await demo() }), [target])
}

const showCode = ({ res, client, target }: Turn, refused: boolean): void =>
  sendPage(res, refused ? 401 : 200, codePage({ client, refused }), [target])

async function showConfirm(turn: Turn): Promise<void> {
  const offer = await offered(turn)
  if (!offer) return finish(turn, NOTHING)
  const { client, target, res } = turn
  sendPage(res, 200, confirmPage({ client, target, ...offer }), [target])
}

/** Undefined: this person cannot give the application anything that it asks for. */
async function offered({ database, details }: Turn): Promise<Offer | undefined> {
  const account = details.session && (await findAccount(database, details.session.accountId))
  return account && offerOf(account, details)
}

const NOTHING = { error: 'access_denied', error_description: 'this account can give nothing of what was asked for' }

async function takePassword(turn: Turn, form: URLSearchParams): Promise<void> {
  const { signIn, database, details, req } = turn
  const username = field(form, 'username') ?? ''
  const account = await signIn.password(username, field(form, 'password') ?? '', turn.addressOf(req))
  if (!account) {
    await turn.heard(undefined, turn.addressOf(req))
    return showPassword(turn, true, username.slice(0, 64))
  }
  if (account.totp === undefined) return signedIn(turn, account, 'pwd')
  const payload = { username: account.username }
  await putRecord(database, { model: HALFWAY, id: details.uid, payload, expires: now() + HALFWAY_LIFE })
  return redirect(turn.res, req.url!)
}

async function takeCode(turn: Turn, form: URLSearchParams): Promise<void> {
  const { signIn, database, details, req } = turn
  const account = await halfway(turn)
  if (!account) return showPassword(turn, true, '')
  if (!(await signIn.code(account, field(form, 'code') ?? '', turn.addressOf(req)))) {
    await turn.heard(undefined, turn.addressOf(req))
    return showCode(turn, true)
  }
  await destroyRecord(database, HALFWAY, details.uid)
  return signedIn(turn, account, 'mfa')
}

async function signedIn(turn: Turn, account: Account, acr: 'pwd' | 'mfa'): Promise<void> {
  await turn.heard(account, turn.addressOf(turn.req))
  const amr = acr === 'mfa' ? ['pwd', 'otp'] : ['pwd']
  return finish(turn, { login: { accountId: account.username, acr, amr, remember: false } })
}

async function takeConfirmation(turn: Turn): Promise<void> {
  const offer = await offered(turn)
  if (!offer) return finish(turn, NOTHING)
  const grantId = await confirm(turn, offer)
  return finish(turn, { consent: { grantId } }, true)
}

/** The same request once more, with another account. */
async function switchAccount({ details, issuer, res }: Turn): Promise<void> {
  const again = new URLSearchParams()
  for (const [name, value] of Object.entries(details.params)) if (typeof value === 'string') again.set(name, value)
  again.set('prompt', 'login consent')
  redirect(res, `${issuer}/auth?${again}`)
}

export function redirect(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, 'cache-control': 'no-store', 'content-length': 0 }).end()
}

async function finish({ provider, req, res }: Turn, result: InteractionResults, merge = false): Promise<void> {
  redirect(res, await provider.interactionResult(req, res, result, { mergeWithLastSubmission: merge }))
}

export const isBusy = (error: unknown): error is HealthChainError =>
  error instanceof HealthChainError && error.category === 'busy'
