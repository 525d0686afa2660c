// What the tables themselves refuse, whoever asks: policies only grow, a version's labels only rise, and
// each role sees its own keys. Which role may use which table is not here but in src/store/roles.ts: roles belong to the
// cluster, and a database that is restored into another one must find them again.
import { Migration } from '@mikro-orm/migrations'

/** Settled once for rows of before there were labels, whose facts are missing; afterwards only the last two, upwards. */
const SETTLED = "'patient', 'shared', 'custodian', 'facts', 'clinical_low', 'clinical_high'"
const LABELS = "'confidentiality', 'sensitivity'"

export class Migration20261121160000_roles extends Migration {
  override name = 'Migration20261121160000_roles'

  override up(): void {
    for (const table of ['policy', 'policy_rule']) {
      this.addSql(`create trigger ${table}_append_only before update or delete on ${table}
  for each row execute function refuse_change();`)
      this.addSql(`create trigger ${table}_no_truncate before truncate on ${table}
  for each statement execute function refuse_change();`)
    }
    this.addSql(`create function raise_labels() returns trigger language plpgsql as $$
declare
  changing text[] := case when old.facts is null then array[${SETTLED}, ${LABELS}] else array[${LABELS}] end;
begin
  if to_jsonb(new) - changing is distinct from to_jsonb(old) - changing or new.facts is null then
    raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
  end if;
  if old.facts is not null and (new.confidentiality < old.confidentiality or (old.sensitivity & ~new.sensitivity) <> 0) then
    raise exception 'labels of % only rise', tg_table_name using errcode = 'restrict_violation';
  end if;
  return new;
end $$;`)
    this.addSql('drop trigger resource_version_append_only on resource_version;')
    this.addSql(`create trigger resource_version_append_only before delete on resource_version
  for each row execute function refuse_change();`)
    this.addSql(`create trigger resource_version_labels before update on resource_version
  for each row execute function raise_labels();`)
    // By name and not by grantee, so that the policy survives a restore into a cluster without the roles. The owner is
    // not bound by it.
    this.addSql('alter table server_secret enable row level security;')
    this.addSql(`create policy own_keys on server_secret using (case current_user
  when 'healthchain_serving' then name = 'cursor'
  when 'healthchain_issuer' then name like 'issuer-%' or name like 'demo-%'
  else false end);`)
  }
}
