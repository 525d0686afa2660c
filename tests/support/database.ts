// A database of its own for one test file.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { ISSUER, type Role, SERVING } from '../../src/store/roles.ts'
import { at, COPY, TEMPLATE } from './cluster.ts'

export interface TestDatabase {
  /** As the owner of the tables. */
  readonly url: string
  /** As the role that serves: every test proves that it can. */
  readonly database: Database
  /** As the role of the issuer. */
  readonly accounts: Database
  /** As the owner, for what a test does to the tables behind the server's back. Connects when first used. */
  readonly owner: Database
  /** Statements since `statements.length = 0`. */
  readonly statements: string[]
  drop(): Promise<void>
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Somebody may be at it for a moment: copying the template, or PostgreSQL itself, vacuuming. */
async function insist(sql: string, attempts = 50): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await administer(sql)
    } catch (error) {
      if (attempt >= attempts) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Without tables, for tests of migrations; or a copy of another that nobody is connected to. */
export async function emptyDatabase(like?: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `t_${randomBytes(6).toString('hex')}`
  const template = like === undefined ? '' : `template ${new URL(like).pathname.slice(1)}`
  await insist(`create database ${name} ${template} ${COPY}`)
  return { url: at(inject('databaseUrl'), name), drop: () => insist(`drop database ${name} with (force)`) }
}

export async function testDatabase(poolSize = 10): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`
  await insist(`create database ${name} template ${TEMPLATE} ${COPY}`)
  const url = at(inject('databaseUrl'), name)
  const statements: string[] = []
  const onStatement = (sql: string) => statements.push(sql)
  const open = (role: Role) => openDatabase({ url, poolSize, role, migrate: false, onStatement })
  const [database, accounts] = await Promise.all([open(SERVING), open(ISSUER)])
  const owner = lazily(() => openDatabase({ url, poolSize: 2, migrate: false }))
  const drop = async () => {
    await Promise.all([database.close(), accounts.close(), owner.close()])
    await insist(`drop database ${name} with (force)`)
  }
  return { url, database, accounts, owner, statements, drop }
}

function lazily(open: () => Promise<Database>): Database {
  let opened: Promise<Database> | undefined
  const get = () => {
    opened ??= open()
    return opened
  }
  return {
    query: async (statement) => (await get()).query(statement),
    transaction: async (work) => (await get()).transaction(work),
    close: async () => (await opened)?.close(),
  }
}
