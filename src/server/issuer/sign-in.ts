// Who is this? Password, then a code where the account has a second factor. Every refusal looks, reads and lasts the
// same, whether the name is unknown, the password wrong or the account locked: nobody learns who has an account here.
import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Database } from '../../store/database.ts'
import { type Account, findAccount, takeTotpStep } from '../../store/issuer/accounts.ts'
import { beginAttempt, countAddress, forgive, uncountAddress } from '../../store/issuer/failures.ts'
import { networkOf } from '../client-address.ts'
import { nobodysPassword, verifyPassword } from './password.ts'
import { fromBase32, matchingStep } from './totp.ts'

/** An address may fail so often before it waits; each further failure doubles the wait. */
const FREE_FAILURES = 10
const DELAY_FIRST = 250
const DELAY_MAX = 8000
/** Requests that wait at the same time. */
const DELAYED_MAX = 100

const normal = (username: string) => username.replaceAll(/\p{C}/gu, '').trim().toLowerCase().slice(0, 64)

export class SignIn {
  readonly #database: Database
  readonly #secret: string
  #delayed = 0
  constructor(database: Database, secret: string) {
    this.#database = database
    this.#secret = secret
  }

  /** Under what failures with the password of this user name are counted. */
  subjectOf(username: string): string {
    return this.#hashed(`password:${normal(username)}`)
  }

  /** The account whose password this is. Undefined: refused, for whatever reason. */
  password(username: string, password: string, address: string): Promise<Account | undefined> {
    const name = normal(username)
    return this.#attempt(this.subjectOf(name), address, async () => {
      const account = await findAccount(this.#database, name)
      const right = await verifyPassword(account?.password ?? (await nobodysPassword()), password)
      return right ? account : undefined
    })
  }

  /** Whether this is the account's code of now, taken for the first time. */
  async code({ username, totp }: Account, code: string, address: string): Promise<boolean> {
    const taken = await this.#attempt(this.#hashed(`code:${username}`), address, async () => {
      const secret = fromBase32(totp ?? '')
      const step = secret.length > 0 ? matchingStep(secret, code.replace(/\s/g, ''), now()) : undefined
      return step !== undefined && (await takeTotpStep(this.#database, username, step)) ? true : undefined
    })
    return taken === true
  }

  /** Counts first and looks after: what is locked is looked at all the same, so that it takes as long. */
  async #attempt<T>(subject: string, address: string, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const place = this.#hashed(`address:${networkOf(address)}`)
    await this.#slow(await countAddress(this.#database, place))
    const open = await beginAttempt(this.#database, subject)
    const found = await look()
    if (!open || found === undefined) return undefined
    await forgive(this.#database, subject)
    await uncountAddress(this.#database, place)
    return found
  }

  async #slow(failures: number): Promise<void> {
    if (failures <= FREE_FAILURES) return
    if (this.#delayed >= DELAYED_MAX)
      throw new HealthChainError('busy', 'sign-in-busy', 'Too many people sign in at once. Try again in a minute.')
    this.#delayed++
    try {
      await pause(Math.min(DELAY_MAX, DELAY_FIRST * 2 ** (failures - FREE_FAILURES - 1)))
    } finally {
      this.#delayed--
    }
  }

  /** Names and addresses of people stay out of the table of failures. */
  readonly #hashed = (text: string) => createHmac('sha256', this.#secret).update(text).digest('base64url')
}
