// Occurrences -> what becomes one AuditEvent each, in order. Pure. What reads told of one patient goes together, so that a
// search is one event per patient (BALP, PatientQuery), and so does what was asked or tried of one patient again and again:
// one request is one line in the history of a patient, whatever it repeats, whether or not there is such a patient, for the
// log must not tell who exists. Every write stands alone, because BALP wants one data entity.
import type { Labels } from '../../consent/labels.ts'
import type { Kind, Occurrence } from './occurrence.ts'

/** One event to be. */
export interface Happening extends Occurrence {
  readonly types: readonly string[]
  readonly references: readonly string[]
  readonly consents: readonly string[]
}

const WRITTEN: readonly Kind[] = ['create', 'update', 'delete']
/** Resources in one event; more go in another one. */
const REFERENCES_MAX = 100

export function gather(occurrences: readonly Occurrence[]): Happening[] {
  const groups = new Map<string | number, Occurrence[]>()
  for (const [i, occurrence] of occurrences.entries()) {
    const { kind, patient, outcome, outcomeDesc } = occurrence
    const key = WRITTEN.includes(kind) ? i : `${kind}\n${patient ?? ''}\n${outcome ?? ''}\n${outcomeDesc ?? ''}`
    const group = groups.get(key)
    if (group) group.push(occurrence)
    else groups.set(key, [occurrence])
  }
  const happenings: Happening[] = []
  for (const group of groups.values()) split(group, happenings)
  return happenings
}

function split(group: readonly Occurrence[], into: Happening[]): void {
  const whole = join(group)
  const { references } = whole
  const most = WRITTEN.includes(whole.kind) ? 1 : REFERENCES_MAX
  if (references.length <= most) into.push(whole)
  else
    for (let i = 0; i < references.length; i += most) into.push({ ...whole, references: references.slice(i, i + most) })
}

const NOTHING: readonly string[] = []
const list = (item: string | undefined) => (item === undefined ? NOTHING : [item])
const unique = (lists: readonly (readonly string[] | undefined)[]) => [...new Set(lists.flatMap((l) => l ?? NOTHING))]

function join(group: readonly Occurrence[]): Happening {
  const common = group[0]!
  const { type, references = NOTHING, consents = NOTHING } = common
  if (group.length === 1) return { ...common, types: list(type), references, consents }
  const operations = unique(group.map(({ operation }) => list(operation)))
  const labels = highest(group)
  return {
    ...common,
    ...(operations.length > 0 && { operation: operations.join(' ') }),
    ...(labels && { labels }),
    types: unique(group.map((occurrence) => list(occurrence.type))),
    references: unique(group.map((occurrence) => occurrence.references)),
    consents: unique(group.map((occurrence) => occurrence.consents)),
  }
}

function highest(group: readonly Occurrence[]): Labels | undefined {
  let found: Labels | undefined
  for (const { labels } of group)
    if (labels)
      found = {
        confidentiality: Math.max(labels.confidentiality, found?.confidentiality ?? 0),
        sensitivity: labels.sensitivity | (found?.sensitivity ?? 0),
      }
  return found
}
