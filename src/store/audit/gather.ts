// Occurrences -> what becomes one AuditEvent each. Pure. What reads told of one patient goes together, so that a search is
// one event per patient (BALP, PatientQuery); every write stands alone, because BALP wants one data entity.
import type { Labels } from '../../consent/labels.ts'
import type { Kind, Occurrence } from './occurrence.ts'

/** One event to be. */
export interface Happening extends Occurrence {
  readonly types: readonly string[]
  readonly references: readonly string[]
  readonly consents: readonly string[]
}

const TOLD: readonly Kind[] = ['search', 'read', 'vread', 'history']
const WRITTEN: readonly Kind[] = ['create', 'update', 'delete']
/** Resources in one event; more go in another one. */
const REFERENCES_MAX = 100

export function gather(occurrences: readonly Occurrence[]): Happening[] {
  const groups = new Map<string, Occurrence[]>()
  const out: Happening[] = []
  for (const occurrence of occurrences) {
    const { kind, patient, outcome, outcomeDesc } = occurrence
    if (!TOLD.includes(kind)) {
      out.push(...split([occurrence], WRITTEN.includes(kind) ? 1 : REFERENCES_MAX))
      continue
    }
    const key = `${kind} ${patient ?? ''} ${outcome ?? ''} ${outcomeDesc ?? ''}`
    const group = groups.get(key)
    if (group) group.push(occurrence)
    else groups.set(key, [occurrence])
  }
  for (const group of groups.values()) out.push(...split(group, REFERENCES_MAX))
  return out
}

function split(group: readonly Occurrence[], most: number): Happening[] {
  const whole = join(group)
  if (whole.references.length <= most) return [whole]
  const parts: Happening[] = []
  for (let i = 0; i < whole.references.length; i += most)
    parts.push({ ...whole, references: whole.references.slice(i, i + most) })
  return parts
}

const NOTHING: readonly string[] = []
const unique = (lists: readonly (readonly string[] | undefined)[]): readonly string[] => [
  ...new Set(lists.flatMap((list) => list ?? NOTHING)),
]

function join(group: readonly Occurrence[]): Happening {
  const [first] = group
  const common = first!
  if (group.length === 1)
    return {
      ...common,
      types: common.type === undefined ? NOTHING : [common.type],
      references: common.references ?? NOTHING,
      consents: common.consents ?? NOTHING,
    }
  const operations = unique(group.map(({ operation }) => (operation === undefined ? NOTHING : [operation])))
  const labels = highest(group)
  return {
    ...common,
    ...(operations.length > 0 && { operation: operations.join(' ') }),
    ...(labels && { labels }),
    types: unique(group.map(({ type }) => (type === undefined ? NOTHING : [type]))),
    references: unique(group.map(({ references }) => references)),
    consents: unique(group.map(({ consents }) => consents)),
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
