// Keys that all processes on one database share. The first to ask makes one.
import { newSecret } from '../kernel/random.ts'
import type { Session } from './database.ts'

/** 32 bytes under a name. */
export async function sharedSecret(session: Session, name: string): Promise<Buffer> {
  const made = newSecret(32).toString('base64')
  await session.query({
    sql: 'insert into server_secret (name, value) values ($1, $2) on conflict (name) do nothing',
    parameters: [name, made],
  })
  const [row] = await session.query<{ value: string }>({
    sql: 'select value from server_secret where name = $1',
    parameters: [name],
  })
  return Buffer.from(row!.value, 'base64')
}
