// Whom PostgreSQL runs as when we are root, which it refuses to be.
import { stat } from 'node:fs/promises'
import { HealthChainError } from '../../kernel/errors.ts'
import { type Account, run } from './run.ts'

const OWN = 'healthchain'

/** The unprivileged account for a new cluster: healthchain, else postgres, else healthchain is made, else nobody. */
export async function serviceAccount(say: (line: string) => void): Promise<Account> {
  const known = (await lookUp(OWN)) ?? (await lookUp('postgres')) ?? (await create(say)) ?? (await lookUp('nobody'))
  if (known) return known
  throw new HealthChainError(
    'fault',
    'database-account',
    'PostgreSQL refuses to run as root, and there is no user healthchain, postgres or nobody to run it as. ' +
      'Start HealthChain as an ordinary user, make a user healthchain, or set DATABASE_URL.',
  )
}

async function lookUp(name: string): Promise<Account | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  if (uid.code !== 0 || gid.code !== 0 || Number(uid.output) === 0) return undefined
  return { uid: Number(uid.output), gid: Number(gid.output) }
}

async function create(say: (line: string) => void): Promise<Account | undefined> {
  const shape = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent']
  const { code } = await run('useradd', [...shape, '--shell', '/usr/sbin/nologin', OWN])
  if (code === 0) say(`Made the system user ${OWN}: PostgreSQL refuses to run as root.`)
  return lookUp(OWN)
}

/** An existing cluster runs as the user it belongs to, be it an ordinary user's. */
export async function ownerOf(cluster: string): Promise<Account> {
  const { uid, gid } = await stat(cluster)
  if (uid !== 0) return { uid, gid }
  throw new HealthChainError(
    'fault',
    'database-owner',
    `The cluster ${cluster} belongs to root, and PostgreSQL refuses to run as root. ` +
      `Give it to the user it belonged to before: chown -R USER ${cluster}`,
  )
}

/** Can this account enter the folder (all folders above it included)? Asked of the system: modes are not all it checks. */
export const canEnter = async (folder: string, account: Account): Promise<boolean> =>
  (await run('/bin/sh', ['-c', 'cd "$0"', folder], { account })).code === 0
