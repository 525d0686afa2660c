// May this be written? Role and scope, the compartment, the organisation that holds the record, and the patient's consent
// to collect or correct. What the asker may not see cannot be written over: it answers as if it were not there.
import { altered, type Facts, factsOf } from '../consent/facts.ts'
import { withLabels } from '../consent/labelling/with-labels.ts'
import { NONE, NORMAL } from '../consent/labels.ts'
import { type Admission, admissions } from '../consent/read-scope.ts'
import { ACTIONS, type Action } from '../consent/rule.ts'
import { isAdmitted, isTold } from '../consent/told.ts'
import { compartmentOf } from '../fhir/compartment.ts'
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import { linkContained } from '../fhir/references.ts'
import type { Right } from '../kernel/asker.ts'
import { elapsed, until } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { clinicalOf, custodianIn } from '../search/index-row.ts'
import { judgeFor, opened, readActions, readLinks, settled } from '../store/disclose.ts'
import { readMedications } from '../store/medications.ts'
import type { Resource } from '../store/reader.ts'
import { holderOfPatient, type PatientOnFile, readPatientOnFile, readStanding } from '../store/standing.ts'
import type { Standing } from '../store/writer.ts'
import { type Interaction, maySee, requireRight } from './context.ts'
import { mayBePartOf, mayJoin, mayRun, maySign, mayTakeBack, mayTrace } from './guarded.ts'
import type { Call } from './pipeline.ts'
import { SILENCE } from './silence.ts'
import { wholly } from './wholly.ts'

export interface WritePermission {
  /** The version that was judged. */
  readonly judged?: Standing
  /** What is to be written: with what the writer was not told of the version that it replaces. */
  readonly resource?: Record<string, unknown>
  /** What was written, masked; null where the asker may not read it. */
  readable(stored: Resource): Promise<Resource | null> | Resource | null
}

const RIGHTS = { create: 'c', update: 'u', delete: 'd' } as const
const forbidden = (code: string, message: string) => new HealthChainError('forbidden', code, message)

function linked(resource: Resource): Resource {
  linkContained(resource)
  return resource
}

/** @throws HealthChainError forbidden; not-found for what is not there or held back, alike. */
export async function mayWrite(asked: Call, interaction: Interaction): Promise<WritePermission> {
  if (interaction.view.scope.everything) return { readable: linked }
  const call = { ...asked }
  const right = RIGHTS[call.kind]
  requireRight(interaction, call.type, right)
  if (call.type === 'Consent') await maySign(call, interaction)
  // Whoever sees a part would write back a part: the rest would be lost.
  if (call.kind === 'update' && (interaction.hidden.get(call.type)?.length ?? 0) > 0)
    throw forbidden(
      'masked',
      `Some elements of ${call.type} are hidden from this role, so it cannot replace the whole.`,
    )
  const standing = call.kind === 'create' ? undefined : await mayReplace(call, interaction, right)
  if (standing && call.resource) call.resource = await wholly(call.resource, standing, interaction)
  const judged = standing && { judged: standing.row }
  mayTakeBack(call, interaction, standing?.resource)
  mayTrace(call, interaction, standing?.resource, call.resource)
  mayJoin(call, interaction, standing?.resource, call.resource)
  mayBePartOf(call, interaction, standing?.resource, call.resource)
  if (!call.resource) return { ...judged, readable: () => null }
  const facts = await factsToBe(call, interaction, standing)
  staysWithPatient(facts, interaction, standing?.row.patient)
  mayStandIn(facts, interaction, right)
  mayHold(call, interaction)
  const file = await mayConcern(facts, interaction, call.kind, standing?.file)
  return {
    ...judged,
    resource: call.resource,
    readable: (stored) => readable(stored, standing?.custodian ?? facts.custodian ?? null, file, interaction),
  }
}

const notFound = () => new HealthChainError('not-found', 'not-found', 'There is no such resource.')

/**
 * What is nobody's is in everybody's record: whoever takes the drug bears what it becomes, and for good; consents name teams,
 * and mean those who are in them; and everybody reads of a device of the catalogue. One that is a patient's is corrected as
 * consent allows.
 */
const HELD: readonly string[] = ['Medication', 'Group', 'CareTeam', 'PractitionerRole', 'Device']
const isEverybodys = (type: string, patient: string | null) =>
  HELD.includes(type) && (type !== 'Device' || patient === null)

/** The version that may be replaced, and what its patient consents to. */
async function mayReplace({ type, id, kind }: Call, interaction: Interaction, right: Right) {
  const { database, view, asker } = interaction
  const began = elapsed()
  const standing = await readStanding(database, type, id!, view, right)
  if (!standing) {
    await until(began + SILENCE)
    throw notFound()
  }
  const foreign = type !== 'Organization' && standing.custodian !== null && standing.custodian !== asker.organisation
  if (foreign && asker.role !== 'system' && asker.role !== 'patient' && asker.role !== 'proxy')
    throw forbidden('custodian', 'Another organisation holds this record: ask it to correct the record.')
  if (type === 'Organization') await mayRun(id!, interaction)
  const { resource, row, policies } = standing
  mayReach(admissions(view.scope, type, right), row.patient ?? undefined)
  if (isEverybodys(type, row.patient) && standing.custodian === null && asker.role !== 'system')
    throw forbidden('custodian', `Nobody holds this ${type}. Write yours under another id.`)
  const known = { stands: true, ...(row.patient && { patient: row.patient }), ...(policies !== null && { policies }) }
  const file = await mayConcern(settled(resource, standing.custodian), interaction, kind, known)
  return { row, file, resource, custodian: standing.custodian, policies }
}

async function factsToBe(
  { type, id, resource }: Call,
  { asker, database }: Interaction,
  standing: { readonly resource: Resource; readonly custodian: string | null } | undefined,
): Promise<Facts> {
  // As it will be stored: what the rules label is labelled before it is judged, and what somebody has labelled stays so.
  const named = { resourceType: type, ...resource, id: id ?? 'new' }
  const before = standing?.resource
  const medications = await readMedications(database, before ? [named, before] : [named])
  const whole = withLabels(named, before, medications)
  const { patient } = compartmentOf(whole)
  // As src/store/writer.ts and write-sql.ts will: who holds the patient holds what is written about them and held by nobody.
  const custodian =
    namedHolder(type, whole) ??
    (standing ? standing.custodian : asker.organisation) ??
    (patient === undefined || type === 'Patient' ? undefined : await holderOfPatient(database, patient))
  return factsOf(whole, { clinical: clinicalOf, ...(custodian != null && { custodian }) })
}

function namedHolder(type: string, resource: Record<string, unknown>): string | undefined {
  const element = SEARCH[type]!.custodian
  return element && custodianIn(resource, element)
}

function mayHold({ type, resource }: Call, { asker }: Interaction): void {
  const custodian = namedHolder(type, resource!)
  if (asker.role === 'system' || asker.organisation === undefined || custodian === undefined) return
  if (custodian !== asker.organisation)
    throw forbidden('custodian', 'A record is held by the organisation that writes it: name yours.')
}

/** A token for one patient writes into that record and nowhere else, though it reads directories. */
function mayReach(admitted: readonly Admission[], patient: string | undefined): void {
  if (!admitted.some((one) => one.patient === undefined || one.patient === patient))
    throw forbidden(
      'compartment',
      'The token is for one patient: write into their record, or use one that is not bound to a patient.',
    )
}

/** A device that was somebody's goes on telling of them: without the name everybody would read it. A Group loses a member, and tells nothing of them any more. */
function staysWithPatient({ type, patient }: Facts, { asker }: Interaction, before: string | null | undefined): void {
  if (type === 'Device' && before && patient === undefined && asker.role !== 'system')
    throw forbidden('no-patient', "This Device is a patient's: name them, or write a new Device.")
}

function mayStandIn(facts: Facts, { view }: Interaction, right: Right): void {
  const { type, patient, shared } = facts
  if (patient === undefined && (shared || SEARCH[type]?.directory !== true))
    throw forbidden('no-patient', `Name the one patient whom this ${type} is about.`)
  // A suffix narrows what may be found; what is not stored yet cannot be searched.
  const admitted = admissions(view.scope, type, right)
  const open = admitted.filter(({ filter }) => filter.length === 0)
  if (open.length === 0 && admitted.length > 0)
    throw forbidden('scope', `Writing ${type} needs a scope without a search suffix.`)
  mayReach(open, patient)
}

interface OnFile extends PatientOnFile {
  readonly patient?: string
}
const NOBODY: OnFile = { stands: true }
const noConsent = () =>
  forbidden('no-consent', 'There is no such patient, or no consent to write this about them for this purpose.')

/** Consent of the patient whom the resource is about. Nobody has consented to anything before they are registered. */
async function mayConcern(facts: Facts, interaction: Interaction, kind: Call['kind'], known?: OnFile): Promise<OnFile> {
  const { patient, type } = facts
  if (patient === undefined || (type === 'Patient' && kind === 'create')) return NOBODY
  const began = elapsed()
  const file =
    known?.patient === patient ? known : { patient, ...(await readPatientOnFile(interaction.database, patient)) }
  const action: Action = kind === 'create' ? 'collect' : 'correct'
  if (file.stands && (await consents(facts, file, interaction, ACTIONS[action]))) return file
  await until(began + SILENCE)
  throw noConsent()
}

/** What nobody denies may be recorded as if it were plain: who may see it afterwards is another question. */
async function consents(facts: Facts, { policies }: PatientOnFile, { view, database }: Interaction, actions: number) {
  const { scope } = view
  // Whoever denied everything can still say otherwise: one's own consents are not asked about one's own consents.
  if (facts.type === 'Consent' && facts.patient !== undefined && facts.patient === scope.own)
    return (facts.sensitivity & scope.law.denied) === 0
  const judge = policies === undefined ? undefined : await judgeFor(database, scope, policies, facts.type)
  const links = await readLinks(database, judge?.related ?? [])
  const verdict = judge?.verdict(() => ({ facts, actions, links }))
  if (actions !== ACTIONS.collect) return isTold(scope, facts, verdict)
  const shut = scope.law.denied | (verdict?.shut[facts.confidentiality] ?? 0)
  const level = Math.min(facts.confidentiality, NORMAL)
  const plain = altered(facts, { sensitivity: NONE, confidentiality: level })
  return (facts.sensitivity & shut) === 0 && isTold(scope, plain, verdict)
}

async function readable(
  stored: Resource,
  custodian: string | null,
  { policies }: PatientOnFile,
  interaction: Interaction,
): Promise<Resource | null> {
  const { view, database } = interaction
  if (!maySee(interaction, stored.resourceType, 'r')) return null
  const facts = settled(stored, custodian)
  const judge = policies === undefined ? undefined : await judgeFor(database, view.scope, policies, facts.type)
  // What hangs on other records is not read again for this: it is told when asked for.
  if (judge && judge.related.length > 0) return null
  const verdict = judge?.verdict(() => ({ facts, actions: readActions(view.scope, facts), links: () => new Set() }))
  // A suffix asks what only a search can answer.
  const admitted = admissions(view.scope, facts.type, 'r').filter(({ filter }) => filter.length === 0)
  if (!isAdmitted(admitted, facts) || !isTold(view.scope, facts, verdict)) return null
  const open = await opened(database, view.scope, stored, { custodian, policies: policies ?? null })
  return linked(view.mask(open) as Resource)
}
