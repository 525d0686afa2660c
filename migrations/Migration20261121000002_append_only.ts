// resource_version only grows: neither the server nor a slip of the hand rewrites what was.
import { Migration } from '@mikro-orm/migrations'

export class Migration20261121000002_append_only extends Migration {
  override name = 'Migration20261121000002_append_only'

  override up(): void {
    this.addSql(`create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;`)
    this.addSql(`create trigger resource_version_append_only before update or delete on resource_version
  for each row execute function refuse_change();`)
    this.addSql(`create trigger resource_version_no_truncate before truncate on resource_version
  for each statement execute function refuse_change();`)
    this.addSql('revoke update, delete, truncate on resource_version from public;')
  }
}
