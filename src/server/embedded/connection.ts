// How to reach the cluster, and whether it answers. Trusts the password file only.
import { join } from 'node:path'
import pg from 'pg'
import { failure } from './run.ts'

/** A Unix socket's path ends here, sockaddr_un(7); the shorter limit of macOS. */
const SOCKET_PATH_LIMIT = 103

/** The cluster's own folder, which no other user may enter; undefined when its name is too long for a socket. */
export const socketFolder = (data: string): string | undefined =>
  Buffer.byteLength(join(data, '.s.PGSQL.65535')) <= SOCKET_PATH_LIMIT ? data : undefined

/** The socket where there is one (a fifth less time for a small query), else the loopback address. */
export const urlOf = (data: string, port: number, password: string): string =>
  `postgres://healthchain:${password}@${encodeURIComponent(socketFolder(data) ?? '127.0.0.1')}:${port}/healthchain`

// https://www.postgresql.org/docs/18/errcodes-appendix.html
const NOT_NOW = new Set(['57P01', '57P02', '57P03'])
const TOO_MANY_CONNECTIONS = '53300'

/** Does it let us in? Both sides prove that they know the password (SCRAM, RFC 5802), so this is our cluster. */
export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (code === TOO_MANY_CONNECTIONS) return true
    // These will not change by waiting; "not now" and a line that is not up will.
    if (error instanceof pg.DatabaseError ? !NOT_NOW.has(code) : /^(EACCES|EPERM)$/.test(code)) {
      throw failure('Connecting to PostgreSQL', error)
    }
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
