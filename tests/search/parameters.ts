// What the search parameters of five resource types see, by hand from their definitions.
// https://hl7.org/fhir/R4/searchparameter-registry.html
import { type Span, spanOf } from '../fhir/calendar.ts'
import { type Node, type Parameter, sortable, type Token } from './oracle.ts'

/** The items of a list; what stands alone is a list of one. A string is a Node here too, until `texts` reads it. */
const list = (value: unknown) => (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Node[]
const texts = (value: unknown) => list(value).filter((v): v is never => typeof v === 'string') as string[]
const at = (r: unknown, ...path: string[]): Node[] =>
  path.reduce<Node[]>((nodes, step) => nodes.flatMap((node) => list(node[step])), list(r))

const codings = (nodes: Node[]): Token[] =>
  nodes.map(({ system, code }) => ({ system: system as string, code: code as string }))
const concepts = (nodes: Node[]) => codings(nodes.flatMap((node) => list(node.coding)))
const identifiers = (nodes: Node[]): Token[] =>
  nodes.map(({ system, value }) => ({ system: system as string, code: value as string }))
const contacts = (nodes: Node[]): Token[] => nodes.map(({ value }) => ({ code: value as string }))

const token = (of: (r: Node) => Token[]): Parameter => ({ type: 'token', of })
const code = (system: string, ...path: string[]): Parameter => ({
  type: 'token',
  of: (r) => texts(at(r, ...path)).map((c) => ({ system: `http://hl7.org/fhir/${system}`, code: c })),
  sort: (r) => texts(at(r, ...path))[0],
})
/** A plain code that repeats cannot be sorted by. */
const codes = (system: string, ...path: string[]) => token((code(system, ...path) as { of: (r: Node) => Token[] }).of)
const concept = (...path: string[]) => token((r) => concepts(at(r, ...path)))

const moments = (nodes: unknown[]): Span[] => texts(nodes).map((text) => spanOf(text)!)
const periods = (nodes: Node[]): Span[] =>
  nodes.flatMap(({ start, end }) => {
    const [from, to] = [start, end].map((text) => (typeof text === 'string' ? spanOf(text) : undefined))
    return from || to ? [{ from: from?.from ?? -Infinity, to: to?.to ?? Infinity }] : []
  })
const timings = (nodes: Node[]): Span[] =>
  nodes.flatMap((timing) => {
    const all = [...moments(at(timing, 'event')), ...periods(at(timing, 'repeat', 'boundsPeriod'))]
    return all.length === 0
      ? []
      : [{ from: Math.min(...all.map((s) => s.from)), to: Math.max(...all.map((s) => s.to)) }]
  })
const dates = (of: (r: Node) => Span[]): Parameter => ({ type: 'date', of })
const date = (of: (r: Node) => Span[]): Parameter => ({ type: 'date', of, sort: (r) => of(r)[0]?.from })
const moment = (...path: string[]) => date((r) => moments(at(r, ...path)))

const string = (of: (r: Node) => unknown[]): Parameter => ({ type: 'string', of: (r) => texts(of(r)) })
const parts = (nodes: Node[], ...names: string[]) => names.flatMap((name) => at(nodes, name))

/** Contained and logical references are not found by their text. */
const literals = (nodes: Node[]) => texts(nodes.map((n) => n.reference)).filter((text) => !text.startsWith('#'))
const references = (targets: string[], ...path: string[]): Parameter => ({
  type: 'reference',
  of: (r) => literals(at(r, ...path)),
  targets,
})
const reference = (targets: string[], ...path: string[]): Parameter => ({
  ...(references(targets, ...path) as Extract<Parameter, { type: 'reference' }>),
  sort: (r) => literals(at(r, ...path))[0]?.split('/_history/')[0],
})
const local = (type: string, of: (r: Node) => string[]) => (r: Node) =>
  of(r).filter((text) => text.startsWith(`${type}/`))
const patient = (...path: string[]): Parameter => {
  const of = local('Patient', (r) => literals(at(r, ...path)))
  return { type: 'reference', of, targets: ['Patient'], sort: (r) => of(r)[0]?.split('/')[1] }
}

const HUMAN = ['family', 'given', 'text', 'prefix', 'suffix']
const ADDRESS = ['line', 'city', 'district', 'state', 'postalCode', 'country', 'text']
const PEOPLE = ['Practitioner', 'PractitionerRole', 'Patient', 'RelatedPerson']

const COMMON: Record<string, Parameter> = {
  _id: { type: 'token', of: (r) => [{ code: String(r.id) }], sort: (r) => String(r.id) },
  _lastUpdated: moment('meta', 'lastUpdated'),
  _tag: token((r) => codings(at(r, 'meta', 'tag'))),
  _security: token((r) => codings(at(r, 'meta', 'security'))),
  identifier: token((r) => identifiers(at(r, 'identifier'))),
}

export const PARAMETERS: Record<string, Record<string, Parameter>> = {
  Patient: {
    ...COMMON,
    active: {
      type: 'token',
      of: (r) => at(r, 'active').map((value) => ({ code: String(value) })),
      sort: (r) => (r.active === undefined ? undefined : String(r.active)),
    },
    name: string((r) => parts(at(r, 'name'), ...HUMAN)),
    family: string((r) => at(r, 'name', 'family')),
    given: string((r) => at(r, 'name', 'given')),
    gender: code('administrative-gender', 'gender'),
    birthdate: moment('birthDate'),
    'death-date': moment('deceasedDateTime'),
    deceased: token((r) => [{ code: String(r.deceasedDateTime !== undefined || r.deceasedBoolean === true) }]),
    telecom: token((r) => contacts(at(r, 'telecom'))),
    email: token((r) => contacts(at(r, 'telecom').filter((t) => t.system === 'email'))),
    phone: token((r) => contacts(at(r, 'telecom').filter((t) => t.system === 'phone'))),
    address: string((r) => parts(at(r, 'address'), ...ADDRESS)),
    'address-city': string((r) => at(r, 'address', 'city')),
    'address-use': codes('address-use', 'address', 'use'),
    language: concept('communication', 'language'),
    'general-practitioner': references(['Practitioner', 'Organization', 'PractitionerRole'], 'generalPractitioner'),
    organization: reference(['Organization'], 'managingOrganization'),
    link: references(['Patient', 'RelatedPerson'], 'link', 'other'),
  },
  Observation: {
    ...COMMON,
    status: code('observation-status', 'status'),
    category: concept('category'),
    code: concept('code'),
    'component-code': concept('component', 'code'),
    'combo-code': token((r) => concepts([...at(r, 'code'), ...at(r, 'component', 'code')])),
    'value-concept': concept('valueCodeableConcept'),
    'value-string': {
      type: 'string',
      of: (r) => texts([...at(r, 'valueString'), ...at(r, 'valueCodeableConcept', 'text')]),
      sort: (r) => {
        const [text] = texts([...at(r, 'valueString'), ...at(r, 'valueCodeableConcept', 'text')])
        return text === undefined ? undefined : sortable(text)
      },
    },
    'value-date': date((r) => [...moments(at(r, 'valueDateTime')), ...periods(at(r, 'valuePeriod'))]),
    date: date((r) => [
      ...moments([...at(r, 'effectiveDateTime'), ...at(r, 'effectiveInstant')]),
      ...periods(at(r, 'effectivePeriod')),
      ...timings(at(r, 'effectiveTiming')),
    ]),
    subject: reference(['Patient', 'Group', 'Device', 'Location'], 'subject'),
    patient: patient('subject'),
    performer: references(['CareTeam', 'Organization', ...PEOPLE], 'performer'),
    encounter: reference(['Encounter', 'EpisodeOfCare'], 'encounter'),
    'has-member': references(['Observation', 'MolecularSequence', 'QuestionnaireResponse'], 'hasMember'),
  },
  MedicationRequest: {
    ...COMMON,
    status: code('CodeSystem/medicationrequest-status', 'status'),
    intent: code('CodeSystem/medicationrequest-intent', 'intent'),
    priority: code('request-priority', 'priority'),
    authoredon: moment('authoredOn'),
    date: dates((r) => moments(at(r, 'dosageInstruction', 'timing', 'event'))),
    code: concept('medicationCodeableConcept'),
    medication: reference(['Medication'], 'medicationReference'),
    requester: reference(['Device', 'Organization', ...PEOPLE], 'requester'),
    encounter: reference(['Encounter'], 'encounter'),
    subject: reference(['Patient', 'Group'], 'subject'),
    patient: patient('subject'),
  },
  Encounter: {
    ...COMMON,
    status: code('encounter-status', 'status'),
    class: token((r) => codings(at(r, 'class'))),
    type: concept('type'),
    date: date((r) => periods(at(r, 'period'))),
    'location-period': dates((r) => periods(at(r, 'location', 'period'))),
    location: references(['Location'], 'location', 'location'),
    participant: references(['Practitioner', 'PractitionerRole', 'RelatedPerson'], 'participant', 'individual'),
    practitioner: {
      type: 'reference',
      of: local('Practitioner', (r) => literals(at(r, 'participant', 'individual'))),
      targets: ['Practitioner'],
    },
    'part-of': reference(['Encounter'], 'partOf'),
    subject: reference(['Patient', 'Group'], 'subject'),
    patient: patient('subject'),
  },
  AllergyIntolerance: {
    ...COMMON,
    'clinical-status': concept('clinicalStatus'),
    category: codes('allergy-intolerance-category', 'category'),
    criticality: code('allergy-intolerance-criticality', 'criticality'),
    severity: codes('reaction-event-severity', 'reaction', 'severity'),
    code: token((r) => concepts([...at(r, 'code'), ...at(r, 'reaction', 'substance')])),
    manifestation: concept('reaction', 'manifestation'),
    date: moment('recordedDate'),
    'last-date': moment('lastOccurrence'),
    onset: dates((r) => moments(at(r, 'reaction', 'onset'))),
    patient: patient('patient'),
    recorder: reference(PEOPLE, 'recorder'),
    asserter: reference(PEOPLE, 'asserter'),
  },
}
