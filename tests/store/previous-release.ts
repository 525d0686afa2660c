// A database as a previous release left it: its migrations only. Of the first release rows without labels, and no policies;
// of the release just before the newest migrations also versions with leaves, which bore labels.
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { afterAll } from 'vitest'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { indexRow } from '../../src/search/index-row.ts'
import { ormOptions } from '../../src/store/database.ts'
import { RESOURCE_TABLES } from '../../src/store/generated/entities.ts'
import { operationOf, versionLine } from '../../src/store/log/version-line.ts'
import { emptyDatabase } from '../support/database.ts'

type Node = Record<string, unknown>

/** One resource, version by version; null: deleted. */
export type Life = readonly [type: string, id: string, ...versions: (Node | null)[]]

export interface Previous {
  readonly url: string
  readonly client: pg.Client
  drop(): Promise<void>
}

const FIRST = 'Migration20261121000002_append_only'
const LOGGED = 'Migration20261121200000_log'

async function migrated(url: string, to: string): Promise<void> {
  const orm = await MikroORM.init(ormOptions(url))
  await orm.migrator.up({ to })
  await orm.close(true)
}

/** The release that brought the log, on a database of the first: `logged` is what it wrote itself. */
export async function loggingRelease(lives: readonly Life[], logged: readonly Life[]): Promise<Previous> {
  const previous = await previousRelease(lives)
  await migrated(previous.url, LOGGED)
  for (const life of logged) await live(previous.client, life, writeLogged)
  return previous
}

let first: Promise<{ url: string; drop(): Promise<void> }> | undefined
afterAll(async () => (await first)?.drop())

/** Its tables, made once for a file and copied. */
async function firstRelease() {
  const made = await emptyDatabase()
  await migrated(made.url, FIRST)
  return made
}

export async function previousRelease(lives: readonly Life[]): Promise<Previous> {
  first ??= firstRelease()
  const { url, drop } = await emptyDatabase((await first).url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const life of lives) await live(client, life)
  return {
    url,
    client,
    async drop() {
      await client.end()
      await drop()
    },
  }
}

interface Version {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly at: string
  readonly operation: 'create' | 'update' | 'delete'
  readonly content: string | null
  /** Of a delete: what stood before it. */
  readonly body: Node
}

async function live(client: pg.Client, [type, id, ...versions]: Life, write = writeFirst): Promise<void> {
  let body: Node = {}
  for (const [i, given] of versions.entries()) {
    const version = i + 1
    const at = write === writeFirst ? `2026-01-0${version}T00:00:00.000Z` : new Date(Date.now() + i).toJSON()
    const meta = { ...(given?.meta as Node | undefined), versionId: String(version), lastUpdated: at }
    body = given ? { ...given, resourceType: type, id, meta } : body
    const content = given && JSON.stringify(body)
    await write(client, { type, id, version, at, operation: operationOf(given === null, version), content, body })
  }
}

/** No labels, and of the search columns only what matters here. */
async function writeFirst(client: pg.Client, { type, id, version, at, operation, content, body }: Version) {
  await client.query(
    `insert into "${SEARCH[type]!.table}" (id, version, last_updated, deleted, patient, lossless, content) values ($1, $2, $3, $4, $5, false, $6)
     on conflict (id) do update set version = $2, last_updated = $3, deleted = $4, content = $6, patient = $5`,
    [id, version, at, content === null, type === 'Patient' ? id : patientIn(body), content],
  )
  await client.query(
    'insert into resource_version (type, id, version, last_updated, operation, lossless, content) values ($1, $2, $3, $4, $5, false, $6)',
    [type, id, version, at, operation, content],
  )
}

/** Labels, search columns and a leaf. */
async function writeLogged(client: pg.Client, { type, id, version, at, operation, content, body }: Version) {
  const { table: name, columns } = RESOURCE_TABLES.find((one) => one.type === type)!
  const [table, list] = [`"${name}"`, columns.map((column) => `"${column}"`).join(', ')]
  const row = { ...indexRow(body), id, version, last_updated: at, deleted: content === null, lossless: false, content }
  await client.query('begin')
  await client.query(`delete from ${table} where id = $1`, [id])
  await client.query(`insert into ${table} (${list}) select ${list} from json_populate_record(null::${table}, $1)`, [
    JSON.stringify(row),
  ])
  await client.query('insert into resource_version select * from json_populate_record(null::resource_version, $1)', [
    JSON.stringify({ ...row, type, operation }),
  ])
  await leaf(client, { type, id, version, op: operation }, content ?? '', at)
  await client.query('commit')
}

/** Without agent: nobody knew of Provenance. */
async function leaf(client: pg.Client, about: Parameters<typeof versionLine>[0], content: string, at: string) {
  const { entry, leaf, salt, secret, type, id, version } = { ...versionLine(about, content, Date.parse(at)), ...about }
  await client.query(
    'insert into log_leaf (entry, leaf, salt, type, id, version, recorded) values ($1, $2, $3, $4, $5, $6, $7)',
    [entry, Buffer.from(leaf), salt, type, id, version, at],
  )
  await client.query('insert into log_salt (id, salt) values ($1, $2)', [salt, secret])
}

function patientIn({ subject, patient }: Node): string | null {
  const { reference } = (subject ?? patient ?? {}) as { reference?: string }
  return reference?.replace('Patient/', '') ?? null
}
