// Whoever holds the record of a patient holds what is in it. An import of before wrote some of it before the patient, and
// nobody held that: it is theirs now, the versions too.
import { Migration } from '@mikro-orm/migrations'

const TABLES = `select c.table_name from information_schema.columns as c
  join information_schema.tables as t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
  where c.table_schema = 'public' and c.column_name in ('patient', 'custodian') and c.table_name not like 'audit\\_%'
  group by c.table_name having count(*) = 2`

export class Migration20261121240000_custodians extends Migration {
  override name = 'Migration20261121240000_custodians'

  override up(): void {
    this.addSql('alter table resource_version disable trigger resource_version_labels;')
    this.addSql(`do $$ declare held text; begin
  for held in ${TABLES} loop
    execute format('update %I as t set custodian = p.custodian from patient as p
      where t.patient = p.id and t.custodian is null and p.custodian is not null', held);
  end loop;
end $$;`)
    // An Organization speaks for itself: whoever wrote it first does not hold it.
    this.addSql('update organization set custodian = null where custodian is not null;')
    this.addSql("update resource_version set custodian = null where type = 'Organization' and custodian is not null;")
    this.addSql('alter table resource_version enable trigger resource_version_labels;')
  }
}
