// The rows that name a Medication, for labelling them anew when it comes to say more. Locked as they are found, in the
// order in which writers lock.
import { linkWord } from '../consent/facts.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { hash64 } from '../kernel/hash.ts'
import type { Session } from './database.ts'
import type { Standing } from './writer.ts'

interface Naming {
  readonly type: string
  readonly table: string
  readonly named: string
  /** The first parameter of `named`. */
  readonly asked: (addresses: readonly string[]) => readonly string[]
}

// An absolute address rests as it was written: all of them lie in one stretch of the index.
const byColumn = (type: string, table: string): Naming => ({
  ...{ type, table, asked: (addresses) => addresses },
  named: `(t.medication = any($1::text[]) or (t.medication >= 'http' and t.medication < 'httq' and substring(t.medication from '[^/]+/[^/]+$') = any($1::text[])))`,
})

/** Where no search parameter leads to the element: the text is asked as well, so that a small index can serve. */
const byFacts = (type: string, table: string, element: string): Naming => ({
  ...{ type, table, asked: (addresses) => addresses.map((address) => hash64(linkWord(address))) },
  named: `t.facts && $1::bigint[] and t.content like '%"${element}"%'`,
})

/** In the order of their names, as writers lock. */
const NAMING: readonly Naming[] = [
  byFacts('CarePlan', 'care_plan', 'productReference'),
  byColumn('MedicationAdministration', 'medication_administration'),
  byColumn('MedicationDispense', 'medication_dispense'),
  byColumn('MedicationRequest', 'medication_request'),
  byColumn('MedicationStatement', 'medication_statement'),
  byFacts('Procedure', 'procedure', 'usedReference'),
]

const CHUNK = 500
const REFERRERS_MAX = 100_000

/** These Medications and all that are made of them. */
async function withCompounds(session: Session, ids: readonly string[]): Promise<string[]> {
  const all = new Set(ids)
  for (let added = [...ids]; added.length > 0; ) {
    const rows = await session.query<{ id: string }>({
      sql: 'select id from medication where ingredient && $1::text[] and not deleted',
      parameters: [added.map((id) => `Medication/${id}`)],
    })
    added = rows.map(({ id }) => id).filter((id) => !all.has(id))
    for (const id of added) all.add(id)
  }
  return [...all].map((id) => `Medication/${id}`)
}

export interface Referrers {
  readonly type: string
  readonly rows: readonly Standing[]
}

/** A few hundred at a time. @throws HealthChainError too-costly where one transaction cannot hold them. */
export async function* referrersOf(session: Session, medications: readonly string[]): AsyncGenerator<Referrers> {
  const addresses = await withCompounds(session, medications)
  let count = 0
  for (const { type, table, named, asked } of NAMING)
    for (let after = ''; ; ) {
      const rows = await session.query<Standing>({
        sql: `select t.id, t.version, t.deleted, t.patient, t.custodian, t.lossless, t.content from "${table}" as t where ${named} and not t.deleted and t.id > $2 order by t.id limit ${CHUNK} for update`,
        parameters: [asked(addresses), after],
      })
      if (rows.length > 0) yield { type, rows }
      count += rows.length
      if (count > REFERRERS_MAX) throw tooMany()
      if (rows.length < CHUNK) break
      after = rows.at(-1)!.id
    }
}

const tooMany = () =>
  new HealthChainError(
    'too-costly',
    'named-too-often',
    `More than ${REFERRERS_MAX} records name this Medication and would be labelled anew. Write it under another id.`,
  )
