// Which elements a caller never sees, by role and purpose, and what obligations add. Pure; src/consent/mask.ts acts on it.
import { TYPES } from '../fhir/generated/elements.ts'
import type { Asker, Role } from '../kernel/asker.ts'
import { isKindOf } from '../kernel/purpose.ts'
import { spell } from './element-paths.ts'

export interface Hidden {
  /** `Patient.telecom`; of a datatype, `Reference.display`: wherever a Reference stands. */
  readonly path: string
  readonly code: 'masked' | 'redacted'
  /** Id of the deciding rule: `role-matrix/researcher` or the obligation's. */
  readonly rule: string
  /** What would lift it, for people. */
  readonly lift: string
}
/** By resource type or datatype, each list in order of path and rule. */
export type HiddenElements = ReadonlyMap<string, readonly Hidden[]>

/** What a policy demands beside its permit; codes other than MASK and REDACT are not about elements. */
export interface ElementObligation {
  readonly id: string
  readonly code: string
  /** Paths by type, `telecom` or `Patient.telecom`. Absent: every element, since nothing says which may stay. */
  readonly elements?: Readonly<Record<string, readonly string[]>>
}

interface HiddenRow {
  /** Holds for these roles, and for any role that asks for one of these purposes. */
  readonly roles: readonly Role[]
  readonly purposes: readonly string[]
  readonly lift: string
  readonly elements: Readonly<Record<string, readonly string[]>>
}

const PERSON = ['identifier', 'name', 'telecom', 'address', 'photo', 'birthDate', 'extension']

/** Row name -> what is hidden. Narratives are not named: they go wherever anything of their type is hidden. */
export const HIDDEN: Readonly<Record<string, HiddenRow>> = {
  researcher: {
    roles: ['researcher'],
    purposes: ['HRESCH'],
    lift: 'Direct identifiers and free text stay hidden in research; ask for aggregates, or for a study with contact.',
    elements: {
      Patient: [...PERSON, 'contact', 'link'],
      RelatedPerson: [...PERSON, 'patient', 'gender', 'communication', 'relationship', 'period'],
      Practitioner: ['identifier', 'telecom', 'address', 'photo', 'birthDate'],
      PractitionerRole: ['telecom'],
      CareTeam: ['telecom'],
      Device: ['udiCarrier', 'distinctIdentifier', 'serialNumber', 'lotNumber', 'deviceName', 'contact', 'url'],
      DocumentReference: ['description', 'content.attachment'],
      DiagnosticReport: ['presentedForm', 'conclusion'],
      Observation: ['valueString', 'component.valueString'],
      CarePlan: ['title', 'description'],
      Dosage: ['text', 'patientInstruction'],
      Coverage: ['subscriberId', 'dependent'],
      // These name people wherever they stand.
      Identifier: ['value'],
      Reference: ['display', 'identifier'],
      Annotation: ['text'],
      Attachment: ['data', 'url', 'title', 'hash'],
      Extension: ['value'],
    },
  },
  payer: {
    roles: ['payer'],
    purposes: ['HPAYMT'],
    lift: 'Not needed for payment; the provider can disclose it for treatment.',
    elements: {
      Patient: ['photo', 'contact', 'communication', 'link'],
      RelatedPerson: ['photo', 'communication'],
      DocumentReference: ['content', 'description'],
      Annotation: ['text'],
    },
  },
  patient: {
    roles: ['patient', 'proxy'],
    purposes: ['PATRQT'],
    lift: 'Network addresses and the text of requests, which may name others, are told to auditors only.',
    elements: { AuditEvent: ['agent.network', 'entity.query', 'entity.description'] },
  },
}

type Into = Map<string, Hidden[]>
const IDENTITY = ['id', 'meta']

function add(into: Into, type: string, path: string, how: Omit<Hidden, 'path'>): void {
  const steps = path.startsWith(`${type}.`) ? path.slice(type.length + 1) : path
  spell(type, steps) // throws for what is no element: a rule that hides nothing would be believed
  const known = into.get(type) ?? []
  into.set(type, known)
  if (!known.some((h) => h.path === `${type}.${steps}` && h.rule === how.rule))
    known.push({ path: `${type}.${steps}`, ...how })
}

function addObligation(into: Into, { id, code, elements }: ElementObligation): void {
  if (code !== 'MASK' && code !== 'REDACT') return
  const how = {
    code: code === 'MASK' ? 'masked' : 'redacted',
    rule: id,
    lift: 'Consent or a policy that allows it.',
  } as const
  for (const [type, paths] of Object.entries(elements ?? everything()))
    for (const path of paths) add(into, type, path, how)
}

const resources = Object.entries(TYPES).filter(([, { kind }]) => kind === 'resource')
const everything = () =>
  Object.fromEntries(
    resources.map(([type, table]) => [type, Object.keys(table.elements).filter((name) => !IDENTITY.includes(name))]),
  )

/** Where anything of a type is hidden, its narrative is too: it may repeat it. A datatype stands in every resource. */
function addNarratives(into: Into): void {
  for (const hidden of into.values()) hidden.sort(byPath)
  const all = [...into].flatMap(([type, hidden]) => (TYPES[type]!.kind === 'resource' ? [] : hidden)).sort(byPath)
  for (const [type, { elements }] of resources) {
    const first = into.get(type)?.[0] ?? all[0]
    if (!first || !Object.hasOwn(elements, 'text')) continue
    const lift = 'Text may repeat what is hidden: it returns with the elements.'
    add(into, type, 'text', { code: first.code, rule: first.rule, lift })
  }
}

const byPath = (a: Hidden, b: Hidden) => compare(a.path, b.path) || compare(a.rule, b.rule)
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

// Most callers bring no obligations: for these the answer hangs on the rows alone, and its mask is made once.
const known = new Map<string, HiddenElements>()

/** @throws HealthChainError fault where an obligation names what is no element: it could not be kept. */
export function hiddenElements(
  { role, purpose }: Pick<Asker, 'role' | 'purpose'>,
  obligations: readonly ElementObligation[] = [],
): HiddenElements {
  const rows = Object.entries(HIDDEN).filter(
    ([, row]) => row.roles.includes(role) || row.purposes.some((wider) => isKindOf(purpose, wider)),
  )
  const key = obligations.length === 0 ? rows.map(([name]) => name).join() : undefined
  const made = key === undefined ? undefined : known.get(key)
  if (made) return made
  const into: Into = new Map()
  for (const [name, { elements, lift }] of rows)
    for (const [type, paths] of Object.entries(elements))
      for (const path of paths) add(into, type, path, { code: 'masked', rule: `role-matrix/${name}`, lift })
  for (const obligation of obligations) addObligation(into, obligation)
  addNarratives(into)
  for (const hidden of into.values()) hidden.sort(byPath)
  if (key !== undefined) known.set(key, into)
  return into
}

/** Hidden paths by type, as properties from that type down. */
export function hiddenNames(hidden: HiddenElements, type: string): string[][] {
  const paths = hidden.get(type) ?? []
  return paths.flatMap(({ path }) =>
    spell(type, path.slice(type.length + 1)).map((steps) => steps.map(([, property]) => property)),
  )
}
