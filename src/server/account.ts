// `npm run -s account -- add|list|password|totp|lock|rotate-keys …`: the people of the embedded issuer and its keys, for
// whoever has the data folder or the owner's database login. Works beside a running server.
import { HealthChainError } from '../kernel/errors.ts'
import { newSecret } from '../kernel/random.ts'
import type { Database } from '../store/database.ts'
import { addAccount, listAccounts, setPassword, setTotp } from '../store/issuer/accounts.ts'
import { endAccess } from '../store/issuer/records.ts'
import { readConfig } from './config.ts'
import { explained, IDENTITY_OPTIONS, IDENTITY_USAGE, readFlags, readIdentity, refuse } from './identity-flags.ts'
import { rotateKeys, withdrawKeys } from './issuer/keys.ts'
import { hashPassword, newPassword } from './issuer/password.ts'
import { newTotp, totpUri } from './issuer/totp.ts'
import { open } from './open.ts'

const USAGE = `npm run -s account -- COMMAND
  add --username U --role R --user Type/id --organization ID --purpose CODES [--patient ID] [--totp]
                  prints a password, and with --totp the secret of a second factor; BTG needs one
  list            who may sign in
  password --username U   another password; ends what the account has open
  totp --username U       another second factor; ends what the account has open
  lock --username U       nobody knows the password any more; ends what the account has open
  rotate-keys [--withdraw]
                  a new key signs tokens; old ones verify until their tokens are over, or with --withdraw no more

${IDENTITY_USAGE}`

const OPTIONS = {
  ...IDENTITY_OPTIONS,
  username: { type: 'string' },
  totp: { type: 'boolean' },
  withdraw: { type: 'boolean' },
} as const
type Flags = ReturnType<typeof readFlags<typeof OPTIONS>>

/** Lines to print. `owner`: as the owner of the tables, for the issuer's role may not change accounts. */
type Act = (owner: Database) => Promise<string[]>
/** Reads all that it was given before any database is opened. @throws HealthChainError incorrect (bad-arguments) */
type Command = (flags: Flags) => Act

const COMMANDS: Readonly<Record<string, Command>> = {
  add,
  list: () => list,
  'rotate-keys': rotate,
  password(flags) {
    const username = usernameIn(flags)
    return async (owner) => {
      const password = newPassword()
      if (!(await setPassword(owner, username, await hashPassword(password)))) throw noAccount()
      await endAccess(owner, username)
      return [`password ${password}`]
    }
  },
  totp(flags) {
    const username = usernameIn(flags)
    return async (owner) => {
      const secret = newTotp()
      if (!(await setTotp(owner, username, secret))) throw noAccount()
      await endAccess(owner, username)
      return [`totp     ${secret}`, totpUri(username, secret)]
    }
  },
  lock(flags) {
    const username = usernameIn(flags)
    return async (owner) => {
      const nobodys = newSecret(32).toString('base64')
      if (!(await setPassword(owner, username, await hashPassword(nobodys)))) throw noAccount()
      await endAccess(owner, username)
      return ['locked: `password` opens it again']
    }
  },
}

const noAccount = () => new HealthChainError('not-found', 'no-account', 'There is no account of that name: see `list`.')

/** As sign-in compares names. */
const USERNAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/

function usernameIn({ username }: Flags): string {
  if (username === undefined || !USERNAME.test(username))
    throw refuse('--username must be up to 64 small letters, digits and . _ @ -')
  return username
}

function add(flags: Flags): Act {
  const username = usernameIn(flags)
  const identity = readIdentity(flags)
  if (identity.purposes.includes('BTG') && !flags.totp) throw refuse('The purpose BTG needs a second factor: --totp.')
  return async (owner) => {
    const [password, totp] = [newPassword(), flags.totp ? newTotp() : undefined]
    const account = { ...identity, username, password: await hashPassword(password), ...(totp && { totp }) }
    if (!(await addAccount(owner, account)))
      throw new HealthChainError('conflict', 'account-exists', 'There is an account of that name already.')
    return [`password ${password}`, ...(totp ? [`totp     ${totp}`, totpUri(username, totp)] : [])]
  }
}

async function list(owner: Database): Promise<string[]> {
  const accounts = await listAccounts(owner)
  return accounts.map(({ username, role, user, organisation = '-', purposes, totp }) =>
    [username, role, user, organisation, purposes.join(','), totp === undefined ? 'password' : 'password+totp'].join(
      '\t',
    ),
  )
}

function rotate({ withdraw }: Flags): Act {
  return async (owner) => {
    await rotateKeys(owner)
    if (!withdraw) return ['a new key signs within a minute; the old one verifies until its tokens are over']
    await withdrawKeys(owner)
    return ['a new key signs within a minute; tokens of the old ones are refused within fifteen minutes']
  }
}

/** What the arguments ask for; it throws as the commands do. @throws HealthChainError incorrect (bad-arguments) */
export function readCommand(args: readonly string[]): Act {
  const [name = '', ...rest] = args
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw refuse('Name one of the commands below.')
  return command(readFlags(rest, OPTIONS))
}

async function run(): Promise<string[]> {
  const command = readCommand(process.argv.slice(2))
  const config = readConfig()
  if (config.trustedIssuers.length > 0)
    throw new HealthChainError(
      'incorrect',
      'not-embedded',
      'TRUSTED_ISSUERS is set: people and keys are those of that issuer, so manage them there.',
    )
  const { asOwner, close } = await open(config, (line) => console.error(line))
  return asOwner(command).finally(close)
}

if (import.meta.main)
  run().then(
    (lines) => console.log(lines.join('\n')),
    (error) => {
      console.error(explained(error, 'Nothing was done', USAGE))
      process.exitCode = 1
    },
  )
