// What the caller tells the audit log: things that happened in one request, and who asked. Data only.
import type { Labels } from '../../consent/labels.ts'
import type { Asker } from '../../kernel/asker.ts'

export type Kind =
  | 'read'
  | 'vread'
  | 'history'
  | 'search'
  | 'create'
  | 'update'
  | 'delete'
  | 'refused'
  | 'sign-in'
  | 'sign-out'
  | 'consent-decision'
  | 'break-glass'
  | 'break-glass-end'
  /** The second wall disagreed with the first: a fault of ours, found before anything was told. */
  | 'wall'
  | 'export'
  | 'erase'
  | 'hold'
  | 'unhold'

/** https://hl7.org/fhir/R4/valueset-audit-event-outcome.html: success, minor, serious and major failure. */
export type Outcome = '0' | '4' | '8' | '12'

/** One thing that happened in one request. What reads tell of one patient becomes one AuditEvent. */
export interface Occurrence {
  readonly kind: Kind
  /** UUID that the event is to bear: of a write that of its entry in the log, which commits to it as its decision. */
  readonly id?: string
  /** Resource type. */
  readonly type?: string
  /** `Observation/1/_history/2` that were told or written: reads by id and writes, not searches. */
  readonly references?: readonly string[]
  /** Id of the patient whose compartment was touched; one occurrence per patient. */
  readonly patient?: string
  /** What is usual for the kind, if absent. */
  readonly outcome?: Outcome
  /** For people; never personal data. */
  readonly outcomeDesc?: string
  /** `Consent/1/_history/3` that decided. */
  readonly consents?: readonly string[]
  /** Root field of the GraphQL document, or name of the FHIR operation. */
  readonly operation?: string
  /** Highest security labels of what was told. */
  readonly labels?: Labels
}

export interface AuditContext {
  readonly asker?: Asker
  /** As src/kernel/clock prints an instant. */
  readonly at: string
  /** X-Request-Id. */
  readonly requestId: string
  /** This server: its public URL. */
  readonly observer: string
  /** Network address of the client. */
  readonly address?: string
  readonly query?: RawQuery
}

/** The raw request. */
export interface RawQuery {
  /** The GraphQL document; of a mutation its shape alone, empty for what is no request: src/server/raw-request.ts. */
  readonly document: string
  /** All else of the request, as the JSON text of one object: variables, the operation's name. */
  readonly rest?: string
}
