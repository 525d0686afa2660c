// Whom an erasure makes wait, and whom it waits for: who writes in this record, and nobody else. Writers pass gates with shared
// locks, in triggers that are enabled before the first erasure; an erasure shuts those of its patient.

// ASCII of "he". Patients share 1024 gates: an import of very many must not fill PostgreSQL's table of locks.
const gate = (patient: string) => `${0x6865}, hashtext(${patient}) & 1023`
const frameGate = (hash: string) => `hashtextextended('frame ' || ${hash}, 0)`
/** src/store/consent/policies.ts passes it. */
const POLICIES_GATE = "hashtextextended('policies forgotten', 0)"

/** In a trigger, for the versions that were `written`. */
export const PASS_GATE = `perform pg_advisory_xact_lock_shared(${gate('w.patient')}) from (select distinct patient from written where patient is not null order by patient) as w;`

/**
 * Rows of the record first, for a writer has its row before it comes to the gate; then the gate, behind which nobody writes in
 * the record any more; and what came to stand in it meanwhile. A writer who waits for us the other way round is met by
 * lock_timeout: the erasure gives way and is tried again.
 */
export const SHUT_GATE = `perform lock_record(asked);
  perform pg_advisory_xact_lock(${gate('asked')});
  perform lock_record(asked);
  perform lock_shared(asked);`

/** No leaf names a frame that an erasure deletes at the same moment: src/store/write-sql.ts looks, this waits and looks. */
const FRAMED = [
  `create function refuse_frameless() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(${frameGate('l.agent')}) from (select distinct agent from written where agent is not null order by agent) as l;
  if exists (select from written as w where w.agent is not null and not exists (select from provenance_frame as f where f.hash = w.agent)) then
    raise exception 'the frame of this leaf is gone' using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;`,
  `create trigger log_leaf_framed after insert on log_leaf
  referencing new table as written for each statement execute function refuse_frameless();`,
]

const GUARDS = { resource_version: 'resource_version_returns', log_leaf: 'log_leaf_framed' }
const guards = (change: string) =>
  Object.entries(GUARDS).map(([table, trigger]) => `alter table ${table} ${change} trigger ${trigger};`)

/** The one moment at which all writers wait: before the first erasure, in the order in which they take their tables. */
const READY = `create function ready_erasure() returns void language plpgsql set lock_timeout = '700ms' as $$
begin
  if 2 = (select count(*) from pg_trigger where tgenabled <> 'D' and (tgrelid, tgname) in (
    ${Object.entries(GUARDS)
      .map(([table, trigger]) => `('${table}'::regclass, '${trigger}')`)
      .join(', ')})) then return; end if;
  lock table ${Object.keys(GUARDS).join(', ')} in share row exclusive mode;
  ${guards('enable').join('\n  ')}
end $$;`

const LOCK_RECORD = `create function lock_record(asked text) returns void language plpgsql as $$
declare home record;
begin
  for home in select * from resource_tables() loop
    execute format('select from %I where patient = $1 and not shared order by id for update', home.name) using asked;
  end loop;
end $$;`

const NAMES_OF = `create function names_of(asked text) returns text[] language plpgsql as $$
declare
  home record;
  mine text[];
  names text[] := '{}';
begin
  for home in select * from resource_tables() loop
    execute format('select array_agg($2 || id) from %I where patient = $1 and not shared', home.name) into mine using asked, home.type || '/';
    names := names || coalesce(mine, '{}');
  end loop;
  return names;
end $$;`

const NAMING = [
  `create function policies_naming(gone text[]) returns table (policy int) language sql stable as $$
  select r.policy from policy_rule as r where r.instances && gone
  union select r.policy from policy_rule as r where r.related && gone
  union select r.policy from policy_rule as r where r.recipients && gone
  union select r.policy from policy_rule as r where r.dependents && array(select link_hash(g) from unnest(gone) as g)
$$;`,
  `create function frames_naming(gone text[]) returns table (hash uuid) language sql stable as $$
  select f.hash from provenance_frame as f where f.agent && gone
$$;`,
]

/** What other records may share with this one, where it has some: frames of who wrote in person, rules that name its resources. */
const LOCK_SHARED = `create function lock_shared(asked text) returns void language plpgsql as $$
declare gone constant text[] := names_of(asked);
begin
  perform pg_advisory_xact_lock(${frameGate('f.hash')}) from (select hash from frames_naming(gone) order by hash) as f;
  if exists (select from policies_naming(gone)) then perform pg_advisory_xact_lock(${POLICIES_GATE}); end if;
  perform pg_advisory_xact_lock(hashtextextended('policy ' || asked, 0));
end $$;`

/** Behind the triggers themselves. Where nothing was erased, nothing asks. */
export const GATES: readonly string[] = [
  ...FRAMED,
  ...guards('disable'),
  READY,
  LOCK_RECORD,
  NAMES_OF,
  ...NAMING,
  LOCK_SHARED,
]
