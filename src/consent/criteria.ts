// The criteria of one provision, read strictly: what we cannot enforce is `unreadable`, and the reader says why. Pure.
// https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision
import { type DateBounds, dateBounds } from '../fhir/dates.ts'
import { localReference, unversionedReference } from '../fhir/references.ts'
import { isObject } from '../kernel/json.ts'
import { ACT_REASON, isPurpose } from '../kernel/purpose.ts'
import { ACT_CODE, ALL, CONFIDENTIALITY, LEVELS, type Level, sensitivityMask } from './labels.ts'
import { ACTIONS, type Action, type DataCriterion, type LabelMasks } from './rule.ts'

type Node = Record<string, unknown>

/** A criterion that is there but cannot be enforced. */
export const UNREADABLE = Symbol('unreadable')
type Read<T> = T | typeof UNREADABLE | undefined

/** Who may receive, hold or have made the data; a role that is absent asks nothing. */
export interface Actors {
  readonly recipients?: readonly string[]
  readonly custodians?: readonly string[]
  readonly authors?: readonly string[]
}

/** What decides about the one who asks; nested provisions inherit what they leave out. */
export interface Context {
  readonly period: Read<DateBounds>
  readonly purposes: Read<readonly string[]>
  /** Break-glass is among the purposes, whether or not the others can be read. */
  readonly glass: true | undefined
  readonly actors: Read<Actors>
  readonly actions: Read<number>
}
/** What decides about the data; nested provisions replace all of it or none. */
export interface Data {
  readonly labels: Read<{ permit: LabelMasks; deny: LabelMasks }>
  readonly types: Read<readonly string[]>
  readonly profiles: Read<readonly string[]>
  readonly codes: Read<readonly string[]>
  readonly dataPeriod: Read<{ from: number | null; until: number | null }>
  readonly data: Read<DataCriterion>
}

const listOf = (value: unknown): unknown[] | undefined =>
  value === undefined ? undefined : Array.isArray(value) ? value : [value]

/** All or nothing: one value that cannot be read makes the criterion unreadable. */
function each<T>(values: unknown[] | undefined, read: (value: Node) => T | undefined): Read<readonly T[]> {
  if (values === undefined) return undefined
  const found = values.map((value) => (isObject(value) ? read(value) : undefined))
  return found.some((value) => value === undefined) ? UNREADABLE : (found as T[])
}

const codingsOf = (value: Node): Node[] => (Array.isArray(value.coding) ? value.coding.filter(isObject) : [])

/** Undefined for no period; a bound that is no date makes it unreadable. */
export function periodOf(value: unknown): Read<DateBounds> {
  if (value === undefined) return undefined
  if (!isObject(value)) return UNREADABLE
  const [low, high] = [value.start, value.end].map((at) => (typeof at === 'string' ? dateBounds(at) : undefined))
  if ((value.start !== undefined && !low) || (value.end !== undefined && !high)) return UNREADABLE
  return { low: low?.low ?? -Infinity, high: high?.high ?? Infinity }
}

const purpose = ({ system, code }: Node) =>
  system === ACT_REASON && typeof code === 'string' && isPurpose(code) ? code : undefined

type ActorRole = 'recipients' | 'custodians' | 'authors'
const ROLES: Readonly<Record<string, ActorRole>> = {
  IRCP: 'recipients',
  PRCP: 'recipients',
  CST: 'custodians',
  AUT: 'authors',
}

/** Undefined for a role that nobody here plays, and for two at once. */
function roleOf(codings: readonly Node[]): ActorRole | undefined {
  const roles = new Set(
    codings.map(({ code }) => (Object.hasOwn(ROLES, String(code)) ? ROLES[String(code)] : undefined)),
  )
  return roles.size === 1 ? [...roles][0] : undefined
}

function actorsOf(values: unknown[] | undefined): Read<Actors> {
  if (values === undefined) return undefined
  const made: Record<ActorRole, string[]> = {
    recipients: [],
    custodians: [],
    authors: [],
  }
  for (const actor of values) {
    const reference = isObject(actor) ? localReference(actor.reference) : undefined
    if (!isObject(actor) || !reference) return UNREADABLE
    const role = roleOf(isObject(actor.role) ? codingsOf(actor.role) : [])
    // Only organisations hold data; and who is said to be two things at once is said to be neither.
    if (role === undefined || (role === 'custodians' && !reference.startsWith('Organization/'))) return UNREADABLE
    made[role].push(role === 'custodians' ? reference.slice('Organization/'.length) : reference)
  }
  return Object.fromEntries(Object.entries(made).filter(([, list]) => list.length > 0))
}

const CONSENT_ACTION = 'http://terminology.hl7.org/CodeSystem/consentaction'

function actionsOf(values: unknown[] | undefined): Read<number> {
  const read = each(values, (concept) => {
    const codes = codingsOf(concept).filter(({ system }) => system === CONSENT_ACTION)
    return codes.map(({ code }) => ACTIONS[code as Action]).find((bit) => bit !== undefined)
  })
  return read === undefined || read === UNREADABLE ? read : read.reduce((mask, bit) => mask | bit, 0)
}

const namesGlass = (values: unknown[]) => values.some((value) => isObject(value) && purpose(value) === 'BTG')

export const contextOf = (provision: Node): Context => ({
  period: periodOf(provision.period),
  purposes: each(listOf(provision.purpose), purpose),
  glass: namesGlass(listOf(provision.purpose) ?? []) || undefined,
  actors: actorsOf(listOf(provision.actor)),
  actions: actionsOf(listOf(provision.action)),
})

type Label = { level: number } | { mask: number }

function label({ system, code }: Node): Label | undefined {
  const level = system === CONFIDENTIALITY ? LEVELS.indexOf(code as Level) : -1
  if (level >= 0) return { level }
  const mask = system === ACT_CODE && typeof code === 'string' ? sensitivityMask(code) : 0
  return mask === 0 ? undefined : { mask }
}

/** High-water mark both ways: who permits R permits what is below, who denies R denies what is above. */
function masks(labels: readonly Label[], covers: (level: number, row: number) => boolean): LabelMasks {
  const at = (row: number) =>
    labels.reduce((mask, l) => ('mask' in l ? mask | l.mask : covers(l.level, row) ? ALL : mask), 0)
  return LEVELS.map((_, row) => at(row)) as unknown as LabelMasks
}

function labelsOf(values: unknown[] | undefined): Data['labels'] {
  const read = each(values, label)
  if (read === undefined || read === UNREADABLE) return read
  return { permit: masks(read, (level, row) => row <= level), deny: masks(read, (level, row) => row >= level) }
}

const RESOURCE_TYPE = 'http://hl7.org/fhir/resource-types'

function classOf(values: unknown[] | undefined): Pick<Data, 'types' | 'profiles'> {
  const read = each(values, ({ system, code }) => {
    if (typeof code !== 'string') return undefined
    if (system === RESOURCE_TYPE && /^[A-Z][A-Za-z]+$/.test(code)) return { type: code }
    return system === 'urn:ietf:rfc:3986' && /^[a-z][\w+.-]*:/i.test(code) ? { profile: code } : undefined
  })
  if (read === undefined || read === UNREADABLE) return { types: read, profiles: undefined }
  const types = read.flatMap((c) => ('type' in c && c.type !== undefined ? [c.type] : []))
  const profiles = read.flatMap((c) => ('profile' in c && c.profile !== undefined ? [c.profile] : []))
  return { types, profiles: profiles.length > 0 ? profiles : undefined }
}

/** A concept with several codings names one thing in several systems: any of them is enough. */
function codesOf(values: unknown[] | undefined): Read<readonly string[]> {
  const read = each(values, (concept) => {
    const codes = codingsOf(concept).filter(
      ({ system, code }) => typeof system === 'string' && typeof code === 'string',
    )
    return codes.length > 0 ? codes.map(({ system, code }) => `${system}|${code}`) : undefined
  })
  return read === undefined || read === UNREADABLE ? read : read.flat()
}

function dataPeriodOf(value: unknown): Data['dataPeriod'] {
  const read = periodOf(value)
  if (read === undefined || read === UNREADABLE) return read
  const finite = (at: number) => (Number.isFinite(at) ? at : null)
  return { from: finite(read.low), until: finite(read.high) }
}

const MEANINGS = { instance: 'instances', dependents: 'dependents', related: 'related', authoredby: 'authors' } as const
/** What `related` may name: resources whose references say what belongs to an episode (PCF Intermediate). */
const RELATED = /^(?:Encounter|CarePlan)\//

function dataOf(values: unknown[] | undefined): Read<DataCriterion> {
  const read = each(values, ({ meaning, reference }) => {
    // Who agreed to one version of a resource has not agreed to what it says since.
    const name = unversionedReference(reference)
    const kind = MEANINGS[meaning as keyof typeof MEANINGS]
    if (!name || !kind || (kind === 'related' && !RELATED.test(name))) return undefined
    return { kind, name }
  })
  if (read === undefined || read === UNREADABLE) return read
  const of = (kind: keyof DataCriterion) => read.flatMap((d) => (d.kind === kind ? [d.name] : []))
  // What depends on a resource, or is related to it, counts the resource itself.
  const instances = [...of('instances'), ...of('dependents'), ...of('related')]
  return { instances, dependents: of('dependents'), related: of('related'), authors: of('authors') }
}

export const dataCriteriaOf = (provision: Node): Data => ({
  labels: labelsOf(listOf(provision.securityLabel)),
  ...classOf(listOf(provision.class)),
  codes: codesOf(listOf(provision.code)),
  dataPeriod: dataPeriodOf(provision.dataPeriod),
  data: dataOf(listOf(provision.data)),
})

export const asksOfData = (data: Data): boolean => Object.values(data).some((criterion) => criterion !== undefined)
