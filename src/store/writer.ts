// Every write of a resource: new version, current row with its search columns, both or neither. One statement per type.
import { type Medications, NO_MEDICATIONS } from '../consent/labelling/named.ts'
import { withLabels } from '../consent/labelling/with-labels.ts'
import { NONE, NORMAL } from '../consent/labels.ts'
import { parseLocalReference } from '../fhir/references.ts'
import { instant, now } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isObject, isRawNumber, readStored } from '../kernel/json.ts'
import { indexRow } from '../search/index-row.ts'
import type { AuditRow } from './audit/columns.ts'
import { entryStatement, eventsBeside } from './audit/insert.ts'
import { settlePolicies } from './consent/policies.ts'
import type { Database, Session } from './database.ts'
import { joinedLines, type Line, lineParameters } from './log/leaf-lines.ts'
import { type Drawn, drawLeaf } from './log/make-leaf.ts'
import { operationOf, versionLine } from './log/version-line.ts'
import { type Change, lockMedications, readMedications, risen, touchesMedications } from './medications.ts'
import { type ProvenanceFrame, RULES_FRAME } from './provenance/frame.ts'
import { keepFrame } from './provenance/frames.ts'
import { referrersOf } from './referrers.ts'
import { putNoted, writeSql } from './write-sql.ts'

type Node = Record<string, unknown>

export interface Write {
  readonly type: string
  readonly id: string
  /** Absent: delete. Already validated; id and meta.versionId, meta.lastUpdated are set here. */
  readonly resource?: Node
  /** The id was drawn just now, so nothing can stand under it. */
  readonly fresh?: boolean
  /** Version that must stand before this write (If-Match); 0: none may. */
  readonly expected?: number
  /** Leave the row alone if the resource is the one that stands already. */
  readonly skipUnchanged?: boolean
  /** The version on which the right to write was judged; if another stands by now, it must be judged again. */
  readonly judged?: number
  /** That version, if it was read for judging: it need not be looked for again. */
  readonly standing?: Standing
  /** Id of the organisation on whose behalf: it holds what names no custodian itself. */
  readonly organisation?: string
  /** It comes to hold what stands and is held by nobody, too: for who runs this machine. */
  readonly adopts?: boolean
  /** Who writes it and why: the leaf commits to the Provenance that is printed from it. It must be stored already. */
  readonly frame?: ProvenanceFrame
  /** Id of the decision that allowed the write, which the leaf commits to; absent: its AuditEvent, src/store/log/version-line.ts. */
  readonly decision?: string
}

/** What else is written in the transaction, once the versions are known: their audit events, whose frames are stored. */
export type Alongside = (written: readonly Written[]) => readonly AuditRow[]

export interface Written {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly outcome: 'created' | 'updated' | 'deleted' | 'unchanged'
  /** As stored, with its meta; absent after a delete. */
  readonly resource?: Node
  /** Id of the patient whose it was before; a deleted one is still theirs. */
  readonly patientBefore?: string
  /** UUID of its entry in the log; absent where nothing changed. */
  readonly entry?: string
}

/** The row before the write. */
export interface Standing {
  id: string
  version: number
  deleted: boolean
  patient: string | null
  custodian: string | null
  /** Null where nothing of it matters: it bears no label that must stay. */
  content: string | null
  lossless: boolean
}

interface Row {
  written: Written
  json: Node
  /** Its leaf for the log; none where nothing changed. @param events leaves of its events, where these have none of their own */
  line?: (events?: Uint8Array) => Line
}

/** Another writer came between: nothing of the statement is kept, and the write is done again under a lock. */
class Overtaken extends Error {}
const ATTEMPTS = 8

/** Consents decide over other rows, which are settled with them. */
const settles = (writes: readonly Write[]) => writes.some(({ type }) => type === 'Consent')

/** All writes or none; no Type/id may come twice among them. @throws HealthChainError conflict (version-conflict), not-found (delete of nothing), busy (contention, overtaken). */
export async function write(database: Database, writes: readonly Write[], alongside?: Alongside): Promise<Written[]> {
  const [only] = writes
  // One statement is a transaction already: no begin, no commit.
  if (writes.length === 1 && only && !only.skipUnchanged && !settles(writes) && !touchesMedications(only)) {
    const written = await writeOne(database, only, alongside)
    if (written) return written
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction((session) => writeLocked(session, writes, alongside))
    } catch (error) {
      if (!(error instanceof Overtaken) && !isSerialization(error)) throw error
      if (attempt >= ATTEMPTS)
        throw new HealthChainError('busy', 'contention', 'Others write the same resource. Try again.')
    }
  }
}

/** One write without a lock: the put itself finds out whether another came between; undefined then. */
async function writeOne(database: Database, only: Write, alongside?: Alongside): Promise<Written[] | undefined> {
  const { peek, putOne } = writeSql(only.type)
  const [looked] =
    only.fresh || only.standing ? [only.standing] : await database.query<Standing>({ sql: peek, parameters: [only.id] })
  // Labels that came from a drug go with the drug: that takes a look at it.
  if (only.resource && mayName(looked)) return undefined
  const row = makeRow(only, looked)
  const { written } = row
  const events = alongside?.([written]) ?? []
  const beside = eventsBeside(events)
  const put = [JSON.stringify(row.json), ...lineParameters(row.line!(beside.leaves))]
  try {
    const rows = await database.query(
      events.length === 0
        ? { sql: putOne, parameters: put }
        : { sql: putNoted(only.type), parameters: [...put, ...beside.parameters] },
    )
    return rows.length === 1 ? [written] : undefined
  } catch (error) {
    if (isSerialization(error)) return undefined
    throw error
  }
}

/** Deadlock and serialization failures: PostgreSQL asks for another try. */
const isSerialization = (error: unknown) => isObject(error) && (error.code === '40P01' || error.code === '40001')

async function writeLocked(
  session: Session,
  writes: readonly Write[],
  alongside: Alongside | undefined,
): Promise<Written[]> {
  await lockMedications(session, writes)
  const standing = await lockStanding(session, writes)
  const medications = await readMedications(
    session,
    writes.flatMap(({ type, id, resource }) => {
      const before = standing.get(`${type}/${id}`)
      return [...(resource ? [resource] : []), ...(mayName(before) ? [standingResource(before)] : [])]
    }),
    writes.map((w) => asLabelled(w, standing)),
  )
  const rows = writes.map((w) => makeRow(w, standing.get(`${w.type}/${w.id}`), medications))
  const written = await putAll(session, rows)
  if (settles(writes)) await settlePolicies(session, patientsOf(rows, standing))
  const note = async (some: readonly Written[]) => {
    const events = alongside?.(some) ?? []
    if (events.length > 0) await session.query(entryStatement(events))
  }
  await note(written)
  await labelReferrers(session, changesIn(written, standing), medications, note)
  return written
}

async function lockStanding(session: Session, writes: readonly Write[]): Promise<Map<string, Standing>> {
  const standing = new Map<string, Standing>()
  const byType = Map.groupBy(writes, (w) => w.type)
  // Types and ids in one order everywhere, so that writers wait for one another instead of deadlocking.
  for (const type of [...byType.keys()].sort()) {
    const ids = byType
      .get(type)!
      .filter((w) => !w.fresh)
      .map((w) => w.id)
    if (ids.length === 0) continue
    const rows = await session.query<Standing>({ sql: writeSql(type).lock, parameters: [ids] })
    for (const row of rows) standing.set(`${type}/${row.id}`, row)
  }
  return standing
}

/** A Medication says what it will be stored with: a label that somebody set stays, though who writes it leaves it out. */
function asLabelled(write: Write, standing: ReadonlyMap<string, Standing>): Write {
  if (write.type !== 'Medication' || !write.resource) return write
  const before = standing.get(`Medication/${write.id}`)
  if (!before || before.deleted) return write
  return { ...write, resource: withLabels(write.resource, standingResource(before)) }
}

/** Medications of which a new version stands, beside what stood. */
function changesIn(written: readonly Written[], standing: ReadonlyMap<string, Standing>): Change[] {
  return written.flatMap(({ type, id, outcome, resource }) => {
    if (type !== 'Medication' || !resource || outcome === 'unchanged') return []
    const before = standing.get(`Medication/${id}`)
    return [{ id, before: before && !before.deleted ? standingResource(before) : undefined, after: resource }]
  })
}

/** What names a Medication that came to say more says more too, from the same moment on: nobody ever reads it unlabelled. */
async function labelReferrers(
  session: Session,
  changes: readonly Change[],
  beside: Medications,
  note: (written: readonly Written[]) => Promise<void>,
): Promise<void> {
  const ids = risen(changes, beside)
  if (ids.length === 0) return
  const frame = await keepFrame(session, RULES_FRAME)
  for await (const { type, rows } of referrersOf(session, ids)) {
    const resources = rows.map(standingResource)
    const medications = await readMedications(session, resources)
    const made = rows.flatMap((row, i) => {
      const resource = resources[i]!
      if (withLabels(resource, resource, medications) === resource) return []
      return [makeRow({ type, id: row.id, resource, frame }, row, medications)]
    })
    // Noted at once: a drug may be named by very many, and their texts need not all be in memory.
    await note(await putAll(session, made))
  }
}

/** Whose consents changed: those who were named before, and those who are now. */
function patientsOf(rows: readonly Row[], standing: ReadonlyMap<string, Standing>): string[] {
  const consents = rows.filter(({ written }) => written.type === 'Consent' && written.outcome !== 'unchanged')
  return consents.flatMap(({ written: { id, resource } }) => {
    const before = standing.get(`Consent/${id}`)?.patient
    const reference = isObject(resource?.patient) ? resource.patient.reference : undefined
    const now = typeof reference === 'string' ? parseLocalReference(reference)?.id : undefined
    return [...(before ? [before] : []), ...(now ? [now] : [])]
  })
}

async function putAll(session: Session, rows: Row[]): Promise<Written[]> {
  const changed = Map.groupBy(
    rows.filter((row) => row.written.outcome !== 'unchanged'),
    (row) => row.written.type,
  )
  // Patients first: who holds a patient's record holds what is in it.
  for (const type of [...changed.keys()].sort(
    (a, b) => Number(b === 'Patient') - Number(a === 'Patient') || (a < b ? -1 : 1),
  )) {
    const mine = changed.get(type)!
    const put = await session.query({
      sql: writeSql(type).put,
      parameters: [JSON.stringify(mine.map(({ json }) => json)), joinedLines(mine.map(({ line }) => line!()))],
    })
    if (put.length !== mine.length) throw new Overtaken()
  }
  return rows.map((row) => row.written)
}

function makeRow(write: Write, standing: Standing | undefined, medications: Medications = NO_MEDICATIONS): Row {
  const { type, id, resource } = write
  const before = standing?.version ?? 0
  if (write.judged !== undefined && write.judged !== before)
    throw new HealthChainError('busy', 'overtaken', 'Another write came between. Try again.')
  const alive = standing !== undefined && !standing.deleted
  if (write.expected !== undefined && write.expected !== (alive ? before : 0)) throw versionConflict()
  if (!resource && !alive) throw new HealthChainError('not-found', 'not-found', 'There is no such resource.')
  const version = before + 1
  const at = now()
  const lastUpdated = instant(at)
  const base = { id, version, last_updated: lastUpdated, deleted: !resource, lossless: false }
  // Not null in the table; a delete leaves what stands.
  const unlabelled = { shared: false, confidentiality: NORMAL, sensitivity: NONE }
  const was = standing?.patient ? { patientBefore: standing.patient } : {}
  // Its event and its Provenance name the entry before there is a leaf.
  const drawn = drawLeaf(at)
  const leafOf = (content: string) => (events?: Uint8Array) => lineOf(write, version, content, { at, drawn, events })
  if (!resource) {
    const written = { type, id, version, outcome: 'deleted', ...was, entry: drawn.entry } as const
    return { written, json: { ...unlabelled, ...base }, line: leafOf('') }
  }
  const stood = alive && standing.content !== null ? standingResource(standing) : undefined
  const labelled = withLabels(resource, stood, medications)
  const adopted = write.adopts && standing?.custodian === null && write.organisation !== undefined
  if (alive && write.skipUnchanged && !adopted && isSame(labelled, standing))
    return { written: { type, id, version: before, outcome: 'unchanged', resource: labelled }, json: base }
  const stored = withMeta(labelled, id, version, lastUpdated)
  const index = indexRow(stored)
  const holder = holderOf(write, standing)
  if (holder !== undefined) index.custodian ??= holder
  const content = JSON.stringify(stored)
  const json = { ...index, ...base, lossless: hasRawNumber(stored), content }
  const outcome = alive ? 'updated' : 'created'
  const written = { type, id, version, outcome, resource: stored, ...was, entry: drawn.entry } as const
  return { written, json, line: leafOf(content) }
}

/**
 * Who held it holds it still, unless the resource itself says otherwise. Nobody comes to hold what stands by editing it, and
 * an Organization is held by nobody: it speaks for itself.
 */
function holderOf({ type, organisation, adopts }: Write, standing: Standing | undefined): string | undefined {
  if (type === 'Organization') return undefined
  const stood = standing !== undefined && !standing.deleted
  return standing?.custodian ?? (stood && !adopts ? undefined : organisation)
}

/** The leaf of a version: it commits to the text that is stored, an empty one after a delete. */
function lineOf(
  { type, id, resource, frame, decision }: Write,
  version: number,
  content: string,
  { at, drawn, events }: { at: number; drawn: Drawn; events: Uint8Array | undefined },
): Line {
  const about = { type, id, version, op: operationOf(!resource, version), frame, decision }
  return versionLine(about, content, at, drawn, events)
}

/** A look at the text: most that stands names none, and is not parsed for that. */
const mayName = (standing: Standing | undefined): standing is Standing =>
  standing !== undefined && !standing.deleted && standing.content?.includes('Medication/') === true

const standingResource = ({ content, lossless }: Standing) => readStored(content!, lossless) as Node

const versionConflict = () =>
  new HealthChainError(
    'conflict',
    'version-conflict',
    'ifMatch names another version than the current one. Read it again.',
  )

function withMeta(resource: Node, id: string, version: number, lastUpdated: string): Node {
  const { resourceType, id: _, meta, ...rest } = resource
  const known = isObject(meta) ? meta : {}
  return { resourceType, id, meta: { ...known, versionId: String(version), lastUpdated }, ...rest }
}

function isSame(resource: Node, { id, version, content }: Standing): boolean {
  const at = /"lastUpdated":"([^"]+)"/.exec(content ?? '')?.[1]
  return at !== undefined && JSON.stringify(withMeta(resource, id, version, at)) === content
}

function hasRawNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasRawNumber)
  if (isRawNumber(value)) return true
  for (const key in value) if (hasRawNumber((value as Node)[key])) return true
  return false
}
