// exportProof: a patient's versions with what opens their leaves, so that they can be held against the log without us. Only
// what is told whole: with the salt, whoever knows a part could guess the rest.

import { holdsPatients } from '../../fhir/compartment.ts'
import { SEARCH } from '../../fhir/generated/search-parameters.ts'
import { isId } from '../../fhir/references.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { commitsTo } from '../../provenance/batch.ts'
import { fromUtf8 } from '../../provenance/bytes.ts'
import { type Committed, commitment } from '../../provenance/commitment.ts'
import { type DisclosedVersion, disclosedLine } from '../../provenance/disclosed-version.ts'
import { readLeaf } from '../../provenance/leaf.ts'
import { hasher } from '../../provenance/merkle.ts'
import { hmacSha256 } from '../../provenance/native-hash.ts'
import { eventsIn } from '../../store/log/make-leaf.ts'
import { type LeafOfRecord, leavesOfRecord, type Position } from '../../store/log/of-patient.ts'
import { type Resource, readVersions } from '../../store/reader.ts'
import { charge, type Interaction, maySee } from '../context.ts'

export interface ProofExport {
  /** NDJSON: a version in each line, its leaf and the proof of it. */
  readonly versions: string
  /** For `after`: what else there is; null at the end. */
  readonly next: string | null
  /** Whose: what was erased of it is told beside. */
  readonly patient: string
}

/** Lines of one answer. */
const PAGE = 500

// The log of the record is no part of it, and has a tree of its own.
const TYPES = Object.keys(SEARCH).filter((type) => type !== 'AuditEvent' && holdsPatients(type))

interface Told {
  readonly at: string
  readonly version: DisclosedVersion
  readonly leaf: LeafOfRecord
}

export async function exportProof(interaction: Interaction, patient: string, after?: string): Promise<ProofExport> {
  const told: Told[] = []
  // One more than a page tells that there is more, and only what is told counts.
  if (isId(patient))
    for await (const one of record(interaction, patient, positionOf(after))) if (told.push(one) > PAGE) break
  const page = told.slice(0, PAGE)
  charge(interaction, page.length)
  const about = { kind: 'history', type: 'Patient', operation: 'exportProof' } as const
  interaction.trail.happened({ ...about, ...(isId(patient) && { patient }) })
  const lines = await Promise.all(page.map((one) => lineOf(interaction, one)))
  const next = told.length > PAGE ? page.at(-1)!.at : null
  return { patient, versions: lines.map((line) => `${line}\n`).join(''), next }
}

async function lineOf({ log }: Interaction, { version, leaf }: Told): Promise<string> {
  const proof = await log.inclusionProof(leaf.entry, leaf.index)
  const more = { leaf: fromUtf8(leaf.leaf), proof }
  return disclosedLine({ ...version, ...more })
}

function positionOf(after: string | undefined): (Position & { readonly type: string }) | undefined {
  if (after === undefined) return undefined
  const [type = '', id = '', version = '', ...more] = after.split('/')
  if (more.length === 0 && TYPES.includes(type) && isId(id) && /^[1-9]\d{0,8}$/.test(version))
    return { type, id, version: Number(version) }
  throw new HealthChainError('incorrect', 'bad-cursor', 'after is what an answer before gave as next.')
}

/** Everything that this caller is told whole, in one order. */
async function* record(
  interaction: Interaction,
  patient: string,
  from: (Position & { readonly type: string }) | undefined,
): AsyncGenerator<Told> {
  for (const type of from ? TYPES.slice(TYPES.indexOf(from.type)) : TYPES)
    for (let after: Position | undefined = from?.type === type ? from : undefined; ; ) {
      const leaves = await leavesOfRecord(interaction.database, { patient, type, after, limit: PAGE })
      yield* await toldOf(interaction, type, leaves)
      after = leaves.at(-1)
      if (leaves.length < PAGE) break
    }
}

/** A delete is told to whom the version before it is told. */
const shown = ({ version, operation }: LeafOfRecord): number => (operation === 'delete' ? version - 1 : version)

async function toldOf(interaction: Interaction, type: string, leaves: readonly LeafOfRecord[]): Promise<Told[]> {
  const { database, view } = interaction
  if (leaves.length === 0) return []
  const wanted = new Map(
    leaves.map((leaf) => [`${leaf.id}/${shown(leaf)}`, { id: leaf.id, version: `${shown(leaf)}` }]),
  )
  const found = await readVersions(database, type, [...wanted.values()], view)
  const byVersion = new Map(found.map((resource) => [`${resource.id}/${versionIn(resource)}`, resource]))
  const records = await recordsOf(interaction, leaves)
  return leaves.flatMap((leaf) => {
    const resource = byVersion.get(`${leaf.id}/${shown(leaf)}`)
    const version = resource && opening(type, leaf, resource, records.get(leaf.entry))
    return version ? [{ at: `${type}/${leaf.id}/${leaf.version}`, version, leaf }] : []
  })
}

const versionIn = ({ meta }: Resource): string | undefined => (meta as { versionId?: string } | undefined)?.versionId

/** The Provenances that the leaves commit to, as far as this caller is told them, by entry. */
async function recordsOf(interaction: Interaction, leaves: readonly LeafOfRecord[]) {
  const wanted = leaves.filter(({ recorded }) => recorded).map(({ entry }) => ({ id: entry, version: '1' }))
  const asked = wanted.length > 0 && maySee(interaction, 'Provenance', 'r')
  const found = asked ? await readVersions(interaction.database, 'Provenance', wanted, interaction.view) : []
  return new Map(found.map((record) => [record.id, JSON.stringify(record)]))
}

/** What the leaf commits to; undefined where that is more than was told. */
function opening(
  type: string,
  leaf: LeafOfRecord,
  resource: Resource,
  record: string | undefined,
): DisclosedVersion | undefined {
  if (leaf.recorded && record === undefined) return undefined
  const { id, version, operation: op, decision, salt, entry } = leaf
  const events = eventsIn(leaf.tree)
  const text = op === 'delete' ? '' : JSON.stringify(resource)
  const content: Committed = {
    ...{ resourceType: type, id, versionId: String(version), op, resource: text },
    ...{ provenance: record ?? '', decision },
  }
  const made = readLeaf(leaf.leaf)
  const fits = made && commitsTo(hasher, made, commitment(hmacSha256, salt, content), events)
  return fits ? { ...content, entry, salt, events } : undefined
}
