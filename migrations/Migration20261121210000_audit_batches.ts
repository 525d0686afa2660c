// Audit events enter the log: each names the entry that commits to it, and its place among the events of that entry. Those of
// before keep neither; there can be no more of them.
import { Migration } from '@mikro-orm/migrations'

export class Migration20261121210000_audit_batches extends Migration {
  override name = 'Migration20261121210000_audit_batches'

  override up(): void {
    // Not valid: of events that stand already it says nothing.
    this.addSql(`alter table "audit_entry" add column "batch" uuid null, add column "place" int null,
  add constraint audit_entry_batched check (num_nulls(batch, place) = 0 and place >= 0) not valid;`)
    this.addSql('create index "audit_entry_batch" on "audit_entry" (batch) where batch is not null;')
  }
}
