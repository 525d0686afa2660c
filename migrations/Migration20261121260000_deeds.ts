// An erasure is held to what the log says of it: beside its AuditEvent, by the house that holds the patient, with leaves that the
// sequencer can read; and it waits for holds on every record whose versions it takes. Who asks is told which house erased.
import { Migration } from '@mikro-orm/migrations'

/** Of src/provenance: no longer entry fits into the log, and no leaf erases more. */
const [ENTRY_MAX, ERASED_MAX] = [65_535, 3000]

/** Of a leaf whose content is erased: as Migration20261121230000_erasure.ts says. */
const FORGOTTEN = ['type', 'id', 'version', 'decision', 'agent']

const OWN = 'pg_current_xact_id()::xid'
const DESTROYED = `'{"outcome": "0", "subtype": [{"code": "destroy"}]}'`
// Digit by digit what src/provenance/leaf.ts prints of an erase leaf; the last letter of 32 bytes in base64 has two bits unset.
const INDEX = '(?:0|[1-9][0-9]{0,14})'
const SHAPE = `'^\\{"c":"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=","e":"' || one.entry || '","k":"' || one.salt || '","t":"erase","ts":"'
    || to_char(one.recorded at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","v":1,"x":\\[${INDEX}(?:,${INDEX})*\\]\\}$'`

const OPEN = [
  'begin_erasure(text)',
  'finish_erasure(text, uuid[], timestamptz, text, text, jsonb)',
  'erasures_of(text)',
] as const
const INSIDE = ['lock_holds(text)', 'is_erase_leaf(log_leaf)', 'require_said(text, uuid[], bigint[])'] as const

export class Migration20261121260000_deeds extends Migration {
  override name = 'Migration20261121260000_deeds'

  override up(): void {
    this.holding()
    this.saying()
    this.erasing()
    this.telling()
    this.closing()
  }

  /** A hold is placed under the lock of its patient: it is seen here, or it comes when nothing is left to hold. */
  private holding(): void {
    // Whose versions the erasure takes: its own patient's, and those of what came from another record. In one order, for all.
    this.addSql(`create function lock_holds(asked text) returns void language plpgsql as $$
declare one text;
begin
  for one in select w.patient from (
    select asked as patient union select v.patient from erasable(asked) join resource_version as v using (type, id, version) where v.patient is not null
  ) as w order by w.patient collate "C" loop
    perform pg_advisory_xact_lock(hashtextextended('erasure ' || one, 0));
  end loop;
end $$;`)
    // Again behind the gate, where nothing comes to the record any more. Two that then wait for each other give way and try again.
    this.addSql(`create or replace function begin_erasure(asked text, out leaves bigint[], out pending int) language plpgsql as $$
begin
  perform lock_holds(asked);
  perform ready_erasure();
  perform lock_record(asked);
  perform pg_advisory_xact_lock(${0x6865}, hashtext(asked) & 1023);
  perform lock_record(asked);
  perform lock_shared(asked);
  perform lock_holds(asked);
  if exists (select from legal_hold as h where h.lifted is null and (h.until is null or h.until > clock_timestamp())
    and (h.patient = asked or h.patient in (select v.patient from erasable(asked) join resource_version as v using (type, id, version)))) then
    raise exception 'a legal hold' using errcode = 'HC002';
  end if;
  select coalesce(array_agg(distinct l.leaf_index) filter (where l.leaf_index is not null), '{}'), count(*) filter (where l.leaf_index is null)
    into leaves, pending from erasable(asked) join log_leaf as l using (type, id, version);
end $$;`)
  }

  private saying(): void {
    // A leaf that is none stops the sequencer, and its erasure would be done all the same. Bytes that are no ASCII do not fit.
    this.addSql(`create function is_erase_leaf(one log_leaf) returns boolean language plpgsql stable as $$
declare
  said constant text := encode(one.leaf, 'escape');
  erased bigint[];
begin
  if octet_length(one.leaf) > ${ENTRY_MAX} or said !~ (${SHAPE}) then return false; end if;
  erased := array(select x.index::bigint from jsonb_array_elements_text(said::jsonb -> 'x') with ordinality as x (index, place) order by x.place);
  return cardinality(erased) <= ${ERASED_MAX} and erased = array(select distinct x.index from unnest(erased) as x (index) order by x.index);
end $$;`)
    // All of this transaction: an AuditEvent in a batch of the log, of the house that holds the patient, and for each erase leaf
    // one that it tells and the salt that opens it. Together the leaves name what goes and nothing else.
    this.addSql(`create function require_said(asked text, said uuid[], leaves bigint[]) returns void language plpgsql as $$
declare
  events text[] := array(select a.id from audit_event as a where a.content::jsonb @> ${DESTROYED} and a.id in (
    select e.id from audit_entry as e join patient as p on p.id = asked and p.custodian = e.custodian
      join log_leaf as b on b.entry = e.batch and b.xmin = ${OWN}
      where e.patient = asked and e.xmin = ${OWN}));
  named bigint[];
begin
  if events = '{}' or cardinality(said) <> (select count(*) from log_leaf as l join log_salt as s on s.id = l.salt and s.xmin = ${OWN}
    where l.entry = any(said) and l.xmin = ${OWN} and l.type = 'AuditEvent' and l.version = 1 and l.id = any(events) and is_erase_leaf(l)) then
    raise exception 'the log does not say so' using errcode = 'integrity_constraint_violation'; end if;
  select coalesce(array_agg(x.index::bigint order by x.index::bigint), '{}') into named
    from log_leaf as l, lateral jsonb_array_elements_text(convert_from(l.leaf, 'UTF8')::jsonb -> 'x') as x (index) where l.entry = any(said);
  if named is distinct from leaves then
    raise exception 'the log says something else' using errcode = 'integrity_constraint_violation'; end if;
end $$;`)
  }

  private erasing(): void {
    const forgotten = FORGOTTEN.map((column) => `${column} = null`).join(', ')
    const [gone, same] = [
      'unnest(types, ids, versions) as g (type, id, version)',
      '(g.type, g.id, g.version) = (l.type, l.id, l.version)',
    ]
    this.addSql(`create or replace function finish_erasure(asked text, said uuid[], at timestamptz, why text, who text, others jsonb)
returns jsonb language plpgsql as $$
declare
  began record;
  types text[]; ids text[]; versions int[];
  counts jsonb;
  deleted int;
begin
  if asked is null or asked !~ '^[A-Za-z0-9.-]{1,64}$' or said is null then
    raise exception 'no id of a patient' using errcode = 'invalid_parameter_value'; end if;
  select * into began from begin_erasure(asked);
  if began.pending > 0 then raise exception 'leaves wait for their places' using errcode = 'HC003'; end if;
  select array_agg(e.type), array_agg(e.id), array_agg(e.version) into types, ids, versions from (select distinct * from erasable(asked)) as e;
  select jsonb_object_agg(counted.type, counted.n) into counts from (select t.type, count(*) as n from unnest(types) as t (type) group by 1) as counted;
  if counts is null then raise exception 'no record' using errcode = 'no_data_found'; end if;
  perform require_said(asked, said, began.leaves);
  perform set_config('healthchain.erasing', 'on', true);
  delete from log_salt as s using log_leaf as l, ${gone} where ${same} and s.id = l.salt;
  update log_leaf as l set ${forgotten} from ${gone} where ${same};
  delete from resource_version as l using ${gone} where ${same};
  get diagnostics deleted = row_count;
  if deleted <> cardinality(types) then raise exception 'versions stayed' using errcode = 'integrity_constraint_violation'; end if;
  perform forget_record(asked);
  if exists (select from patient where id = asked) then raise exception 'the patient stayed' using errcode = 'integrity_constraint_violation'; end if;
  perform set_config('healthchain.erasing', '', true);
  insert into erasure (mark, entries, erased, reason, by_user, versions, kept) values (patient_mark(asked), said, at, why, who, counts, others);
  return counts;
end $$;`)
  }

  /** The row of an erasure keeps no house: its AuditEvent does, the one of the leaf or, of a record of before the log, the only one. */
  private telling(): void {
    this.addSql('drop function erasures_of(text);')
    this.addSql(`create function erasures_of(asked text)
returns table (entry uuid, leaf_index bigint, leaf bytea, erased timestamptz, reason text, organisation text) language sql stable as $$
  select n.entry, l.leaf_index, l.leaf, e.erased, e.reason, case
    when n.entry is null then (select max(a.custodian) from audit_event as a where a.patient = asked and a.content::jsonb @> ${DESTROYED})
    else (select a.custodian from audit_entry as a where a.id = l.id and a.patient = asked) end
  from erasure as e left join lateral unnest(e.entries) with ordinality as n (entry, place) on true
    left join log_leaf as l on l.entry = n.entry where e.mark = patient_mark(asked) order by n.place
$$;`)
  }

  /** What was replaced has lost how it ran. src/store/roles.ts says who may call. */
  private closing(): void {
    const at = (change: string) => `do $$ begin execute format('alter function ${change}', current_schema()); end $$;`
    for (const called of OPEN) this.addSql(at(`${called} security definer set search_path = %I, pg_temp`))
    for (const inside of INSIDE) this.addSql(at(`${inside} set search_path = %I, pg_temp`))
    for (const made of [...OPEN, ...INSIDE]) this.addSql(`revoke execute on function ${made} from public;`)
  }
}
