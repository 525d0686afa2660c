// The rows that name a Medication, for labelling them anew when it comes to say more. They are found by the words of their
// versions (consent/labelling/named.ts): one index over all types, and what a version was made of counts as well.
import { medicationWord, NAMES_MEDICATION } from '../consent/labelling/named.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { hash64 } from '../kernel/hash.ts'
import type { Session } from './database.ts'
import { RESOURCE_TABLES } from './generated/entities.ts'
import type { Standing } from './writer.ts'

const CHUNK = 500
/** Who named it before counts too. A transaction writes a thousand or two in a second, and others wait for it. */
export const REFERRERS_MAX = 100_000

/** As the index of migration 191000 has it: a constant, so that the planner sees that the index serves. */
export const MARKED = `facts @> '{${hash64(NAMES_MEDICATION)}}'::bigint[]`

const tables = new Map(RESOURCE_TABLES.map(({ type, table }) => [type, table]))

/** Type -> ids of whatever has ever named one of these Medications, or one that has ever been made of them. */
async function everNaming(session: Session, medications: readonly string[]): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>()
  const asked = new Set(medications)
  let count = 0
  for (let next = [...asked]; next.length > 0; ) {
    const rows = await session.query<{ type: string; id: string }>({
      sql: `select distinct v.type, v.id from resource_version as v where v.${MARKED} and v.facts && $1::bigint[] limit ${REFERRERS_MAX + 1}`,
      parameters: [next.map((id) => hash64(medicationWord(id)))],
    })
    count += rows.length
    if (count > REFERRERS_MAX) throw tooMany()
    for (const { type, id } of rows) found.set(type, (found.get(type) ?? new Set()).add(id))
    next = [...(found.get('Medication') ?? [])].filter((id) => !asked.has(id))
    for (const id of next) asked.add(id)
  }
  return found
}

export interface Referrers {
  readonly type: string
  readonly rows: readonly Standing[]
}

/**
 * A few hundred at a time, locked as writers lock: by type, by id. Some have named it before and do not any more.
 * @throws HealthChainError too-costly where one transaction cannot hold them.
 */
export async function* referrersOf(session: Session, medications: readonly string[]): AsyncGenerator<Referrers> {
  const found = await everNaming(session, medications)
  // It bears no labels itself.
  found.delete('Medication')
  for (const type of [...found.keys()].sort()) {
    const ids = [...found.get(type)!].sort()
    for (let at = 0; at < ids.length; at += CHUNK) {
      const rows = await session.query<Standing>({
        sql: `select t.id, t.version, t.deleted, t.patient, t.custodian, t.lossless, t.content from "${tables.get(type)!}" as t where t.id = any($1::text[]) and not t.deleted order by t.id for update`,
        parameters: [ids.slice(at, at + CHUNK)],
      })
      if (rows.length > 0) yield { type, rows }
    }
  }
}

const tooMany = () =>
  new HealthChainError(
    'too-costly',
    'named-too-often',
    `More than ${REFERRERS_MAX} records name this Medication and would be labelled anew. Write it under another id.`,
  )
