// consentSimulate: who would gain or lose sight of what, had the draft been signed: everybody who read the record in the
// last 90 days asks again for each resource of it, before and after. Nothing is stored.
import { parseLocalReference } from '../../fhir/references.ts'
import { type Asker, ROLES } from '../../kernel/asker.ts'
import { instant, now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { isObject } from '../../kernel/json.ts'
import { isPurpose } from '../../kernel/purpose.ts'
import { type Accessor, accessorsOf } from '../../store/audit/accessors.ts'
import { readLinks } from '../../store/disclose.ts'
import { groupsOf } from '../../store/issuer/groups.ts'
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
const ACCESSORS_MAX = 200
const RESOURCES_MAX = 5000
/** Decisions in one simulation, before and after counted apart. */
const DECISIONS_MAX = 200_000
/** Once everything is read. */
const SECONDS_MAX = 10

export interface Simulation {
  readonly since: string
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
  const accessors = await accessorsOf(interaction.database, patient, since, ACCESSORS_MAX + 1)
  const record = await readRecord(interaction.database, patient, interaction.view, RESOURCES_MAX)
  bound(interaction, accessors.length, record.length)
  const [before, after] = [heardIn(file.consents, at), heardIn(withDraft(file.consents, draft, at), at)]
  const related = [before, after].flatMap((heard) => heard?.flat().flatMap(({ data }) => data?.related ?? []) ?? [])
  const links = await readLinks(interaction.database, new Set(related))
  const named = maySee(interaction, 'AuditEvent', 's')
  const changes = new Map<string, Change>()
  const slices = new Slices(SECONDS_MAX)
  for (const accessor of accessors) {
    const asker = await askerAgain(interaction, accessor, patient)
    const trial = asker && { asker, patient, policies, before, after, links, named }
    if (trial) await compare(trial, record, changes, slices)
  }
  const outcome = { kind: 'consent-decision', patient, operation: 'consentSimulate' } as const
  interaction.trail.happened({ ...outcome, outcomeDesc: 'simulated' })
  return { since, accessors: named ? accessors.length : null, resources: record.length, changes: [...changes.values()] }
}

function patientOf({ patient }: Node): string {
  const reference = isObject(patient) ? patient.reference : undefined
  const address = typeof reference === 'string' ? parseLocalReference(reference) : undefined
  if (address?.type !== 'Patient')
    throw new HealthChainError('incorrect', 'no-patient', 'Name the one patient whom the draft is about.')
  return address.id
}

/** @throws HealthChainError too-costly */
function bound(interaction: Interaction, accessors: number, resources: number): void {
  if (accessors > ACCESSORS_MAX || resources > RESOURCES_MAX || 2 * accessors * resources > DECISIONS_MAX)
    throw new HealthChainError(
      'too-costly',
      'too-large',
      `At most ${ACCESSORS_MAX} accessors, ${RESOURCES_MAX} resources and ${DECISIONS_MAX} decisions are tried out.`,
    )
  charge(interaction, resources)
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
