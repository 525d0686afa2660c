// Who saw or changed one patient's data, when and why, newest first: what HIPAA calls an accounting and GDPR Art. 15 asks for.
// Reads audit_event by patient alone; that the asker may see this patient's history is for the caller to have decided.
import { isKindOf } from '../../kernel/purpose.ts'
import type { Session } from '../database.ts'

export interface AccessPage {
  readonly limit: number
  /** Only what lies behind this entry. */
  readonly before?: { readonly instant: string; readonly id: string }
  /** Only what this organisation did, by its id. */
  readonly organisation?: string
}

export interface Access {
  readonly when: string
  /** `Practitioner/1`; absent where nobody was signed in. */
  readonly who?: string
  /** `Organization/1` */
  readonly organisation?: string
  readonly role?: string
  /** v3-ActReason code. */
  readonly purpose?: string
  readonly what: { readonly interaction: string; readonly types: readonly string[] }
  /** AuditEvent.outcome: `0` success, `4` `8` `12` failures. */
  readonly outcome: string
  /** Emergency treatment or break-glass. */
  readonly emergency: boolean
  /** Id of the AuditEvent. */
  readonly event: string
}

// What names the patient only as the user, such as signing in, is no access to the patient's data.
const SQL = `select content from audit_event
where patient = $1 and $2 = any(entity) and (date_low, id) < ($3::timestamptz, $4)
  and ($6::text is null or custodian = $6)
order by date_low desc nulls last, id desc limit $5`

export async function accessHistory(session: Session, patient: string, page: AccessPage): Promise<Access[]> {
  const { instant, id } = page.before ?? { instant: 'infinity', id: '' }
  const rows = await session.query<{ content: string }>({
    sql: SQL,
    parameters: [patient, `Patient/${patient}`, instant, id, page.limit, page.organisation ?? null],
  })
  return rows.map(({ content }) => accessOf(JSON.parse(content) as StoredEvent))
}

interface Coding {
  readonly system: string
  readonly code: string
}
interface Concept {
  readonly coding: readonly Coding[]
}
interface Reference {
  readonly reference?: string
}
/** As src/store/audit/event.ts prints it. */
interface StoredEvent {
  readonly id: string
  readonly recorded: string
  readonly outcome: string
  readonly subtype: readonly Coding[]
  readonly agent: readonly {
    readonly type: Concept
    readonly requestor: boolean
    readonly who: Reference
    readonly role?: readonly Concept[]
    readonly purposeOfUse?: readonly Concept[]
  }[]
  readonly entity: readonly { readonly type: Coding; readonly role?: Coding; readonly what?: Reference }[]
}

const codeOf = (concepts: readonly Concept[] | undefined) => concepts?.[0]?.coding[0]?.code

function accessOf({ id, recorded, outcome, subtype, agent, entity }: StoredEvent): Access {
  const user = agent.find(({ purposeOfUse }) => purposeOfUse !== undefined)
  const organisation = agent.find(({ who }) => who.reference?.startsWith('Organization/') && who !== user?.who)
  const [role, purpose] = [codeOf(user?.role), codeOf(user?.purposeOfUse)]
  return {
    when: recorded,
    ...(user?.who.reference && { who: user.who.reference }),
    ...(organisation?.who.reference && { organisation: organisation.who.reference }),
    ...(role && { role }),
    ...(purpose && { purpose }),
    what: { interaction: subtype[0]!.code, types: typesOf(entity) },
    outcome,
    emergency: purpose !== undefined && isKindOf(purpose, 'ETREAT'),
    event: id,
  }
}

/** Resource types of the data, not of the patient or of consents that decided. */
function typesOf(entities: StoredEvent['entity']): string[] {
  const types = new Set<string>()
  for (const { type, role, what } of entities) {
    // 4: domain resource, https://hl7.org/fhir/R4/valueset-object-role.html
    if (role?.code !== '4') continue
    types.add(what?.reference ? what.reference.slice(0, what.reference.indexOf('/')) : type.code)
  }
  return [...types]
}
