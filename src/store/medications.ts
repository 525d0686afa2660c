// Medications that resources name, and resources that name Medications: what a drug is, whoever takes it says too. So who
// writes a sensitive Medication waits for those who are naming one, and labels all that name it in the same transaction.
import { labelsOfContent } from '../consent/labelling/labels-for.ts'
import { type Medications, medicationsNamed, medicationsOf } from '../consent/labelling/named.ts'
import type { ResourceAddress } from '../fhir/references.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { readStored } from '../kernel/json.ts'
import type { Session } from './database.ts'

type Node = Record<string, unknown>

interface Named {
  readonly type: string
  readonly id: string
  readonly resource?: Node
  readonly fresh?: boolean
}

const key = ({ id, version }: Pick<ResourceAddress, 'id' | 'version'>) =>
  version === undefined ? id : `${id}/${version}`

/** How deep Medications may be made of others. */
const DEPTH = 16

/**
 * What these resources name, with all that it is made of. Of a deleted Medication what last stood: its history still says
 * it. `beside` is written in the same transaction and stands already as far as they are concerned.
 */
export async function readMedications(
  session: Session,
  resources: readonly Node[],
  beside: readonly Named[] = [],
): Promise<Medications> {
  const known = new Map<string, Node | null>()
  for (const { type, id, resource } of beside) if (type === 'Medication' && resource) known.set(id, resource)
  let wanted = resources.flatMap(medicationsNamed)
  const seen = new Set<Node>()
  for (let depth = 0; wanted.length > 0; depth++) {
    if (depth > DEPTH)
      throw new HealthChainError(
        'too-costly',
        'ingredients',
        `Name at most ${DEPTH} Medications that are each made of the next.`,
      )
    await readInto(known, session, wanted)
    const found = wanted.flatMap((address) => at(known, address)).filter((medication) => !seen.has(medication))
    for (const medication of found) seen.add(medication)
    wanted = found.flatMap(medicationsNamed)
  }
  return (address) => at(known, address)
}

/** A version says what it said, and what the Medication has become: the reference leads a reader to both. */
function at(known: ReadonlyMap<string, Node | null>, { id, version }: ResourceAddress): Node[] {
  const keys = version === undefined ? [id] : [id, key({ id, version })]
  return keys.flatMap((each): Node[] => {
    const medication = known.get(each)
    return medication ? [medication] : []
  })
}

interface Stored {
  readonly id: string
  readonly version: string
  readonly content: string | null
  readonly lossless: boolean
}

const read = ({ content, lossless }: Stored) => (content === null ? null : (readStored(content, lossless) as Node))

async function readInto(known: Map<string, Node | null>, session: Session, wanted: readonly ResourceAddress[]) {
  const ids = [...new Set(wanted.map(({ id }) => id))].filter((id) => !known.has(id))
  for (const id of ids) known.set(id, null)
  if (ids.length > 0) {
    const rows = await session.query<Stored>({
      sql: `select t.id, t.version, coalesce(t.content, v.content) as content, coalesce(v.lossless, t.lossless) as lossless from medication as t
left join resource_version as v on t.deleted and v.type = 'Medication' and v.id = t.id and v.version = t.version - 1 where t.id = any($1::text[])`,
      parameters: [ids],
    })
    for (const row of rows) known.set(row.id, read(row))
  }
  const numbered = wanted.filter(({ version }) => version !== undefined && /^[1-9]\d{0,8}$/.test(version))
  const versions = numbered.filter((address) => !known.has(key(address)))
  if (versions.length === 0) return
  const rows = await session.query<Stored>({
    sql: "select v.id, v.version, v.content, v.lossless from resource_version as v join unnest($1::text[], $2::int[]) as wanted (id, version) using (id, version) where v.type = 'Medication'",
    parameters: [versions.map(({ id }) => id), versions.map(({ version }) => version)],
  })
  for (const row of rows) known.set(key(row), read(row))
}

/** Whether it may be named already, and says more than nothing. */
const mayRise = ({ type, resource, fresh }: Named): boolean =>
  type === 'Medication' &&
  !fresh &&
  resource !== undefined &&
  (medicationsNamed(resource).length > 0 || labelsOfContent([resource]).because.length > 0)

/** Whether the write hangs together with Medications at all: most do not, and pay nothing. */
export const touchesMedications = (write: Named): boolean =>
  write.resource !== undefined &&
  (write.type === 'Medication' ? mayRise(write) : medicationsNamed(write.resource).length > 0)

/** First of all locks: until commit nobody names a Medication while somebody writes one that says something. */
export async function lockMedications(session: Session, writes: readonly Named[]): Promise<void> {
  if (!writes.some(touchesMedications)) return
  const how = writes.some(mayRise) ? '' : '_shared'
  await session.query({ sql: `select pg_advisory_xact_lock${how}(hashtextextended('medications', 0))`, parameters: [] })
}

export interface Change {
  readonly id: string
  readonly before: Node | undefined
  readonly after: Node
}

/**
 * Ids of the Medications that may say more than they did. What stood counts for its own codes alone: what it was made of
 * may be written here as well, and then says nothing of before.
 */
export function risen(changes: readonly Change[], medications: Medications): string[] {
  return changes.flatMap(({ id, before, after }) => {
    const now = labelsOfContent([after, ...medicationsOf(after, medications)])
    if (now.because.length === 0) return []
    const then = labelsOfContent(before ? [before] : [])
    const more = now.confidentiality > then.confidentiality || now.codes.some((code) => !then.codes.includes(code))
    return more ? [id] : []
  })
}
