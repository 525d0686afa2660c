// A world as the store holds it: written round by round, then read back row by row.
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { commit } from '../../src/interactions/pipeline.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { type Cluster, copyDatabase, opened, owner } from './databases.ts'
import type { Node } from './grow.ts'
import type { Rounds } from './world.ts'

/** A version of a resource, or the resource as it stands: then with the content it had last, if it was deleted. */
export interface StoredRow {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly deleted: boolean
  readonly custodian: string | undefined
  readonly content: Node
}

export interface LaidDown {
  /** Nobody uses it: it is there to be copied. */
  readonly database: string
  readonly patients: readonly string[]
  readonly current: readonly StoredRow[]
  readonly versions: readonly StoredRow[]
}

/** One event in ten, under names that do not hang on chance, so that a seed finds them again. */
const FEW_EVENTS = `create temp table few as select *, 'event-' || row_number() over (order by date_low, replace(content, id, '')) as name from audit_event;
truncate audit_entry;
delete from few where name !~ '0$';
update few set id = name, content = replace(content, id, name);
alter table few drop column name;`
/** Those that stay lie where whole events lie, so that they can be taken away and cut like everything else. */
const LAID =
  'insert into audit_event_foreign select (json_populate_record(null::audit_event_foreign, to_json(few))).* from few;'

/** What the runs themselves would write names time and chance, so it is kept out: both databases must stay as they are. */
const NO_MORE_EVENTS = `create function no_more_events() returns trigger language plpgsql as 'begin return null; end';
create trigger no_more_events before insert on audit_entry for each row execute function no_more_events();`

export async function layDown(cluster: Cluster, patients: readonly string[], rounds: Rounds): Promise<LaidDown> {
  const name = await copyDatabase(cluster)
  const database = await opened(cluster, name)
  try {
    for (const round of rounds) {
      const operator = await operatorInteraction(database, 'test')
      const calls = round.map(({ type, id, resource }) =>
        resource ? { kind: 'update' as const, type, id, resource } : { kind: 'delete' as const, type, id },
      )
      await commit(calls, operator)
    }
  } finally {
    await database.close()
  }
  return owner(cluster, name, async (client) => {
    await client.query(
      `alter table audit_entry disable trigger user; ${FEW_EVENTS} ${LAID} alter table audit_entry enable trigger user; ${NO_MORE_EVENTS}`,
    )
    const versions = await readVersions(client)
    const last = new Map(versions.map((row) => [`${row.type}/${row.id}`, row.content]))
    const current: StoredRow[] = []
    for (const [type, { table }] of Object.entries(SEARCH)) {
      const { rows } = await client.query(`select id, version, deleted, custodian, content from "${table}"`)
      for (const row of rows)
        current.push({
          ...{ type, id: row.id, version: row.version, deleted: row.deleted, custodian: row.custodian ?? undefined },
          content: row.content === null ? last.get(`${type}/${row.id}`)! : JSON.parse(row.content),
        })
    }
    return { database: name, patients, current, versions }
  })
}

/** In order; a delete has the content of the version before it. */
async function readVersions(client: { query(sql: string): Promise<{ rows: Node[] }> }): Promise<StoredRow[]> {
  const { rows } = await client.query(
    'select type, id, version, operation, custodian, content from resource_version order by type, id, version',
  )
  let before: Node = {}
  return rows.map(({ type, id, version, operation, custodian, content }) => {
    if (content !== null) before = JSON.parse(String(content))
    return {
      ...{ type: String(type), id: String(id), version: Number(version), deleted: operation === 'delete' },
      custodian: custodian === null ? undefined : String(custodian),
      content: before,
    }
  })
}
