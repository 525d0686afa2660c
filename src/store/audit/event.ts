// What happened in one request -> AuditEvents ready to insert, https://hl7.org/fhir/R4/auditevent.html and IHE BALP. Pure but
// for the fresh ids. Every read pays for this: what requests share is in frames, and only the rest is printed here.
import { isId, parseLocalReference } from '../../fhir/references.ts'
import { newId } from '../../kernel/random.ts'
import { isPlain } from './agents.ts'
import { clean } from './codes.ts'
import { type AuditRow, explicitly, references } from './columns.ts'
import { consentEntity, labelCodes, type Named, nameOf, resourceEntity } from './entities.ts'
import type { Shape } from './frame.ts'
import { framesFor } from './frames.ts'
import { gather, type Happening } from './gather.ts'
import type { AuditContext, Occurrence } from './occurrence.ts'
import { type About, PROFILES } from './profiles.ts'
import { restMembers } from './raw-query.ts'

/** One AuditEvent per patient touched, one without where none was, one per resource written; in order. */
export function auditEvents(context: AuditContext, occurrences: readonly Occurrence[]): AuditRow[] {
  const printer = new Printer(context)
  return gather(occurrences).map((happening) => printer.event(happening))
}

const patientIn = (reference: string | undefined) =>
  reference?.startsWith('Patient/') ? parseLocalReference(reference)?.id : undefined

/** Of a resource: what it is searched by is the text before its version, as the view says. */
const USUAL = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/
const NONE: readonly Named[] = []

class Printer {
  readonly #frame: (shape: Shape) => AuditRow['shares']
  readonly #request: string
  readonly #address: string
  /** Made when the first event wants it. */
  #rest: string | undefined
  readonly #context: AuditContext
  readonly #custodian: string
  /** Id of the user, if a patient. */
  readonly #user: string
  /** Ids begin with the time, so that the index of ids grows at its end: RFC 9562, version 7. */
  readonly #moment: string

  constructor(context: AuditContext) {
    this.#context = context
    this.#frame = framesFor(context)
    this.#request = clean(context.requestId)
    this.#address = isPlain(context) ? context.address! : ''
    this.#custodian = clean(context.asker?.organisation ?? '')
    this.#user = patientIn(context.asker?.user) ?? ''
    const ms = Date.parse(context.at).toString(16).padStart(12, '0')
    this.#moment = `${ms.slice(0, 8)}-${ms.slice(8)}-7`
  }

  #restMembers(): string {
    this.#rest ??= restMembers(this.#context.query?.rest)
    return this.#rest
  }

  event(happening: Happening): AuditRow {
    const { kind, labels } = happening
    const profile = PROFILES[kind]
    const { about } = profile
    const subject = happening.patient === undefined ? undefined : clean(happening.patient)
    const data = about === 'data' && happening.references.length > 0 ? nameOf(happening.references[0]!) : undefined
    const others = othersOf(happening, about)
    const part = others.length === 0 ? '' : [...new Set(others.map(({ code }) => code))].join(' ')
    const request = this.#request !== '' && about !== 'decision'
    const shares = this.#frame({
      ...{ happening, profile, part, request },
      subject: subject !== undefined,
      data: data !== undefined,
    })
    const patients = patientsIn(subject, data, others)
    return {
      shares,
      id: happening.id ?? this.#moment + newId().slice(15),
      frame: shares.hash,
      recorded: this.#context.at,
      // Who is asked about; a patient who only asks is the one of an event that names no other.
      patient: subject ?? (patients.length === 0 ? this.#user : patients.length === 1 ? patients[0]! : ''),
      shared: patients.length > 1 ? 't' : 'f',
      custodian: this.#custodian,
      request: request ? this.#request : '',
      address: this.#address,
      rest: about === 'query' ? this.#restMembers() : '',
      data: data ?? '',
      labels:
        labels && (data !== undefined || about === 'query')
          ? labelCodes(`${labels.confidentiality} ${labels.sensitivity}`)
          : '',
      part: others.length === 0 ? '' : others.map(({ json }) => json).join(','),
      entity: entityOf(subject, data, others),
    }
  }
}

/** Ids of all whom the event is about. */
function patientsIn(subject: string | undefined, data: string | undefined, others: readonly Named[]): string[] {
  const found = subject !== undefined && isId(subject) ? [subject] : []
  const add = (reference: string | undefined) => {
    const patient = patientIn(reference)
    if (patient !== undefined && !found.includes(patient)) found.push(patient)
  }
  add(data)
  for (const { what } of others) add(what)
  return found
}

/** What the frame has no room for. BALP closes the list of what a decision may name. */
function othersOf({ references: all, consents }: Happening, about: About): readonly Named[] {
  const first = about === 'data' ? 1 : about === 'decision' ? all.length : 0
  if (all.length <= first && consents.length === 0) return NONE
  return [...all.slice(first).map(resourceEntity), ...consents.map(consentEntity)]
}

/** Empty where the view can tell from patient and data. */
function entityOf(subject: string | undefined, data: string | undefined, others: readonly Named[]): string {
  if (others.length === 0 && (subject === undefined || isId(subject)) && (data === undefined || USUAL.test(data)))
    return ''
  const named = subject === undefined ? [] : [`Patient/${subject}`]
  if (data !== undefined) named.push(data)
  return explicitly(references([...named, ...others.map(({ what }) => what)]))
}
