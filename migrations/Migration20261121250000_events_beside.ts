// The audit events of a write stand behind its version, in a tree that the leaf of the version commits to: `tree` are the leaves
// of that tree, `salts` what blinds an event of it. What is logged already stays as it is.
import { Migration } from '@mikro-orm/migrations'

const HASH = 32

export class Migration20261121250000_events_beside extends Migration {
  override name = 'Migration20261121250000_events_beside'

  override up(): void {
    // Not valid: nothing stands in it yet, and no table is read for that.
    this.addSql(`alter table log_leaf add column tree bytea,
  add constraint log_leaf_tree check (octet_length(tree) >= ${2 * HASH} and octet_length(tree) % ${HASH} = 0) not valid;`)
    this.addSql(`create trigger log_leaf_tree_stays before update on log_leaf
  for each row when (new.tree is distinct from old.tree) execute function refuse_change();`)
    this.addSql(`alter table "audit_entry" add column "salts" bytea null,
  add constraint audit_entry_salts check (octet_length(salts) = ${2 * HASH}) not valid;`)
  }
}
