// consentSimulate: who would gain or lose sight of what, had the draft been signed: everybody who read the record in the
// last 90 days asks again for each resource of it, before and after. Where they are too many, those who read it last; the
// answer says so. Nothing is stored.
import { placing } from '../../auth/part-of.ts'
import { parseLocalReference } from '../../fhir/references.ts'
import { type Asker, ROLES } from '../../kernel/asker.ts'
import { instant, now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { isObject } from '../../kernel/json.ts'
import { isPurpose } from '../../kernel/purpose.ts'
import { type Accessor, type Accessors, accessorsOf } from '../../store/audit/accessors.ts'
import { readLinks } from '../../store/disclose.ts'
import { groupsOf } from '../../store/issuer/groups.ts'
import { organisationsAbove } from '../../store/organisations.ts'
import { readRecord } from '../../store/record.ts'
import { charge, type Interaction, maySee } from '../context.ts'
import { prepare } from '../pipeline.ts'
import { requireKnowledge } from './may-know.ts'
import { heardIn, type Policies } from './policies.ts'
import { askerOf } from './question.ts'
import { Slices } from './slices.ts'
import { type Change, compare } from './trial.ts'

type Node = Record<string, unknown>

const DAYS = 90
/** Entries of the log that are looked at, the newest. */
export const ENTRIES_MAX = 20_000
const ACCESSORS_MAX = 200
const RESOURCES_MAX = 5000
/** Decisions in one simulation, before and after counted apart. */
const DECISIONS_MAX = 200_000
/** Once everything is read. */
const SECONDS_MAX = 10

export interface Simulation {
  /** Whoever read the record after this moment was tried out. */
  readonly since: string
  /** False where those were not all of the 90 days. */
  readonly complete: boolean
  readonly accessors: number | null
  readonly resources: number
  readonly changes: readonly Change[]
}

/** `draft` as ConsentCreate would take it; with the id of a Consent of the patient, in its place. */
export async function simulate(interaction: Interaction, policies: Policies, draft: Node): Promise<Simulation> {
  prepare({ kind: 'create', type: 'Consent', resource: draft })
  const patient = patientOf(draft)
  const file = await requireKnowledge(interaction, patient)
  const at = now()
  const since = instant(at - DAYS * 24 * 3_600_000)
  const record = await readRecord(interaction.database, patient, interaction.view, RESOURCES_MAX)
  bound(interaction, record.length)
  const found = await accessorsOf(interaction.database, patient, since, ENTRIES_MAX)
  const { accessors, cut } = asManyAs(Math.floor(DECISIONS_MAX / (2 * Math.max(record.length, 1))), found)
  const [before, after] = [heardIn(file.consents, at), heardIn(withDraft(file.consents, draft, at), at)]
  const related = [before, after].flatMap((heard) => heard?.flat().flatMap(({ data }) => data?.related ?? []) ?? [])
  const links = await readLinks(interaction.database, new Set(related))
  const named = maySee(interaction, 'AuditEvent', 's')
  const changes = new Map<string, Change>()
  const slices = new Slices(SECONDS_MAX)
  const placed = placing(organisationsAbove(interaction.database))
  for (const accessor of accessors) {
    if (slices.due) await slices.turn()
    const again = await askerAgain(interaction, accessor, patient)
    const asker = again && (await placed(again))
    const trial = asker && { asker, patient, policies, before, after, links, named }
    if (trial) await compare(trial, record, changes, slices)
  }
  const outcome = { kind: 'consent-decision', patient, operation: 'consentSimulate' } as const
  interaction.trail.happened({ ...outcome, outcomeDesc: 'simulated' })
  return {
    // When others read is for those who may see the log.
    ...(named ? { since: cut ?? since, accessors: accessors.length } : { since, accessors: null }),
    ...{ complete: cut === undefined, resources: record.length, changes: [...changes.values()] },
  }
}

function patientOf({ patient }: Node): string {
  const reference = isObject(patient) ? patient.reference : undefined
  const address = typeof reference === 'string' ? parseLocalReference(reference) : undefined
  if (address?.type !== 'Patient')
    throw new HealthChainError('incorrect', 'no-patient', 'Name the one patient whom the draft is about.')
  return address.id
}

/** Half a record would be a wrong answer. @throws HealthChainError too-costly */
function bound(interaction: Interaction, resources: number): void {
  if (resources > RESOURCES_MAX)
    throw new HealthChainError(
      'too-costly',
      'too-large',
      `A draft is tried out on records of at most ${RESOURCES_MAX} resources: what is signed counts for this one all the same.`,
    )
  charge(interaction, resources)
}

/** Those who read last, as many as there are decisions for; `cut`: after when they are all. */
function asManyAs(decided: number, { accessors, cut }: Accessors): { accessors: readonly Accessor[]; cut?: string } {
  const most = Math.min(ACCESSORS_MAX, decided)
  const first = accessors[most]
  const at = first?.last ?? cut
  return { accessors: accessors.slice(0, most), ...(at !== undefined && { cut: at }) }
}

function withDraft(consents: readonly Node[], draft: Node, at: number): Node[] {
  const id = typeof draft.id === 'string' ? draft.id : 'draft'
  const meta = { ...(isObject(draft.meta) ? draft.meta : {}), versionId: '1', lastUpdated: instant(at) }
  return [...consents.filter((consent) => consent.id !== id), { ...draft, id, meta }]
}

/** With the groups of today: what they were then is not written down. Undefined for a role that is no more. */
async function askerAgain({ database }: Interaction, accessor: Accessor, patient: string): Promise<Asker | undefined> {
  const { user, organisation, role, purpose } = accessor
  if (!isRole(role) || !isPurpose(purpose)) return undefined
  const groups = await groupsOf(database, user, organisation ?? undefined)
  return askerOf({ user, organisation, groups, role, purpose }, patient)
}
const isRole = (role: string) => (ROLES as readonly string[]).includes(role)
