// What no entity declares: the trigram extension that name search needs.
import { Migration } from '@mikro-orm/migrations'

export class Migration20261121000000_ground extends Migration {
  override name = 'Migration20261121000000_ground'

  override up(): void {
    this.addSql('create extension if not exists pg_trgm;')
  }
}
