// What one request did, for the audit log: who was told of whom. Written down before the answer leaves, or nothing leaves.
import type { Facts } from '../consent/facts.ts'
import type { Right } from '../kernel/asker.ts'
import type { HealthChainError } from '../kernel/errors.ts'
import type { Statement } from '../search/compile.ts'
import { auditEvents } from '../store/audit/event.ts'
import type { AuditLog } from '../store/audit/log.ts'
import type { AuditContext, Kind, Occurrence } from '../store/audit/occurrence.ts'
import type { Session } from '../store/database.ts'
import type { Alongside, Written } from '../store/writer.ts'

type Change = 'create' | 'update' | 'delete'
const KINDS = { created: 'create', updated: 'update', deleted: 'delete' } as const
/** An update of what is not there creates it. */
const BECOMES: Record<Change, readonly Change[]> = {
  create: ['create'],
  update: ['create', 'update'],
  delete: ['delete'],
}
type Read = 'read' | 'vread' | 'history' | 'search'
interface Touched {
  readonly types: Set<string>
  readonly references: Set<string>
  confidentiality: number
  sensitivity: number
}

export class Trail {
  readonly #log: AuditLog
  readonly #context: AuditContext
  readonly #asked = new Map<string, Read>()
  /** By patient; '' for what belongs to none. */
  readonly #touched = new Map<string, Touched>()
  #others: Occurrence[] = []
  #sensitivity = 0
  readonly #refused = new Set<string>()

  constructor(log: AuditLog, context: AuditContext) {
    this.#log = log
    this.#context = context
  }

  /** An interaction began, whatever it finds. */
  asked(kind: Read, type: string): void {
    this.#asked.set(`${kind} ${type}`, kind)
  }

  told(facts: Facts, right: Right): void {
    const known = this.#touched.get(facts.patient ?? '')
    const touched = known ?? { types: new Set(), references: new Set(), confidentiality: 0, sensitivity: 0 }
    if (!known) this.#touched.set(facts.patient ?? '', touched)
    touched.types.add(facts.type)
    // What a search found is in its answer; only what was asked for by name is named here.
    if (right !== 's') touched.references.add(`${facts.type}/${facts.id}`)
    touched.confidentiality = Math.max(touched.confidentiality, facts.confidentiality)
    touched.sensitivity |= facts.sensitivity
    this.#sensitivity |= facts.sensitivity
  }

  /** Sensitivities of everything that was told so far. */
  get sensitivity(): number {
    return this.#sensitivity
  }

  happened(occurrence: Occurrence): void {
    this.#others.push(occurrence)
  }

  /** Once for each reason: a document may be refused a thousand times over. */
  refused({ code }: HealthChainError): void {
    if (this.#refused.has(code)) return
    this.#refused.add(code)
    this.happened({ kind: code === 'second-wall' ? 'wall' : 'refused', outcomeDesc: code })
  }

  /** What writes share may be gone: `written` stores it again. */
  forget(): void {
    this.#log.forget()
  }

  /** The events of writes of these kinds, for their own transaction on `database`; to be had before it begins. */
  async written(
    kinds: Iterable<Change>,
    patientOf: (written: Written) => string | undefined,
    database: Session,
  ): Promise<Alongside> {
    const told = [...new Set(kinds)].flatMap((kind) => BECOMES[kind])
    const alike = told.flatMap((kind) => [
      { kind, references: ['?'] },
      { kind, references: ['?'], patient: '?' },
    ])
    await this.#log.prepare(auditEvents(this.#context, alike), database)
    return (written) =>
      auditEvents(
        this.#context,
        written.flatMap((one) => {
          if (one.outcome === 'unchanged') return []
          const reference = `${one.type}/${one.id}/_history/${one.version}`
          const about = { kind: KINDS[one.outcome], type: one.type, references: [reference] }
          const named = { ...about, ...(one.entry !== undefined && { id: one.entry }) }
          // Whose record it was has lost it, and is told as well: all that a delete leaves to tell.
          const patients = new Set([patientOf(one), one.patientBefore].filter((patient) => patient !== undefined))
          return patients.size === 0
            ? [named]
            : [...patients].map((patient, i) => ({ ...(i === 0 ? named : about), patient }))
        }),
      )
  }

  /** Something else that happened, for the transaction that it stands or falls with. */
  happening(occurrence: Occurrence): Statement<unknown> {
    return this.#log.wholeStatementFor(auditEvents(this.#context, [occurrence]))
  }

  /** Resolves when everything so far is on disk. @throws HealthChainError if it cannot be: answer nothing then. */
  async settle(): Promise<void> {
    const occurrences = [...this.#reads(), ...this.#others]
    this.#asked.clear()
    this.#touched.clear()
    this.#others = []
    if (occurrences.length > 0) await this.#log.record(auditEvents(this.#context, occurrences))
  }

  /** One operation is one event for each patient, whatever its fields: a query, unless it only read by id. */
  *#reads(): Generator<Occurrence> {
    const kinds = new Set(this.#asked.values())
    const kind: Kind = kinds.size === 1 ? [...kinds][0]! : 'search'
    if (this.#touched.size === 0) {
      for (const asked of this.#asked.keys()) yield { kind, type: asked.slice(asked.indexOf(' ') + 1) }
      return
    }
    for (const [patient, { types, references, confidentiality, sensitivity }] of this.#touched) {
      const labels = { confidentiality, sensitivity }
      for (const type of types) {
        const named = kind === 'search' ? [] : [...references].filter((r) => r.startsWith(`${type}/`))
        yield { kind, type, labels, ...(named.length > 0 && { references: named }), ...(patient !== '' && { patient }) }
      }
    }
  }
}
