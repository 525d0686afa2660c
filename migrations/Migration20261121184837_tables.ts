import { Migration } from '@mikro-orm/migrations';

export class Migration20261121184837_tables extends Migration {

  override name = 'Migration20261121184837_tables';

  override up(): void | Promise<void> {
    this.addSql(`create index "audit_entry_frame" on "audit_entry" (frame);`);
    this.addSql(`create index "audit_entry_several" on "audit_entry" (id) where shared or patient !~ '^[A-Za-z0-9.-]+\$' or length(patient) > 64;`);

    this.addSql(`create index "audit_frame_own" on "audit_frame" (own) where own is not null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "audit_entry_frame";`);
    this.addSql(`drop index "audit_entry_several";`);

    this.addSql(`drop index "audit_frame_own";`);
  }

}
