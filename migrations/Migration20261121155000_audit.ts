// audit_event: every AuditEvent as a row with the columns of a resource table, put together from entries and frames when it
// is read. Nothing but what a statement names is put together: each column looks its frame up by itself.
import { Migration } from '@mikro-orm/migrations'

const FROM = 'from audit_frame as f where f.hash = e.frame'
const ofFrame = (expression: string) => `(select ${expression} ${FROM})`

const BALP = 'http://terminology.hl7.org/CodeSystem'
const LABELS = `coalesce(',"securityLabel":[{"system":"${BALP}/v3-Confidentiality","code":"' || replace(e.labels, ' ', '"},{"system":"${BALP}/v3-ActCode","code":"') || '"}]', '')`
const RAW = `'{"query":' || f.document || coalesce(',' || e.rest, '') || '}'`

// https://www.postgresql.org/docs/current/functions-binarystring.html: encode breaks base64 into lines.
/** Hole -> what fills it; src/store/audit/holes.ts says what each is. */
const HOLES: readonly (readonly [hole: string, filling: string])[] = [
  ['0001', 'e.id'],
  ['0002', `to_char(e.recorded at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`],
  ['0003', `coalesce(e.address, '')`],
  ['0004', `to_json('Patient/' || coalesce(e.patient, ''))::text`],
  ['0005', `coalesce(to_json(e.data)::text, 'null')`],
  ['0006', LABELS],
  ['0007', `coalesce(replace(encode(convert_to(${RAW}, 'UTF8'), 'base64'), E'\\n', ''), '')`],
  ['0008', `coalesce(e.part, '')`],
  ['000E', `coalesce(to_json(e.request)::text, 'null')`],
]
const CONTENT = HOLES.reduce((text, [hole, filling]) => `replace(${text}, U&'\\${hole}', ${filling})`, 'f.template')

// Where an entry does not say whom and what it names, that is its patient and its data, both plain references.
const SUBJECT = "case when f.subject then 'Patient/' || e.patient end"
const DATA = "split_part(e.data, '/_history/', 1)"
const isOther = (named: string, known: string) => `case when ${named} is distinct from ${known} then ${named} end`
const ENTITY = `coalesce(e.entity, array_remove(array[${SUBJECT}, ${isOther(DATA, `(${SUBJECT})`)}], null))`
// A row that is not shared is about its patient alone, unless a caller sent as the patient what no id looks like.
const PATIENTS = `case when not e.shared and (e.patient is null or (e.patient ~ '^[A-Za-z0-9.-]+$' and length(e.patient) <= 64))
    then array_remove(array[f.own, ${isOther("('Patient/' || e.patient)", 'f.own')}], null)
    else array_remove(array[f.own], null) || array(
      select named from unnest(${ENTITY}) as named
      where named ~ '^Patient/[A-Za-z0-9.-]+$' and length(named) <= 72 and named is distinct from f.own) end`

/** Column -> what it is of an entry. */
const COLUMNS: readonly (readonly [column: string, expression: string])[] = [
  ['id', 'e.id'],
  ['version', '1'],
  ['last_updated', 'e.recorded'],
  ['deleted', 'false'],
  ['patient', 'e.patient'],
  ['shared', 'e.shared'],
  ['custodian', 'e.custodian'],
  ['confidentiality', '3::smallint'],
  ['sensitivity', '1'],
  ['facts', 'null::bigint[]'],
  ['lossless', 'false'],
  ['content', ofFrame(CONTENT)],
  ['_security', 'null::bigint[]'],
  ['_tag', 'null::bigint[]'],
  ['action', ofFrame('f.action')],
  ['address', ofFrame(`nullif(coalesce(U&'\\001F' || e.address, '') || coalesce(f.address, ''), '')`)],
  ['agent', ofFrame('f.agent')],
  ['agent_name', 'null::text'],
  ['agent_role', ofFrame('f.agent_role')],
  ['altid', 'null::bigint[]'],
  ['date_low', 'e.recorded'],
  // Recorded to the millisecond, so that is how long the moment lasts.
  ['date_high', "(e.recorded + interval '1 millisecond')::timestamptz(3)"],
  ['entity', ofFrame(`nullif(${ENTITY}, '{}')`)],
  ['entity_name', 'null::text'],
  ['entity_role', ofFrame('f.entity_role')],
  ['entity_type', ofFrame('f.entity_type')],
  ['outcome', ofFrame('f.outcome')],
  ['patient_refs', ofFrame(`nullif(${PATIENTS}, '{}')`)],
  ['site', 'null::bigint[]'],
  ['source', 'null::text'],
  ['subtype', ofFrame('f.subtype')],
  ['type', ofFrame('f.type')],
]

export class Migration20261121155000_audit extends Migration {
  override name = 'Migration20261121155000_audit'

  override up(): void {
    const names = COLUMNS.map(([column]) => `"${column}"`).join(', ')
    const entries = COLUMNS.map(([column, expression]) => `${expression} as "${column}"`).join(',\n  ')
    this.addSql(`create view audit_event as
select ${entries}
from audit_entry as e
union all
select ${names} from audit_event_foreign;`)
    for (const table of ['audit_frame', 'audit_entry', 'audit_event_foreign']) {
      this.addSql(`create trigger ${table}_append_only before update or delete on ${table}
  for each row execute function refuse_change();`)
      this.addSql(`create trigger ${table}_no_truncate before truncate on ${table}
  for each statement execute function refuse_change();`)
      this.addSql(`revoke update, delete, truncate on ${table} from public;`)
    }
  }
}
