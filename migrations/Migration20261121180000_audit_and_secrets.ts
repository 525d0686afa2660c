// The audit log is found by whom it names without reading all of it; the demo's password and second factor move to where only
// the issuer's role reads them.
import { Migration } from '@mikro-orm/migrations'

/** As the index audit_entry_several has it: an entry that may name others than its patient. */
const SEVERAL = "shared or patient !~ '^[A-Za-z0-9.-]+$' or length(patient) > 64"

export class Migration20261121180000_audit_and_secrets extends Migration {
  override name = 'Migration20261121180000_audit_and_secrets'

  override up(): void {
    // More than those whose patient_refs in the view audit_event overlap, never fewer: that column is put together from two
    // tables, so no index can stand on it. Each arm has one of its own.
    this.addSql(`create function audit_naming(patients text[]) returns setof text language sql stable parallel safe as $$
  select id from audit_entry where patient = any(array(select substr(named, 9) from unnest(patients) as named))
  union select id from audit_entry where ${SEVERAL}
  union select id from audit_entry where frame = any(array(select hash from audit_frame where own = any(patients)))
  union select id from audit_event_foreign where patient_refs && patients
$$;`)
    this.addSql(`insert into server_secret (name, value) select name, value from server_state where name = 'demo-access'
on conflict (name) do nothing;`)
    this.addSql("delete from server_state where name = 'demo-access';")
  }
}
