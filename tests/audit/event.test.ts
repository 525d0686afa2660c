// Audit events against FHIR and IHE BALP, https://profiles.ihe.net/ITI/BALP; the table is written from the profiles alone.
import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { validate } from '../../src/fhir/validate.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import type { AuditContext, Kind, Occurrence } from '../../src/store/audit/occurrence.ts'
import { DOCUMENT_MAX, REST_MAX } from '../../src/store/audit/raw-query.ts'
import { CONTEXT, contentOf, KINDS, NURSE, OCCURRENCES, PATIENT, RAW } from './sample.ts'

interface Concept {
  coding: { system: string; code: string }[]
}
// biome-ignore lint/suspicious/noExplicitAny: reading JSON of known shape
type Event = any

const events = (occurrences: Occurrence[], context: AuditContext = CONTEXT): Event[] =>
  auditEvents(context, occurrences).map((row) => JSON.parse(contentOf(row)))
const event = (kind: Kind, context?: AuditContext): Event => events([OCCURRENCES[kind]], context)[0]

const DCM = 'http://dicom.nema.org/resources/ontology/DCM'
const REST = ['http://terminology.hl7.org/CodeSystem/audit-event-type', 'rest']
const rest = (code: string) => ['http://hl7.org/fhir/restful-interaction', code]
const dcm = (code: string) => [DCM, code]
const [SOURCE, DESTINATION, APPLICATION] = [dcm('110153'), dcm('110152'), dcm('110150')]
const user = (code: string) => ['http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code]
const [AUT, IRCP] = [user('AUT'), user('IRCP')]
const CUSTODIAN = ['http://terminology.hl7.org/CodeSystem/provenance-participant-type', 'custodian']
const AUTHSERVER = ['http://terminology.hl7.org/CodeSystem/extra-security-role-type', 'authserver']
const AUTHZ = ['https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType', 'AuthZ-Consent']
const LIFECYCLE = (code: string) => ['http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code]
const DISCLOSE = LIFECYCLE('disclose')

// biome-ignore format: a table is read by its columns
const TABLE: [kind: Kind, profile: string | undefined, type: string[], subtype: string[], action: string, outcome: string, client: string[], server: string[], user: string[]][] = [
  ['read',             'PatientRead',              REST,          rest('read'),             'R', '0',  DESTINATION, SOURCE,      IRCP],
  ['vread',            'PatientRead',              REST,          rest('vread'),            'R', '0',  DESTINATION, SOURCE,      IRCP],
  ['history',          undefined,                  REST,          rest('history-instance'), 'R', '0',  DESTINATION, SOURCE,      IRCP],
  ['search',           'PatientQuery',             REST,          rest('search-type'),      'E', '0',  SOURCE,      DESTINATION, IRCP],
  ['create',           'PatientCreate',            REST,          rest('create'),           'C', '0',  SOURCE,      DESTINATION, AUT],
  ['update',           'PatientUpdate',            REST,          rest('update'),           'U', '0',  SOURCE,      DESTINATION, AUT],
  ['delete',           'PatientDelete',            REST,          rest('delete'),           'D', '0',  APPLICATION, CUSTODIAN,   AUT],
  ['refused',          undefined,                  REST,          rest('operation'),        'E', '4',  SOURCE,      DESTINATION, IRCP],
  ['sign-in',          undefined,                  dcm('110114'), dcm('110122'),            'E', '0',  APPLICATION, AUTHSERVER,  IRCP],
  ['sign-out',         undefined,                  dcm('110114'), dcm('110123'),            'E', '0',  APPLICATION, AUTHSERVER,  IRCP],
  ['consent-decision', 'AuthZconsent',             dcm('110113'), AUTHZ,                    'E', '8',  APPLICATION, AUTHSERVER,  IRCP],
  ['break-glass',      undefined,                  dcm('110113'), dcm('110127'),            'E', '0',  APPLICATION, CUSTODIAN,   IRCP],
  ['break-glass-end',  undefined,                  dcm('110113'), dcm('110138'),            'E', '0',  APPLICATION, CUSTODIAN,   IRCP],
  ['wall',             undefined,                  dcm('110113'), ['https://healthchain.example/fhir/CodeSystem/audit-event', 'second-wall'], 'E', '12', APPLICATION, CUSTODIAN, IRCP],
  ['export',           'PrivacyDisclosure.Source', dcm('110106'), DISCLOSE,                 'R', '0',  DESTINATION, SOURCE,      IRCP],
  ['erase',            undefined,                  dcm('110110'), LIFECYCLE('destroy'),     'D', '0',  APPLICATION, CUSTODIAN,   AUT],
  ['hold',             undefined,                  dcm('110110'), LIFECYCLE('hold'),        'U', '0',  APPLICATION, CUSTODIAN,   AUT],
  ['unhold',           undefined,                  dcm('110110'), LIFECYCLE('unhold'),      'U', '0',  APPLICATION, CUSTODIAN,   AUT],
]

const pair = ({ system, code }: { system: string; code: string }) => [system, code]
const typed = (items: Event[], [system, code]: string[]): Event[] =>
  items.filter(({ type }: { type: Concept & { system?: string; code?: string } }) =>
    (type.coding ?? [type]).some((c) => c.system === system && c.code === code),
  )
const entity = (code: string) => ['http://terminology.hl7.org/CodeSystem/audit-entity-type', code]
const profileUrl = (name: string) => `https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.${name}`

describe('https://profiles.ihe.net/ITI/BALP', () => {
  test('every kind has a row', () => expect(TABLE.map(([kind]) => kind).sort()).toEqual([...KINDS].sort()))

  it.each(TABLE)('%s: fixed values', (kind, profile, type, subtype, action, outcome, client, server, person) => {
    const made = event(kind)
    expect(validate('AuditEvent', made)).toEqual([])
    expect(made.meta.profile).toEqual(
      [profile, 'OAUTHaccessTokenUse.Minimal'].flatMap((name) => (name ? profileUrl(name) : [])),
    )
    expect(pair(made.type)).toEqual(type)
    expect(pair(made.subtype[0])).toEqual(subtype)
    expect([made.action, made.outcome, made.recorded]).toEqual([action, outcome, CONTEXT.at])
    const [one, two, three] = [client, server, person].map((code) => typed(made.agent, code)[0])
    expect(one).toMatchObject({
      requestor: false,
      who: { identifier: { value: 'ward-app' } },
      network: { address: '2001:db8::17', type: '2' },
    })
    expect(two.who).toEqual(made.source.observer)
    expect(two.who.identifier.value).toBe(CONTEXT.observer)
    expect(two.network).toEqual(kind === 'consent-decision' ? undefined : { address: CONTEXT.observer, type: '5' })
    expect(three).toMatchObject({
      requestor: true,
      who: { reference: 'Practitioner/nurse-1', identifier: { system: NURSE.issuer, value: 'user-7' } },
      policy: ['urn:ietf:params:oauth:jti:b1946ac9-2f7a'],
    })
    expect(pair(three.role[0].coding[0])).toEqual(['https://healthchain.example/fhir/CodeSystem/role', 'nurse'])
    const purpose = kind.startsWith('break-glass') ? 'BTG' : 'TREAT'
    expect(three.purposeOfUse[0].coding).toEqual([
      { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: purpose },
    ])
    expect(three.network ?? three.media).toBeUndefined()
    expect(
      typed(made.agent, ['https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes', 'UserOauthAgent']),
    ).toEqual([three])
    for (const code of [client, server, person]) expect(typed(made.agent, code)).toHaveLength(1)
  })

  it.each(['read', 'vread', 'create', 'update', 'delete'] as const)('%s: one data entity and one patient', (kind) => {
    const made = event(kind)
    const [data, ...others] = typed(made.entity, entity('2'))
    expect(others).toEqual([])
    expect(data).toMatchObject({ what: { reference: OCCURRENCES[kind].references![0] }, role: { code: '4' } })
    expect(typed(made.entity, entity('1'))).toMatchObject([
      {
        what: { reference: 'Patient/p1' },
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1' },
      },
    ])
  })

  it('search: one query entity with the raw request, without what, lifecycle or detail', () => {
    const made = event('search')
    const [query, ...others] = typed(made.entity, entity('2'))
    expect(others).toEqual([])
    expect(Object.keys(query).sort()).toEqual(['description', 'query', 'role', 'securityLabel', 'type'])
    expect(query.role.code).toBe('24')
    expect(Buffer.from(query.query, 'base64').toString()).toBe(RAW)
    expect(query.securityLabel.map(pair)).toEqual([
      ['http://terminology.hl7.org/CodeSystem/v3-Confidentiality', 'R'],
      ['http://terminology.hl7.org/CodeSystem/v3-ActCode', expect.any(String)],
    ])
    expect(made.subtype.map(pair)).toEqual([rest('search-type'), rest('operation')])
    expect(typed(made.entity, ['http://hl7.org/fhir/resource-types', 'Observation'])).toHaveLength(1)
  })

  it('X-Request-Id stands in every event but a decision, whose entities BALP closes', () => {
    const type = ['https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', 'XrequestId']
    for (const kind of KINDS)
      expect(typed(event(kind).entity, type).map((e) => e.what.identifier.value)).toEqual(
        kind === 'consent-decision' ? [] : ['3d7f-44'],
      )
    const closed = event('consent-decision').entity.map((e: Event) => pair(e.type))
    expect(closed).toEqual([
      entity('1'),
      ['http://hl7.org/fhir/resource-types', 'Consent'],
      ['http://hl7.org/fhir/resource-types', 'Consent'],
      ['https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes', 'UserOauthAgent'],
    ])
  })

  it('a decision names the organisation, or says that none applies', () => {
    const organisation = ['http://terminology.hl7.org/CodeSystem/v3-RoleClass', 'PROV']
    expect(typed(event('consent-decision').agent, organisation)).toMatchObject([
      { who: { reference: 'Organization/north' }, requestor: false },
    ])
    const own = event('consent-decision', { ...CONTEXT, asker: PATIENT })
    expect(validate('AuditEvent', own)).toEqual([])
    expect(typed(own.agent, organisation)[0].who.extension[0].valueCode).toBe('not-applicable')
  })

  it('a decision without a consent rests on roles, outside the profile', () => {
    const [made] = events([{ kind: 'consent-decision', patient: 'p1' }])
    expect(made.subtype[0].code).toBe('AuthZ-Role')
    expect(made.meta.profile).toEqual([profileUrl('OAUTHaccessTokenUse.Minimal')])
  })
})

describe('one event', () => {
  const patients = (made: Event[]) => made.map((e) => typed(e.entity, entity('1')).map((p) => p.what.reference))

  it('per patient that a search touched, and one where it touched none', () => {
    const search = (patient: string, type: string): Occurrence => ({ kind: 'search', patient, type })
    const made = events([search('p1', 'Patient'), search('p2', 'Patient'), search('p1', 'Observation')])
    expect(patients(made)).toEqual([['Patient/p1'], ['Patient/p2']])
    const types = made[0].entity.filter((e: Event) => e.type.system === 'http://hl7.org/fhir/resource-types')
    expect(types.map((e: Event) => e.type.code)).toEqual(['Patient', 'Observation'])
    const [none, ...more] = events([{ kind: 'search', type: 'Organization' }])
    expect(more).toEqual([])
    expect(none.meta.profile[0]).toBe(profileUrl('Query'))
    expect(patients([none])).toEqual([[]])
  })

  it('per resource written', () => {
    const references = ['Observation/a/_history/1', 'Observation/b/_history/1']
    const made = events([{ kind: 'create', type: 'Observation', patient: 'p1', references }])
    expect(made.map((e) => typed(e.entity, entity('2'))[0].what.reference)).toEqual(references)
  })

  it('for several reads of one patient: the first as BALP data, the others by their type', () => {
    const references = Array.from({ length: 150 }, (_, i) => `Observation/o${i}/_history/1`)
    const made = events([{ kind: 'read', patient: 'p1', references }])
    expect(
      made.flatMap((e) => e.entity.flatMap((x: Event) => x.what?.reference ?? [])).filter((r) => r !== 'Patient/p1'),
    ).toEqual(references)
    for (const e of made) expect(typed(e.entity, entity('2'))).toHaveLength(1)
  })

  it('is never left out, and stands in the order told', () => {
    const made = events(KINDS.map((kind) => OCCURRENCES[kind]))
    expect(made.map((e) => `${e.type.code} ${e.subtype[0].code}`)).toEqual(
      KINDS.map((kind) => `${event(kind).type.code} ${event(kind).subtype[0].code}`),
    )
  })
})

describe('attacks', () => {
  it('a request longer than the limit keeps its beginning and the SHA-256 of the whole', () => {
    const [document, rest] = ['é'.repeat(2 * DOCUMENT_MAX), JSON.stringify({ variables: { a: 'b'.repeat(REST_MAX) } })]
    const made = event('search', { ...CONTEXT, query: { document, rest } })
    expect(validate('AuditEvent', made)).toEqual([])
    const [query] = typed(made.entity, entity('2'))
    const told = JSON.parse(Buffer.from(query.query, 'base64').toString())
    expect(told).toEqual({
      query: document.slice(0, DOCUMENT_MAX),
      beginning: rest.slice(0, REST_MAX),
      characters: rest.length,
      sha256: hash('sha256', rest, 'hex'),
    })
    expect(query.description).toMatch(
      /first 16384 of 32768 characters of the document, SHA-256 of all [0-9a-f]{64}; of all/,
    )
  })

  it('one request that asks the same of a patient thirty times is one line in their history', () => {
    const again = (kind: Kind, more: Partial<Occurrence> = {}) =>
      Array.from(
        { length: 30 },
        (_, i): Occurrence => ({ kind, patient: 'p1', consents: [`Consent/c${i % 2}`], ...more }),
      )
    for (const kind of KINDS.filter((k) => !['create', 'update', 'delete'].includes(k)))
      expect(events(again(kind)), kind).toHaveLength(1)
    const [decided] = events(again('consent-decision'))
    const consents = typed(decided.entity, ['http://hl7.org/fhir/resource-types', 'Consent'])
    expect(consents.map((e) => e.what.reference)).toEqual(['Consent/c0', 'Consent/c1'])
    // What differs in what came of it, or in whom it is about, stays apart.
    const apart = [...again('consent-decision'), ...again('consent-decision', { outcome: '8', patient: 'p2' })]
    expect(events([...apart, ...again('consent-decision', { outcome: '8' })])).toHaveLength(3)
    expect(events(again('update', { references: ['Observation/o1'] }))).toHaveLength(30)
  })

  it('credentials: no sign-in repeats the request', () => {
    for (const kind of ['sign-in', 'sign-out'] as const)
      expect(JSON.stringify(event(kind))).not.toContain(Buffer.from(RAW).toString('base64'))
  })

  it('nobody signed in: the event is valid and the client is the requestor', () => {
    const { asker: _, address: __, query: ___, ...stranger } = CONTEXT
    for (const kind of KINDS) {
      const made = event(kind, stranger)
      expect(validate('AuditEvent', made)).toEqual([])
      expect(made.agent.filter((a: Event) => a.requestor)).toHaveLength(1)
    }
  })

  test('whatever callers send, every event is valid FHIR and says what its kind says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 })
    const asker = fc.record({ client: text, subject: text, token: text })
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), asker, text, text, text, (kind, sent, requestId, query, operation) => {
        const context = { ...CONTEXT, asker: { ...NURSE, ...sent }, requestId, query: { document: query } }
        const [made] = events([{ ...OCCURRENCES[kind], operation, outcomeDesc: operation }], context)
        expect(validate('AuditEvent', made)).toEqual([])
        expect(made.subtype).toEqual(event(kind).subtype)
      }),
    )
  })
})

test('a frame found again is the frame that would be made', () => {
  const word = fc.constantFrom('', ' ', 'a', 'b', '2001:db8::17', '1 1 ab', 'x\u0000y')
  const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 2 })
  const sent = fc.record({
    observer: word,
    requestId: word,
    address: maybe(word),
    query: maybe(fc.record({ document: word, rest: fc.constantFrom('{}', JSON.stringify('r'.repeat(REST_MAX))) })),
  })
  const happening = fc.record(
    {
      kind: fc.constantFrom(...KINDS),
      outcome: fc.constantFrom('0', '8'),
      outcomeDesc: word,
      operation: word,
      type: fc.constantFrom('Patient', 'Observation', 'a b'),
      patient: word,
      references: fc.subarray(['Observation/1', 'Patient/1', 'Group/1']),
      consents: fc.subarray(['Consent/1', 'Consent/2']),
    },
    { requiredKeys: ['kind'] },
  )
  const present = <T extends object>(all: T) =>
    Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined))
  fc.assert(
    fc.property(sent, fc.array(happening, { maxLength: 5 }), (request, happened) => {
      const occurrences = happened.map(present) as unknown as Occurrence[]
      const made = (asker: AuditContext['asker']) =>
        auditEvents(
          {
            ...CONTEXT,
            asker,
            ...present(request),
            ...{ address: request.address, query: request.query },
          } as AuditContext,
          occurrences,
        )
      // Another object: nothing was made for it before.
      expect(made(NURSE).map(({ shares }) => shares)).toEqual(made({ ...NURSE }).map(({ shares }) => shares))
    }),
    { numRuns: 2000 },
  )
})
