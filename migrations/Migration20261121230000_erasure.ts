// Erasure: the one way by which a record leaves the tables that only grow. finish_erasure does it whole or not at all, and only
// beside the leaves of the log that say so (standards: GDPR article 17). Legal holds stand in its way; what was erased is
// known by a keyed hash alone, by which it is refused when it comes again.
import { Migration } from '@mikro-orm/migrations'
import { GATES, PASS_GATE, SHUT_GATE } from './erasure-gates.ts'

/** Of these rows leave, while an erasure is under way. Of log_leaf only what names somebody does, of policy the rules. */
const LEAVING = ['resource_version', 'log_salt', 'policy_rule', 'legal_hold', 'provenance_frame']

/** Of a leaf whose content is erased: the id of a patient is personal data too. */
const FORGOTTEN = ['type', 'id', 'version', 'decision', 'agent']

const FINISH = 'finish_erasure(text, uuid[], timestamptz, text, text, jsonb)'
const OPEN = ['ready_erasure()', 'begin_erasure(text)', FINISH, 'erasures_of(text)', 'lift_holds(text, text, text)']
const TRIGGERS = ['refuse_erased()', 'refuse_frameless()', 'note_move()']
const INSIDE = [
  ...['resource_tables()', 'names_of(text)', 'erasable(text)', 'patient_mark(text)', 'watch_moves()'],
  ...['lock_record(text)', 'lock_shared(text)', 'policies_naming(text[])', 'frames_naming(text[])'],
  ...['forget_record(text)', 'forget_policies(text[])', 'forget_accounts(text, text[])'],
]

export class Migration20261121230000_erasure extends Migration {
  override name = 'Migration20261121230000_erasure'

  override up(): void {
    this.tables()
    this.passage()
    this.searching()
    this.returning()
    this.holding()
    for (const statement of GATES) this.addSql(statement)
    this.erasing()
    this.forgetting()
    this.closing()
  }

  private tables(): void {
    this.addSql(`create table erasure (
  mark bytea not null primary key check (octet_length(mark) = 32),
  entries uuid[] not null,
  erased timestamptz(3) not null,
  reason text not null,
  by_user text not null,
  versions jsonb not null,
  kept jsonb not null
);`)
    this.addSql(`create table legal_hold (
  id uuid not null primary key,
  patient text not null,
  organisation text not null,
  reason text not null,
  placed_by text not null,
  placed timestamptz(3) not null,
  until timestamptz(3) check (until > placed),
  lifted timestamptz(3),
  lifted_by text,
  check ((lifted is null) = (lifted_by is null))
);`)
    this.addSql('create index legal_hold_patient on legal_hold (patient);')
    for (const column of ['instances', 'related', 'recipients', 'dependents'])
      this.addSql(`create index policy_rule_${column} on policy_rule using gin (${column});`)
    this.addSql('create index patient_policy_policies on patient_policy using gin (policies);')
    // In whose record a resource once stood: few ever move, and nobody reads all versions to find them.
    this.addSql(
      `create table former_compartment (patient text not null, type text not null, id text not null, primary key (patient, type, id));`,
    )
    this.addSql(`insert into former_compartment select distinct v.patient, v.type, v.id
from resource_version as v join resource_version as n on (n.type, n.id, n.version) = (v.type, v.id, v.version + 1)
where v.patient is not null and v.patient is distinct from n.patient;`)
    // Two UUIDs of version 4: 244 bits at random.
    this.addSql(`insert into server_secret (name, value)
values ('erasure', encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64')) on conflict (name) do nothing;`)
  }

  /** What the triggers let through. A setting is anybody's to make, but only finish_erasure runs as the owner with it. */
  private passage(): void {
    this.addSql(`create function erasing(relation oid) returns boolean language sql stable as $$
  select current_setting('healthchain.erasing', true) = 'on'
    and exists (select from pg_catalog.pg_class as c join pg_catalog.pg_roles as r on r.oid = c.relowner
      where c.oid = relation and r.rolname = current_user)
$$;`)
    this.addSql(`create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_table_name in (${LEAVING.map((table) => `'${table}'`).join(', ')}) then
    if erasing(tg_relid) then return old; end if;
  end if;
  if tg_op = 'UPDATE' and tg_table_name = 'policy' then
    if erasing(tg_relid) and new.id = old.id and new.rules = '[]' then return new; end if;
  end if;
  raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;`)
    this.addSql(`create function refuse_leaf_change() returns trigger language plpgsql as $$
declare
  naming constant text[] := array[${FORGOTTEN.map((column) => `'${column}'`).join(', ')}];
begin
  if erasing(tg_relid) and old.leaf_index is not null and to_jsonb(new) - naming = to_jsonb(old) - naming
    and jsonb_strip_nulls(to_jsonb(new)) - naming = jsonb_strip_nulls(to_jsonb(new)) then return new; end if;
  raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;`)
    // As they were, whatever they say of growth: only what becomes of the rest is asked elsewhere.
    this.addSql(`do $$
declare held record;
begin
  for held in select tgname, pg_get_triggerdef(oid) as definition from pg_trigger
    where tgrelid = 'log_leaf'::regclass and tgfoid = 'refuse_change'::regproc and tgtype & 16 = 16 loop
    execute format('drop trigger %I on log_leaf', held.tgname);
    execute replace(held.definition, 'refuse_change()', 'refuse_leaf_change()');
  end loop;
end $$;`)
    for (const table of ['erasure', 'former_compartment', 'legal_hold']) {
      const operations = table === 'erasure' ? 'update or delete' : table === 'legal_hold' ? 'delete' : 'update'
      this.addSql(`create trigger ${table}_append_only before ${operations} on ${table}
  for each row execute function refuse_change();`)
      this.addSql(`create trigger ${table}_no_truncate before truncate on ${table}
  for each statement execute function refuse_change();`)
      this.addSql(`revoke update, delete, truncate on ${table} from public;`)
    }
    const kept = ['id', 'patient', 'organisation', 'reason', 'placed_by', 'placed', 'until']
    const same = kept.map((column) => `new.${column} is not distinct from old.${column}`).join(' and ')
    this.addSql(`create trigger legal_hold_is_lifted before update on legal_hold
  for each row when ((old.lifted is null and new.lifted is not null and ${same}) is not true) execute function refuse_change();`)
  }

  /** What is written: whose it was before it moved, and that nothing of an erased record comes again. */
  private returning(): void {
    this.addSql(`create function note_move() returns trigger language plpgsql as $$
begin
  insert into former_compartment (patient, type, id) values (old.patient, tg_argv[0], old.id) on conflict do nothing;
  return null;
end $$;`)
    // The condition is all that an update pays. src/store/migrate.ts watches the tables of later migrations too.
    this.addSql(`create function watch_moves() returns void language plpgsql as $$
declare home record;
begin
  for home in select * from resource_tables() as t where not exists (
    select from pg_trigger as g where g.tgrelid = quote_ident(t.name)::regclass and g.tgname = 'leaves_record') loop
    execute format('create trigger leaves_record after update on %I for each row
      when (old.patient is not null and old.patient is distinct from new.patient) execute function note_move(%L)', home.name, home.type);
  end loop;
end $$;`)
    // A keyed hash: of ids that somebody guesses it tells nothing without the key.
    this.addSql(`create function patient_mark(asked text) returns bytea language sql stable as $$
  select sha256(key || sha256(key || convert_to(asked, 'UTF8')))
  from (select decode(value, 'base64') as key from server_secret where name = 'erasure') as secret
$$;`)
    // Who writes in a record goes on beside all others, and waits while it is erased. Each statement in here sees what was
    // committed before it: an erasure that this insert has waited for, too.
    this.addSql(`create function refuse_erased() returns trigger language plpgsql as $$
begin
  ${PASS_GATE}
  if not exists (select from server_secret where name = 'erasure') or exists (
    select from written as w, (select decode(value, 'base64') as key from server_secret where name = 'erasure') as secret
    where sha256(key || sha256(key || convert_to(w.patient, 'UTF8'))) in (select mark from erasure)) then
    raise exception 'this record was erased' using errcode = 'HC001';
  end if;
  return null;
end $$;`)
    this.addSql(`create trigger resource_version_returns after insert on resource_version
  referencing new table as written for each statement execute function refuse_erased();`)
  }

  /** Lifted beside the AuditEvent that says so, in one transaction: whoever serves cannot do it silently. */
  private holding(): void {
    this.addSql(`create function lift_holds(asked text, house text, who text) returns int language plpgsql as $$
declare
  lifting int;
begin
  if asked is null or house is null or who is null or not exists (
    select from audit_event as a where a.id in (select e.id from audit_entry as e where e.patient = asked and e.custodian = house and e.xmin = pg_current_xact_id()::xid
        and exists (select from log_leaf as l where l.entry = e.batch and l.xmin = pg_current_xact_id()::xid))
      and a.content::jsonb @> '{"outcome": "0", "subtype": [{"code": "unhold"}]}') then
    raise exception 'the audit log does not say so' using errcode = 'integrity_constraint_violation'; end if;
  update legal_hold set lifted = clock_timestamp(), lifted_by = who
    where patient = asked and organisation = house and lifted is null and (until is null or until > clock_timestamp());
  get diagnostics lifting = row_count;
  return lifting;
end $$;`)
  }

  private searching(): void {
    this.addSql(`create function resource_tables() returns table (name name, type text) language sql stable as $$
  select c.relname, replace(initcap(c.relname), '_', '') from pg_class as c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'resource_version' and c.relname not like 'audit%'
    and 4 = (select count(*) from pg_attribute as a where a.attrelid = c.oid and a.attname in ('patient', 'shared', 'deleted', 'content') and not a.attisdropped)
  order by replace(initcap(c.relname), '_', '') collate "C"
$$;`)
    // All versions of what stands in the record, whosever they were, and what stood in it before it moved.
    this.addSql(`create function erasable(asked text) returns table (type text, id text, version int) language plpgsql stable as $$
#variable_conflict use_column
declare home record;
begin
  for home in select * from resource_tables() loop
    return query execute format('select v.type, v.id, v.version from %I as t join resource_version as v on v.type = $2 and v.id = t.id
      where t.patient = $1 and not t.shared', home.name) using asked, home.type;
  end loop;
  return query select v.type, v.id, v.version from former_compartment as f join resource_version as v on (v.type, v.id) = (f.type, f.id)
    where f.patient = asked and v.patient = asked;
end $$;`)
  }

  private erasing(): void {
    this.addSql(`create function begin_erasure(asked text, out leaves bigint[], out pending int) language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('erasure ' || asked, 0));
  perform ready_erasure();
  ${SHUT_GATE}
  if exists (select from legal_hold as h where h.lifted is null and (h.until is null or h.until > clock_timestamp())
    and (h.patient = asked or h.patient in (select v.patient from erasable(asked) join resource_version as v using (type, id, version)))) then
    raise exception 'a legal hold' using errcode = 'HC002';
  end if;
  select coalesce(array_agg(distinct l.leaf_index) filter (where l.leaf_index is not null), '{}'), count(*) filter (where l.leaf_index is null)
    into leaves, pending from erasable(asked) join log_leaf as l using (type, id, version);
end $$;`)
    this.addSql(`create function finish_erasure(asked text, said uuid[], at timestamptz, why text, who text, others jsonb)
returns jsonb language plpgsql as $$
declare
  began record;
  named bigint[];
  types text[]; ids text[]; versions int[];
  counts jsonb;
  deleted int;
begin
  if asked is null or asked !~ '^[A-Za-z0-9.-]{1,64}$' or said is null then
    raise exception 'no id of a patient' using errcode = 'invalid_parameter_value'; end if;
  select * into began from begin_erasure(asked);
  if began.pending > 0 then raise exception 'leaves wait for their places' using errcode = 'HC003'; end if;
  -- Leaves of this very transaction say whose meaning is lost: all of these, and no others.
  select coalesce(array_agg(x::bigint order by x::bigint), '{}') into named
    from (select convert_from(leaf, 'UTF8')::jsonb as leaf from log_leaf where entry = any(said) and xmin = pg_current_xact_id()::xid) as l,
      lateral jsonb_array_elements_text(l.leaf -> 'x') as x where l.leaf ->> 't' = 'erase';
  if named is distinct from began.leaves then
    raise exception 'the log does not say so' using errcode = 'integrity_constraint_violation'; end if;
  select array_agg(e.type), array_agg(e.id), array_agg(e.version) into types, ids, versions from (select distinct * from erasable(asked)) as e;
  select jsonb_object_agg(counted.type, counted.n) into counts from (select t.type, count(*) as n from unnest(types) as t (type) group by 1) as counted;
  if counts is null then raise exception 'no record' using errcode = 'no_data_found'; end if;
  perform set_config('healthchain.erasing', 'on', true);
  delete from log_salt as s using log_leaf as l, unnest(types, ids, versions) as g (type, id, version)
    where (l.type, l.id, l.version) = (g.type, g.id, g.version) and s.id = l.salt;
  update log_leaf as l set ${FORGOTTEN.map((column) => `${column} = null`).join(', ')} from unnest(types, ids, versions) as g (type, id, version)
    where (l.type, l.id, l.version) = (g.type, g.id, g.version);
  delete from resource_version as v using unnest(types, ids, versions) as g (type, id, version)
    where (v.type, v.id, v.version) = (g.type, g.id, g.version);
  get diagnostics deleted = row_count;
  if deleted <> cardinality(types) then raise exception 'versions stayed' using errcode = 'integrity_constraint_violation'; end if;
  perform forget_record(asked);
  if exists (select from patient where id = asked) then raise exception 'the patient stayed' using errcode = 'integrity_constraint_violation'; end if;
  perform set_config('healthchain.erasing', '', true);
  insert into erasure (mark, entries, erased, reason, by_user, versions, kept) values (patient_mark(asked), said, at, why, who, counts, others);
  return counts;
end $$;`)
    this.addSql(`create function erasures_of(asked text) returns table (entry uuid, leaf_index bigint, leaf bytea, erased timestamptz, reason text)
language sql stable as $$
  select n.entry, l.leaf_index, l.leaf, e.erased, e.reason from erasure as e left join lateral unnest(e.entries) with ordinality as n (entry, place) on true
    left join log_leaf as l on l.entry = n.entry where e.mark = patient_mark(asked) order by n.place
$$;`)
  }

  /** What stands beside the versions. */
  private forgetting(): void {
    this.addSql(`create function forget_record(asked text) returns void language plpgsql as $$
declare
  home record;
  ids text[];
  gone text[] := '{}';
begin
  for home in select * from resource_tables() loop
    execute format('with deleted as (delete from %I where patient = $1 and not shared returning id) select array_agg($2 || id) from deleted', home.name)
      into ids using asked, home.type || '/';
    gone := gone || coalesce(ids, '{}');
  end loop;
  delete from former_compartment where patient = asked or type || '/' || id = any(gone);
  delete from patient_policy where patient = asked;
  delete from emergency_access where patient = asked;
  delete from legal_hold where patient = asked;
  perform forget_policies(gone);
  perform forget_accounts(asked, gone);
  -- Who wrote in person: a frame that no other leaf shares.
  delete from provenance_frame as f where f.hash in (select hash from frames_naming(gone)) and not exists (select from log_leaf as l where l.agent = f.hash);
end $$;`)
    // Their numbers stay, for processes remember policies by number.
    this.addSql(`create function forget_policies(gone text[]) returns void language sql as $$
  with forgotten as (
    select n.policy from policies_naming(gone) as n where not exists (select from patient_policy as p where p.policies @> array[n.policy])
  ), ruleless as (
    delete from policy_rule as r using forgotten as f where r.policy = f.policy
  )
  update policy as p set rules = '[]', hash = gen_random_uuid() from forgotten as f where p.id = f.policy
$$;`)
    this.addSql(`create function forget_accounts(asked text, gone text[]) returns void language plpgsql as $$
declare
  names text[] := array(select username from account where user_ref = any(gone));
begin
  if names <> '{}' then
    delete from issuer_record where payload::json ->> 'accountId' = any(names) or payload::json ->> 'username' = any(names)
      or payload::json #>> '{result,login,accountId}' = any(names);
    delete from account where username = any(names);
  end if;
  update account set patient = null where patient = asked;
end $$;`)
  }

  /** Whatever a caller may reach runs as the owner and finds nothing of the caller's own making; the rest is nobody's. */
  private closing(): void {
    const at = (change: string) => `do $$ begin execute format('alter function ${change}', current_schema()); end $$;`
    for (const called of [...OPEN, ...TRIGGERS])
      this.addSql(at(`${called} security definer set search_path = %I, pg_temp`))
    for (const inside of INSIDE) this.addSql(at(`${inside} set search_path = %I, pg_temp`))
    this.addSql('select watch_moves();')
    // src/store/roles.ts says who may.
    for (const called of [...OPEN, ...INSIDE]) this.addSql(`revoke execute on function ${called} from public;`)
  }
}
