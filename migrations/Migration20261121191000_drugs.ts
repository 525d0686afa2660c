// What names a drug elsewhere than in `medicationReference` is found without reading every row, when the drug's labels rise
// (src/store/referrers.ts).
import { Migration } from '@mikro-orm/migrations'

export class Migration20261121191000_drugs extends Migration {
  override name = 'Migration20261121191000_drugs'

  override up(): void {
    this.addSql(
      `create index procedure_used_reference on procedure using gin (facts) where content like '%"usedReference"%';`,
    )
    this.addSql(
      `create index care_plan_product_reference on care_plan using gin (facts) where content like '%"productReference"%';`,
    )
  }
}
