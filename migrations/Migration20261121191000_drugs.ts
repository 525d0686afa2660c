// What names a drug, wherever it does, is found without reading every row when the drug's labels rise
// (src/store/referrers.ts). Versions of before lack the words for it: the relabelling adds them, once.
import { Migration } from '@mikro-orm/migrations'

/** The hash of `m|`, by which whatever names a Medication at all is known. */
const MARKED = "'{7523484235399652659}'::bigint[]"

const SETTLED = "'patient', 'shared', 'custodian', 'facts', 'clinical_low', 'clinical_high'"
const LABELS = "'confidentiality', 'sensitivity'"

export class Migration20261121191000_drugs extends Migration {
  override name = 'Migration20261121191000_drugs'

  override up(): void {
    this.addSql(
      `create index resource_version_medications on resource_version using gin (facts) where facts @> ${MARKED};`,
    )
    this.addSql(`create or replace function raise_labels() returns trigger language plpgsql as $$
declare
  grows boolean := new.facts @> old.facts and new.facts @> ${MARKED} and not old.facts @> ${MARKED};
  changing text[] := case when old.facts is null then array[${SETTLED}, ${LABELS}]
    when grows then array['facts', ${LABELS}] else array[${LABELS}] end;
begin
  if to_jsonb(new) - changing is distinct from to_jsonb(old) - changing or new.facts is null then
    raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
  end if;
  if old.facts is not null and (new.confidentiality < old.confidentiality or (old.sensitivity & ~new.sensitivity) <> 0) then
    raise exception 'labels of % only rise', tg_table_name using errcode = 'restrict_violation';
  end if;
  return new;
end $$;`)
  }
}
