// What happened in one request -> AuditEvents ready to insert, https://hl7.org/fhir/R4/auditevent.html and IHE BALP. Pure but
// for the fresh ids. Every read pays for this: what the events of a request share is printed once, then spliced.
import { parseLocalReference } from '../../fhir/references.ts'
import { newId } from '../../kernel/random.ts'
import { clean } from './codes.ts'
import { type AuditRow, entityCodes, references } from './columns.ts'
import {
  consentEntity,
  dataEntity,
  type Entity,
  patientEntity,
  queryEntity,
  requestEntity,
  resourceEntity,
  tokenEntity,
  typeEntity,
} from './entities.ts'
import { type Frame, frameKey, makeFrame } from './frame.ts'
import { gather, type Happening } from './gather.ts'
import type { AuditContext, Occurrence } from './occurrence.ts'

/** One AuditEvent per patient touched, one without where none was, one per resource written; in order. */
export function auditEvents(context: AuditContext, occurrences: readonly Occurrence[]): AuditRow[] {
  const printer = new Printer(context)
  return gather(occurrences).map((happening) => printer.event(happening))
}

const patientIn = (reference: string | undefined) =>
  reference?.startsWith('Patient/') ? parseLocalReference(reference)?.id : undefined

class Printer {
  readonly #context: AuditContext
  readonly #frames = new Map<string, Frame>()
  /** Made when the first event wants it. */
  #query: ReturnType<typeof queryEntity> | undefined
  readonly #request: Entity | undefined
  readonly #token: Entity | undefined
  /** Id of the user, if a patient. */
  readonly #user: string | undefined

  constructor(context: AuditContext) {
    this.#context = context
    this.#request = requestEntity(context)
    this.#token = tokenEntity(context)
    this.#user = patientIn(context.asker?.user)
  }

  event(happening: Happening): AuditRow {
    const frame = this.#frame(happening)
    const id = newId()
    const entities = this.#entities(happening, frame)
    const about: string[] = []
    let [list, names] = ['', '']
    for (const { json, code, what } of entities) {
      list += list === '' ? json : `,${json}`
      names += names === '' ? code : ` ${code}`
      if (what !== undefined) about.push(what)
    }
    const patients = this.#patients(about)
    return {
      ...frame.columns,
      id,
      // An event of one patient's data that another patient reads is the former's, though it names both.
      patient: happening.patient === undefined ? (patients.length === 1 ? patients[0]! : '') : clean(happening.patient),
      shared: String(patients.length > 1),
      content: `{"resourceType":"AuditEvent","id":"${id}",${frame.json}${list === '' ? '' : `,"entity":[${list}]`}}`,
      entity: references(about),
      ...entityCodes(names),
      patient_refs: references(patients.map((patient) => `Patient/${patient}`)),
    }
  }

  /** Ids of all that the event names, the user first. */
  #patients(about: readonly string[]): string[] {
    const found = this.#user === undefined ? [] : [this.#user]
    for (const what of about) {
      const patient = patientIn(what)
      if (patient !== undefined && !found.includes(patient)) found.push(patient)
    }
    return found
  }

  #frame(happening: Happening): Frame {
    const key = frameKey(happening)
    const made = this.#frames.get(key) ?? makeFrame(this.#context, happening)
    this.#frames.set(key, made)
    return made
  }

  #entities({ patient, references, types, consents, labels, operation }: Happening, { profile }: Frame): Entity[] {
    const entities = patient === undefined ? [] : [patientEntity(patient)]
    const { about } = profile
    if (about === 'data' && references.length > 0) entities.push(dataEntity(references[0]!, labels))
    if (about === 'query') {
      this.#query ??= queryEntity(this.#context)
      entities.push(this.#query(labels, operation))
    }
    // BALP closes the list of what a decision may name.
    if (about !== 'decision') {
      for (const type of types) if (about !== 'data') entities.push(typeEntity(type))
      for (const more of about === 'data' ? references.slice(1) : references) entities.push(resourceEntity(more))
    }
    for (const consent of consents) entities.push(consentEntity(consent))
    const last = about === 'decision' ? this.#token : this.#request
    if (last) entities.push(last)
    return entities
  }
}
