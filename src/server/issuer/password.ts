// Passwords: argon2id with 64 MiB, 3 passes, 1 lane, as a PHC string (RFC 9106). Two are hashed at a time, so that
// sign-ins cannot take the memory of the machine; the rest wait, and when too many wait they are told to come back.
import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { HealthChainError } from '../../kernel/errors.ts'
import { newSecret } from '../../kernel/random.ts'
import { toBase32 } from './totp.ts'

const derive = promisify(argon2)
const COST = { memory: 65_536, passes: 3, parallelism: 1 }
const TAG = 32
const SALT = 16
const AT_ONCE = 2
const WAITING_MAX = 50
/** Characters; what is longer is no password of ours. */
const LENGTH_MAX = 256

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX)
      throw new HealthChainError('busy', 'sign-in-busy', 'Too many people sign in at once. Try again in a minute.')
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running++
  try {
    return await work()
  } finally {
    // A turn is handed on, never given back, while somebody waits.
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

export async function hashPassword(password: string): Promise<string> {
  if (password === '' || password.length > LENGTH_MAX)
    throw new HealthChainError('incorrect', 'bad-password', `A password has 1 to ${LENGTH_MAX} characters.`)
  const nonce = newSecret(SALT)
  const tag = await inTurn(() => derive('argon2id', { ...COST, message: password, nonce, tagLength: TAG }))
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(nonce)}$${base64(tag)}`
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** 80 bits as `abcd-efgh-…`, easy to type. */
export const newPassword = (): string =>
  toBase32(newSecret(10))
    .toLowerCase()
    .match(/.{1,4}/g)!
    .join('-')

/** False for a wrong password and for a hash that cannot be read. */
export async function verifyPassword(hashed: string, password: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(hashed) ?? []
  if (salt === undefined || tag === undefined) return false
  const known = Buffer.from(tag, 'base64')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  // One that is too long costs the same and is never right.
  const message = password.slice(0, LENGTH_MAX)
  const made = await inTurn(() =>
    derive('argon2id', { ...cost, message, nonce: Buffer.from(salt, 'base64'), tagLength: known.length }),
  )
  return timingSafeEqual(made, known) && password.length <= LENGTH_MAX
}

let nobodys: Promise<string> | undefined
/** What the password of an unknown user name is compared with: the same work as for a known one. */
export const nobodysPassword = (): Promise<string> => {
  nobodys ??= hashPassword(newSecret(32).toString('base64'))
  return nobodys
}
