// Labels what is stored anew when the labelling rules have changed, or when it was stored before there were labels. In
// batches that can each be done again: whoever is killed goes on where the state says. Labels only rise.

import { medicationWords } from '../consent/labelling/named.ts'
import { RULE_SET } from '../consent/labelling/rules/index.ts'
import { withLabels } from '../consent/labelling/with-labels.ts'
import { labelsOf, NONE } from '../consent/labels.ts'
import { compartmentOf } from '../fhir/compartment.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { hash64 } from '../kernel/hash.ts'
import { readStored } from '../kernel/json.ts'
import { clinicalOf, indexRow } from '../search/index-row.ts'
import { timestamp } from '../search/types/date.ts'
import type { Session } from '../store/database.ts'
import { readMedications } from '../store/medications.ts'
import { RULES_FRAME } from '../store/provenance/frame.ts'
import { keepFrame } from '../store/provenance/frames.ts'
import {
  type CurrentRow,
  currentRows,
  fillCurrent,
  fillVersions,
  markVersions,
  RELABELLED,
  raiseVersions,
  type VersionRow,
  versionRows,
} from '../store/relabel.ts'
import { isEmpty, readState, writeState } from '../store/state.ts'
import { write } from '../store/writer.ts'
import type { Interaction } from './context.ts'

type Node = Record<string, unknown>

/** `2026.11.1 done`, or how far it is: `2026.11.1 current Observation ID`, `… versions Observation ID 3`. */
const STATE = 'labels'
const BATCH = 250
const ATTEMPTS = 8
const DONE = 'done'

type Phase = 'current' | 'versions'
interface Place {
  readonly phase: Phase
  readonly type: string
  readonly id: string
  readonly version: number
}
const START: Place = { phase: 'current', type: RELABELLED[0]!, id: '', version: 0 }

export interface RelabelOptions {
  /** Rows looked at since this call began. */
  readonly onProgress?: (rows: number) => void
}

const read = ({ content, lossless }: { content: string | null; lossless: boolean }) =>
  content === null ? undefined : (readStored(content, lossless) as Node)

/** Whether everything stored bears the labels of today's rules. An empty database does. */
export async function isLabelled(session: Session): Promise<boolean> {
  if ((await readState(session, STATE)) === `${RULE_SET.version} ${DONE}`) return true
  if (!(await isEmpty(session))) return false
  await writeState(session, STATE, `${RULE_SET.version} ${DONE}`)
  return true
}

/** As the owner of the tables, and one process at a time. @throws HealthChainError busy where others write all the time */
export async function relabel(interaction: Interaction, { onProgress = () => {} }: RelabelOptions = {}): Promise<void> {
  const { database } = interaction
  let rows = 0
  let place: Place | undefined = placeIn(await readState(database, STATE))
  while (place) {
    const step: Step = await STEPS[place.phase](interaction, place)
    rows += step.rows
    place = step.next
    await writeState(database, STATE, `${RULE_SET.version} ${place ? textOf(place) : DONE}`)
    onProgress(rows)
  }
}

const textOf = ({ phase, type, id, version }: Place) => [phase, type, id, version].join(' ')

/** Where to go on; what other rules have begun is begun anew. */
function placeIn(state: string | undefined): Place {
  const [rules, phase, type = '', id = '', version] = state?.split(' ') ?? []
  if (rules !== RULE_SET.version || !phase || !Object.hasOwn(STEPS, phase)) return START
  return { phase: phase as Phase, type, id, version: Number(version) }
}

interface Step {
  readonly rows: number
  /** Undefined: there is nothing left to do. */
  readonly next: Place | undefined
}

const STEPS: Record<Phase, (interaction: Interaction, place: Place) => Promise<Step>> = { current, versions }

/** The next type of this phase, or the first of the next; undefined behind the last. */
function behind({ phase, type }: Place, then?: Phase): Place | undefined {
  const next = RELABELLED[RELABELLED.indexOf(type) + 1]
  const to = next ? phase : then
  return to && { phase: to, type: next ?? RELABELLED[0]!, id: '', version: 0 }
}

async function current(interaction: Interaction, place: Place): Promise<Step> {
  for (let attempt = 1; ; attempt++) {
    const rows = await currentRows(interaction.database, place.type, place.id, BATCH)
    const last = rows.at(-1)
    if (!last) return { rows: 0, next: behind(place, 'versions') }
    try {
      await labelCurrent(interaction, place.type, rows)
      return { rows: rows.length, next: { ...place, id: last.id } }
    } catch (error) {
      // Another process wrote one of them: its labels are right already, the others' still to come.
      if (!isOvertaken(error) || attempt >= ATTEMPTS) throw error
    }
  }
}

const isOvertaken = (error: unknown) => error instanceof HealthChainError && error.code === 'overtaken'

/**
 * New labels are new content: a version by the ordinary writer, with policies and audit. Columns that are merely missing
 * are filled where they are: they repeat what the content says, and a version that says nothing new would be a lie.
 */
async function labelCurrent(
  { database, trail }: Interaction,
  type: string,
  rows: readonly CurrentRow[],
): Promise<void> {
  const [raised, missing] = [[], []] as [{ row: CurrentRow; resource: Node }[], { row: CurrentRow; resource: Node }[]]
  const found = rows.map((row) => ({ row, resource: read(row) }))
  const medications = await medicationsIn(database, found)
  for (const { row, resource } of found) {
    if (!resource) continue
    const labelled = withLabels(resource, resource, medications)
    if (labelled !== resource && !row.deleted) raised.push({ row, resource })
    else if (!row.labelled) missing.push({ row, resource: labelled })
  }
  await fillCurrent(
    database,
    type,
    missing.map(({ row: { id, version }, resource }) => ({ id, version, index: indexRow(resource) })),
  )
  if (raised.length === 0) return
  const patients = new Map(raised.map(({ row, resource }) => [row.id, compartmentOf(resource).patient]))
  const frame = await keepFrame(database, RULES_FRAME)
  const writes = raised.map(({ row: { id, version, custodian }, resource }) => ({
    ...{ type, id, resource, frame, judged: version },
    // Who holds it goes on holding it.
    ...(custodian !== null && { organisation: custodian }),
  }))
  const events = await trail.written(['update'], ({ id }) => patients.get(id), database)
  await write(database, writes, events)
}

const medicationsIn = (session: Session, found: readonly { readonly resource: Node | undefined }[]) =>
  readMedications(
    session,
    found.flatMap(({ resource }): Node[] => (resource ? [resource] : [])),
  )

async function versions({ database }: Interaction, place: Place): Promise<Step> {
  const { type } = place
  const rows = await versionRows(database, type, place, BATCH)
  const last = rows.at(-1)
  if (!last) return { rows: 0, next: behind(place) }
  const found = rows.map((row) => ({ row, resource: read(row) }))
  const medications = await medicationsIn(database, found)
  const judged = found.flatMap(({ row, resource }) =>
    resource ? [{ row, resource: withLabels(resource, resource, medications) }] : [],
  )
  await fillVersions(
    database,
    type,
    judged.filter(({ row }) => !row.labelled).map(({ row, resource }) => columnsOf(row, resource)),
  )
  await raiseVersions(
    database,
    type,
    judged.filter(({ row }) => row.labelled).flatMap(({ row, resource }) => higher(row, resource)),
  )
  await markVersions(
    database,
    type,
    judged.filter(({ row }) => row.labelled && !row.marked).flatMap(({ row, resource }) => wordsOf(row, resource)),
  )
  return { rows: rows.length, next: { ...place, id: last.id, version: last.version } }
}

function columnsOf({ id, version, custodian }: VersionRow, resource: Node) {
  const { patient, shared, confidentiality, sensitivity, facts, custodian: own } = indexRow(resource)
  const time = clinicalOf(resource)
  return {
    ...{ id, version, patient, shared, confidentiality, sensitivity, facts, custodian: own ?? custodian },
    ...(time && { clinical_low: timestamp(time.low), clinical_high: timestamp(time.high) }),
  }
}

/** The labels of a version, where its content earns more than it bears. */
function higher({ id, version, confidentiality, sensitivity }: VersionRow, resource: Node) {
  const earned = labelsOf(resource)
  const more = earned.sensitivity === NONE ? 0 : earned.sensitivity
  if (earned.confidentiality <= confidentiality && (more & ~sensitivity) === 0) return []
  return [{ id, version, confidentiality: earned.confidentiality, sensitivity: more }]
}

/** By which a version is found when a Medication that it names comes to say more; none if it names none. */
function wordsOf({ id, version }: VersionRow, resource: Node) {
  const words = medicationWords(resource)
  return words.length === 0 ? [] : [{ id, version, facts: words.map(hash64) }]
}
