// Records that say who may see others, and the traces of an emergency: more is asked of whoever writes them.
import { consentIssues } from '../consent/enforceable.ts'
import { isSigned } from '../consent/read-consent.ts'
import { NOTICE, REVIEW } from '../consent/read-scope.ts'
import { compartmentOf } from '../fhir/compartment.ts'
import { dateBounds } from '../fhir/dates.ts'
import { localReference } from '../fhir/references.ts'
import { now } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import { organisationsAbove } from '../store/organisations.ts'
import { signature } from './consent/signed.ts'
import type { Interaction } from './context.ts'
import { REASON_SYSTEM } from './emergency/reasons.ts'
import type { Call } from './pipeline.ts'

type Node = Record<string, unknown>

const forbidden = (code: string, message: string) => new HealthChainError('forbidden', code, message)
const list = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isObject) : [])
const referenceIn = (value: unknown) =>
  isObject(value) && typeof value.reference === 'string' ? value.reference : undefined

/** Clocks of callers may be a little ahead. */
const AHEAD = 60_000

/**
 * A Consent is given by the patient or who stands for them, or recorded from the paper that they signed; and it is changed
 * by those who gave it, not by those whom it is about.
 */
export async function maySign({ kind, resource }: Call, interaction: Interaction): Promise<void> {
  const { asker } = interaction
  if (asker.purpose === 'BTG') throw forbidden('emergency', 'An emergency does not let you write consents.')
  const giver = asker.role === 'patient' || asker.role === 'proxy' || asker.role === 'system'
  if (kind !== 'create' && !giver)
    throw forbidden('not-yours', 'A consent is changed by who gave it. Record what was signed since as a new one.')
  if (!resource || consentIssues(resource).length > 0) return
  if (resource.status === 'active') mayName(resource, interaction)
  const signed = typeof resource.dateTime === 'string' ? dateBounds(resource.dateTime)?.low : undefined
  if (signed !== undefined && signed > now() + AHEAD)
    throw forbidden('future', 'Consent.dateTime is when it was given: not in the future.')
  const performers = list(resource.performer).map(referenceIn)
  const patient = compartmentOf(resource).patient
  if (asker.role === 'patient' || asker.role === 'proxy') {
    const self = asker.role === 'patient' ? `Patient/${patient}` : asker.user
    if (isSigned(resource) && !performers.includes(self)) throw forbidden('performer', 'Name yourself as performer.')
  } else if (asker.role !== 'system' && patient !== undefined)
    await signature(interaction, patient, performers[0], referenceIn(resource.sourceReference))
}

/**
 * A form is what others recorded, and what others record takes nothing back that somebody gave themselves. So who gives a
 * consent themselves names no form, and a system, which is nobody who could give one, always does.
 */
function mayName({ sourceReference }: Node, { asker }: Interaction): void {
  if ((asker.role === 'patient' || asker.role === 'proxy') && sourceReference !== undefined)
    throw new HealthChainError('incorrect', 'own-signature', 'You sign for yourself: leave out sourceReference.')
  if (asker.role === 'system' && referenceIn(sourceReference) === undefined)
    throw new HealthChainError('incorrect', 'no-form', 'Name the signed form that you record: sourceReference.')
}

/** What the patient said is the patient's to change: who stands for them changes what they alone gave themselves. */
export function mayTakeBack({ type }: Call, { asker }: Interaction, before: Node | undefined): void {
  if (type !== 'Consent' || !before || !isSigned(before)) return
  if (asker.role === 'system' && before.sourceReference === undefined)
    throw forbidden('not-yours', 'Somebody gave this consent themselves. Record what was signed since as a new one.')
  if (asker.role !== 'proxy') return
  if (list(before.performer).some((who) => referenceIn(who) !== asker.user))
    throw forbidden('not-yours', 'This consent was given by somebody else. Give one of your own beside it.')
}

const hasCoding = (concepts: readonly Node[], { system, code }: { system: string; code: string }) =>
  concepts.some((concept) => list(concept.coding).some((c) => c.system === system && c.code === code))

/** The review of an emergency, and what was told of it. */
function isTrace(resource: Node): boolean {
  if (resource.resourceType === 'Task') return isObject(resource.code) && hasCoding([resource.code], REVIEW)
  if (resource.resourceType !== 'Communication') return false
  if (hasCoding(list(resource.category), NOTICE)) return true
  return list(resource.reasonCode).some((concept) =>
    list(concept.coding).some(({ system }) => system === REASON_SYSTEM),
  )
}

/** The platform writes the traces of an emergency; a reviewer of the organisation records the outcome, nobody else anything. */
export function mayTrace(
  { kind }: Call,
  { asker }: Interaction,
  before: Node | undefined,
  after: Node | undefined,
): void {
  if (!(before && isTrace(before)) && !(after && isTrace(after))) return
  const reviews =
    kind === 'update' &&
    before?.resourceType === 'Task' &&
    asker.role === 'admin' &&
    referenceIn(before.owner) === `Organization/${asker.organisation}` &&
    referenceIn(before.requester) !== asker.user
  if (!reviews)
    throw forbidden('review', 'What an emergency left behind is reviewed by an administrator of the organisation only.')
}

/** Consents name organisations, and staff are let in by theirs: each is written by itself, or by a house above it. */
export async function mayRun(id: string, { asker, database }: Interaction): Promise<void> {
  const { role, organisation } = asker
  if (role === 'system') return
  if (organisation !== undefined) {
    if (organisation === id) return
    if ((await organisationsAbove(database)(id)).includes(organisation)) return
  }
  throw forbidden('custodian', 'An organisation is written by its own administrators, or by those of a house above it.')
}

/** Consents name hospitals and mean their departments: none joins one, or leaves it, but by the hospital itself. */
export function mayBePartOf(
  { type }: Call,
  { asker }: Interaction,
  before: Node | undefined,
  after: Node | undefined,
): void {
  if (type !== 'Organization' || asker.role === 'system') return
  const [from, to] = [before, after].map((organisation) => referenceIn(organisation?.partOf))
  const own = asker.organisation === undefined ? undefined : `Organization/${asker.organisation}`
  if (from !== to && [from, to].some((house) => house !== undefined && house !== own))
    throw forbidden('part-of', 'What an organisation is part of is written by an administrator of that house.')
}

/** Consents name care teams: who could join one by themselves would give themselves what it was given. */
export function mayJoin(
  { type }: Call,
  { asker }: Interaction,
  before: Node | undefined,
  after: Node | undefined,
): void {
  if ((type !== 'CareTeam' && type !== 'Group') || !after || asker.role === 'system' || asker.role === 'admin') return
  const mine = new Set([asker.user, ...asker.groups])
  const members = (team: Node | undefined) =>
    [...list(team?.participant), ...list(team?.member)].map((m) => localReference(m.member) ?? localReference(m.entity))
  const known = new Set(members(before))
  if (members(after).some((member) => member !== undefined && mine.has(member) && !known.has(member)))
    throw forbidden('self', 'Nobody joins a team by themselves: have a colleague add you.')
}
