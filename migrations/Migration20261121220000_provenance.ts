// The FHIR Provenance of each version: printed, whenever it is read, from the version, its leaf and a frame that all writes
// of one asker share. src/store/provenance/text.ts prints the same text for the leaf to commit to.
import { Migration } from '@mikro-orm/migrations'

/** Hole -> what fills it; src/store/provenance/holes.ts says what each is. */
const HOLES: readonly (readonly [hole: string, filling: string])[] = [
  ['0001', 'entry::text'],
  ['0002', `to_char(recorded at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`],
  ['0003', "type || '/' || id"],
  ['0004', 'version::text'],
  ['0005', 'upper(operation)'],
  [
    '0006',
    `case when version = 1 then '' else ',"entity":[{"role":"' || case when operation = 'delete' then 'removal' else 'revision' end
    || '","what":{"reference":"' || type || '/' || id || '/_history/' || version - 1 || '"}}]' end`,
  ],
]
const TEXT = HOLES.reduce((text, [hole, filling]) => `replace(${text}, U&'\\${hole}', ${filling})`, 'template')

const TARGET = "array[v.type || '/' || v.id]"
const before = (column: string) =>
  `(select b.${column} from resource_version as b where b.type = v.type and b.id = v.id and b.version = v.version - 1)`
/** A delete is judged by what stood before it. */
const ofContent = (column: string) => `case when v.content is null then ${before(column)} else v.${column} end`

/** Column -> what it is: first those of the table provenance, then whose version the Provenance is of. */
const COLUMNS: readonly (readonly [column: string, expression: string])[] = [
  ['id', 'l.entry::text'],
  ['version', '1'],
  ['last_updated', 'v.last_updated'],
  ['deleted', 'false'],
  ['patient', 'v.patient'],
  ['shared', 'v.shared'],
  ['custodian', 'v.custodian'],
  ['confidentiality', 'v.confidentiality'],
  ['sensitivity', 'v.sensitivity'],
  ['facts', 'v.facts'],
  ['lossless', 'false'],
  ['content', 'provenance_text(f.template, l.entry, v.last_updated, v.type, v.id, v.version, v.operation)'],
  ['_security', 'null::bigint[]'],
  ['_tag', 'null::bigint[]'],
  ['agent', 'f.agent'],
  ['agent_role', 'f.agent_role'],
  ['agent_type', 'f.agent_type'],
  ['entity', `case when v.version > 1 then ${TARGET} end`],
  ['location', 'null::text'],
  ['patient_refs', `case when v.type = 'Patient' then ${TARGET} end`],
  ['recorded_low', 'v.last_updated'],
  // Recorded to the millisecond, so that is how long the moment lasts.
  ['recorded_high', "(v.last_updated + interval '1 millisecond')::timestamptz(3)"],
  ['signature_type', 'null::bigint[]'],
  ['target', TARGET],
  ['when_low', 'null::timestamptz(3)'],
  ['when_high', 'null::timestamptz(3)'],
  ['clinical_low', 'v.clinical_low'],
  ['clinical_high', 'v.clinical_high'],
  ['entry', 'l.entry'],
  ['frame', 'l.agent'],
  ['about_type', 'v.type'],
  ['about_id', 'v.id'],
  ['about_version', 'v.version'],
  ['about_gone', "v.operation = 'delete'"],
  ['about', ofContent('content')],
  ['about_lossless', ofContent('lossless')],
]

const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'

export class Migration20261121220000_provenance extends Migration {
  override name = 'Migration20261121220000_provenance'

  override up(): void {
    this.addSql(`create table provenance_frame (
  hash uuid not null primary key,
  template text not null,
  agent text[], agent_role bigint[], agent_type bigint[]
);`)
    this.addSql(`create trigger provenance_frame_append_only before update or delete on provenance_frame
  for each row execute function refuse_change();`)
    this.addSql(`create trigger provenance_frame_no_truncate before truncate on provenance_frame
  for each statement execute function refuse_change();`)
    this.addSql('revoke update, delete, truncate on provenance_frame from public;')
    this.addSql('create index provenance_frame_agent on provenance_frame using gin (agent);')
    this.addSql('alter table log_leaf add column agent uuid;')
    // Writes of one asker in their order.
    this.addSql('create index log_leaf_agent on log_leaf (agent, entry) where agent is not null;')
    this.addSql(`create trigger log_leaf_agent_stays before update on log_leaf
  for each row when (new.agent is distinct from old.agent) execute function refuse_change();`)
    this.printed()
    this.ownIds()
  }

  private printed(): void {
    this.addSql(`create function provenance_text(template text, entry uuid, recorded timestamptz, type text, id text, version int, operation text)
returns text language sql stable return ${TEXT};`)
    this.addSql(`create view provenance_printed as
select ${COLUMNS.map(([column, expression]) => `${expression} as "${column}"`).join(',\n  ')}
from log_leaf as l
join resource_version as v on v.type = l.type and v.id = l.id and v.version = l.version
join provenance_frame as f on f.hash = l.agent;`)
  }

  /** What is printed goes by the id of its entry: nothing that is brought here may. Class 22: an import tells it and goes on. */
  private ownIds(): void {
    this.addSql(`create function refuse_entry() returns trigger language plpgsql as $$
begin
  if new.id ~ '${UUID}' and exists (select from log_leaf where entry = new.id::uuid) then
    raise exception 'this id is the id of an entry of the log' using errcode = 'invalid_parameter_value';
  end if;
  return new;
end $$;`)
    this.addSql(`create trigger provenance_own_ids before insert on provenance
  for each row execute function refuse_entry();`)
  }
}
