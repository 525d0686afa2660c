// A database as the previous release left it: its migrations only, rows without labels, no policies.
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { ormOptions } from '../../src/store/database.ts'
import { emptyDatabase } from '../support/database.ts'

type Node = Record<string, unknown>

/** One resource, version by version; null: deleted. */
export type Life = readonly [type: string, id: string, ...versions: (Node | null)[]]

export interface Previous {
  readonly url: string
  readonly client: pg.Client
  drop(): Promise<void>
}

const LAST = 'Migration20261121000002_append_only'

export async function previousRelease(lives: readonly Life[]): Promise<Previous> {
  const { url, drop } = await emptyDatabase()
  const orm = await MikroORM.init(ormOptions(url))
  await orm.migrator.up({ to: LAST })
  await orm.close(true)
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

/** As the previous writer did: no labels, and of the search columns only what matters here. */
async function live(client: pg.Client, [type, id, ...versions]: Life): Promise<void> {
  const { table } = SEARCH[type]!
  for (const [i, body] of versions.entries()) {
    const version = i + 1
    const at = `2026-01-0${version}T00:00:00.000Z`
    const meta = { ...(body?.meta as Node | undefined), versionId: String(version), lastUpdated: at }
    const content = body && JSON.stringify({ ...body, resourceType: type, id, meta })
    const operation = body === null ? 'delete' : version === 1 ? 'create' : 'update'
    const patient = type === 'Patient' ? id : patientIn(body ?? {})
    await client.query(
      `insert into "${table}" (id, version, last_updated, deleted, patient, lossless, content) values ($1, $2, $3, $4, $5, false, $6)
       on conflict (id) do update set version = $2, last_updated = $3, deleted = $4, content = $6`,
      [id, version, at, body === null, patient, content],
    )
    await client.query(
      'insert into resource_version (type, id, version, last_updated, operation, lossless, content) values ($1, $2, $3, $4, $5, false, $6)',
      [type, id, version, at, operation, content],
    )
  }
}

function patientIn({ subject, patient }: Node): string | null {
  const { reference } = (subject ?? patient ?? {}) as { reference?: string }
  return reference?.replace('Patient/', '') ?? null
}
