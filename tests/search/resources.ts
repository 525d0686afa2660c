// Random small resources that have much in common, so that searches hit some of them and miss others.
import fc from 'fast-check'
import { spanOf } from '../fhir/calendar.ts'
import type { Node } from './oracle.ts'

type Arb<T> = fc.Arbitrary<T>
const from = <T>(...some: T[]) => fc.constantFrom(...some)
const some = <T>(one: Arb<T>, max = 2) => fc.array(one, { minLength: 1, maxLength: max })

/** Each member is there half of the time, and most of the time where it is the point of the type. */
function node(members: Record<string, Arb<unknown>>, often: string[] = []): Arb<Node> {
  const optional = Object.entries(members).map(([key, arb]) => [
    key,
    fc.option(arb, { nil: undefined, freq: often.includes(key) ? 8 : 2 }),
  ])
  return fc.record(Object.fromEntries(optional)).map((made) => {
    return Object.fromEntries(Object.entries(made as Node).filter(([, value]) => value !== undefined))
  })
}

export const SYSTEMS = ['http://s/1', 'http://s/2', 'urn:oid:1.2.3']
export const CODES = ['a', 'A', 'b', 'a b', '%', '_', '\\', '1', 'true', "x'y"]
const coding = node({ system: from(...SYSTEMS), code: from(...CODES), display: from('a', 'b') }, ['code', 'system'])
const concept = node({ coding: some(coding), text: from('a', 'Zoë') }, ['coding'])
const identifier = node({ system: from(...SYSTEMS), value: from(...CODES) }, ['value'])

export const TEXTS = [
  ...[
    'Müller',
    'muller',
    'MULLERSON',
    "O'Brien",
    'Ångström',
    'Angst',
    'a%b',
    'a_b',
    'a\\b',
    'aXb',
    '100%',
    '%',
    '_',
    '\\',
  ],
  ...[
    'Ana María',
    'Ana  Maria',
    'Ana\tMarí',
    'Anamaria',
    'Zoë',
    'Zoe\u0308',
    'Łukasz',
    'ﬁnn',
    'Ｗｉｄｅ',
    'ΑΣΠΑΣΙΑ',
    'Ασπα',
  ],
  ...[
    'Γιώργος',
    'İstanbul',
    'Isparta',
    'naïve',
    '李小龍',
    'é',
    'e',
    "d'Arc",
    'x,y',
    'x|y',
    'x$y',
    'a.b',
    '(a)',
    '[a]',
    '*',
  ],
  ...['a"b', ' Padded ', 'von der Leyen', 'Leyen', '\u{1f600} smile', 'Æsir', '5', '²'],
]
const text = from(...TEXTS)
const name = node({ family: text, given: some(text), text, prefix: some(from('Dr', 'Prof')), suffix: some(text, 1) }, [
  'family',
])
const address = node({
  use: from('home', 'work', 'old'),
  line: some(text),
  city: text,
  country: from('DE', 'FR'),
  text,
})
const telecom = node({ system: from('phone', 'email', 'fax'), value: from('1', '555 1', 'a@b.c') }, ['value'])

const two = (n: number) => String(n).padStart(2, '0')
const FAR = ['0001-01-01', '1899-12-31', '1969-12-31T23:59:59Z', '1970', '2100-06', '9999-12-31']
/** Mostly around one turn of the year, in every precision and many zones. */
export const dateText = fc
  .tuple(
    fc.nat(30),
    from('2019-12-30', '2019-12-31', '2020-01-01', '2020-01-02', '2020-02-29', '2020-03-01', '2021-01-01'),
    from(4, 7, 10, 10, 19, 19, 19),
    fc.tuple(from(0, 5, 12, 23), from(0, 30, 59), from(0, 59, 60)),
    from('', '', '.5', '.123', '.1239', '.000'),
    from('Z', 'Z', '+14:00', '-12:00', '+05:30', '-00:00'),
  )
  .map(([far, day, precision, [h, m, s], fraction, zone]) => {
    if (far < FAR.length) return FAR[far]!
    return precision < 19 ? day.slice(0, precision) : `${day}T${two(h)}:${two(m)}:${two(s)}${fraction}${zone}`
  })
const day = dateText.map((given) => given.slice(0, 10))
const instant = dateText.filter((given) => given.includes('T'))
const period = fc.tuple(dateText, dateText, fc.nat(9)).map(([a, b, open]): Node => {
  if (open === 0) return { start: a }
  if (open === 1) return { end: b }
  if (open === 2) return { id: 'unknown', extension: [{ url: 'http://a', valueCode: 'b' }] }
  const backwards = spanOf(a)!.from >= spanOf(b)!.to
  return backwards ? { start: b, end: a } : { start: a, end: b }
})
const timing = node({
  event: some(dateText, 3),
  code: concept,
  repeat: node({ boundsPeriod: period, count: from(1, 2) }),
})

export const IDS = ['1', '2', '3', '4']
export const HOST = 'https://other.example/fhir'
/** To the given types, in every way in which R4 lets one refer. */
const reference = (...types: string[]) =>
  fc.tuple(from(...types), from(...IDS), fc.nat(19)).map(([type, id, way]): Node => {
    if (way === 0) return { reference: `${type}/${id}/_history/2` }
    if (way === 1) return { reference: `${HOST}/${type}/${id}` }
    if (way === 2) return { reference: `${HOST}/${type}/${id}/_history/1`, type }
    if (way === 3) return { reference: '#c' }
    if (way === 4) return { identifier: { value: id }, type }
    if (way === 5) return { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' }
    if (way === 6) return { display: `${type}/${id}` }
    return { reference: `${type}/${id}`, display: 'x' }
  })
const people = reference('Practitioner', 'PractitionerRole', 'Patient', 'RelatedPerson')
const subject = reference('Patient', 'Patient', 'Patient', 'Group')

/** At most one of the variants of a choice. */
const oneOf = (...variants: [string, Arb<unknown>][]) =>
  fc.option(fc.oneof(...variants.map(([key, arb]) => arb.map((value) => ({ [key]: value })))), { nil: {}, freq: 6 })
const resource = (type: string, members: Record<string, Arb<unknown>>, often: string[], ...choices: Arb<Node>[]) =>
  fc
    .tuple(
      node(
        { identifier: some(identifier), meta: node({ tag: some(coding), security: some(coding) }), ...members },
        often,
      ),
      ...choices,
    )
    .map(([made, ...chosen]): Node => ({ resourceType: type, ...Object.assign({}, made, ...chosen) }))

export const RESOURCES: Record<string, Arb<Node>> = {
  Patient: resource(
    'Patient',
    {
      active: fc.boolean(),
      name: some(name),
      gender: from('male', 'female', 'other', 'unknown'),
      birthDate: day,
      telecom: some(telecom),
      address: some(address),
      communication: some(node({ language: concept }, ['language'])),
      generalPractitioner: some(reference('Practitioner', 'Organization', 'PractitionerRole')),
      managingOrganization: reference('Organization'),
      link: some(node({ other: reference('Patient', 'RelatedPerson'), type: from('seealso') }, ['other'])),
    },
    ['name', 'birthDate'],
    oneOf(['deceasedBoolean', fc.boolean()], ['deceasedDateTime', dateText]),
  ),
  Observation: resource(
    'Observation',
    {
      status: from('final', 'amended', 'registered'),
      category: some(concept),
      code: concept,
      subject: reference('Patient', 'Patient', 'Patient', 'Group', 'Device', 'Location'),
      performer: some(people, 3),
      encounter: reference('Encounter'),
      hasMember: some(reference('Observation')),
      component: some(node({ code: concept }, ['code'])),
    },
    ['code', 'subject', 'performer'],
    oneOf(
      ['effectiveDateTime', dateText],
      ['effectivePeriod', period],
      ['effectiveInstant', instant],
      ['effectiveTiming', timing],
    ),
    oneOf(
      ['valueString', text],
      ['valueCodeableConcept', concept],
      ['valueDateTime', dateText],
      ['valuePeriod', period],
      ['valueQuantity', fc.constant({ value: 1 })],
    ),
  ),
  MedicationRequest: resource(
    'MedicationRequest',
    {
      status: from('active', 'on-hold', 'stopped'),
      intent: from('order', 'plan'),
      priority: from('routine', 'urgent'),
      authoredOn: dateText,
      dosageInstruction: some(node({ timing }, ['timing'])),
      requester: people,
      encounter: reference('Encounter'),
      subject,
    },
    ['subject', 'dosageInstruction'],
    oneOf(['medicationCodeableConcept', concept], ['medicationReference', reference('Medication')]),
  ),
  Encounter: resource(
    'Encounter',
    {
      status: from('planned', 'finished', 'in-progress'),
      class: coding,
      type: some(concept),
      period,
      location: some(node({ location: reference('Location'), period }, ['period'])),
      participant: some(
        node({ individual: reference('Practitioner', 'PractitionerRole', 'RelatedPerson') }, ['individual']),
      ),
      partOf: reference('Encounter'),
      subject,
    },
    ['period', 'subject', 'location'],
  ),
  AllergyIntolerance: resource(
    'AllergyIntolerance',
    {
      clinicalStatus: concept,
      category: some(from('food', 'medication', 'environment')),
      criticality: from('low', 'high'),
      code: concept,
      recordedDate: dateText,
      lastOccurrence: dateText,
      patient: reference('Patient'),
      recorder: people,
      asserter: people,
      reaction: some(
        node({ substance: concept, manifestation: some(concept), onset: dateText, severity: from('mild', 'severe') }, [
          'onset',
        ]),
      ),
    },
    ['patient', 'recorder', 'reaction'],
  ),
}
