// The Merkle log: leaves, their salts, the tree as tiles, what was signed of it. Every version that is written from now on
// has one leaf; those that stand already are let be, and get theirs from src/store/log/backfill.ts.
import { Migration } from '@mikro-orm/migrations'

const EMPTY_ROOT = "sha256('')"
const HASH = 32
const TILE = 256 * HASH

/** All that may happen to a row of a table. */
const RULES: readonly (readonly [table: string, updates: string | undefined])[] = [
  [
    'log_leaf',
    `old.leaf_index is null and new.leaf_index is not null and (new.entry, new.leaf, new.salt, new.recorded) = (old.entry, old.leaf, old.salt, old.recorded)
    and (new.type, new.id, new.version, new.decision) is not distinct from (old.type, old.id, old.version, old.decision)`,
  ],
  ['log_salt', undefined],
  ['log_state', 'new.size > old.size and (new.one, new.since) = (old.one, old.since)'],
  [
    'log_tile',
    `(new.level, new.index) = (old.level, old.index) and octet_length(new.hashes) > octet_length(old.hashes)
    and substring(new.hashes for octet_length(old.hashes)) = old.hashes`,
  ],
  ['log_checkpoint', undefined],
]

export class Migration20261121200000_log extends Migration {
  override name = 'Migration20261121200000_log'

  override up(): void {
    this.leaves()
    this.tree()
    for (const [table, updates] of RULES) {
      const unless = updates === undefined ? '' : ` when ((${updates}) is not true)`
      this.addSql(`create trigger ${table}_grows before update on ${table}
  for each row${unless} execute function refuse_change();`)
      this.addSql(`create trigger ${table}_append_only before delete on ${table}
  for each row execute function refuse_change();`)
      this.addSql(`create trigger ${table}_no_truncate before truncate on ${table}
  for each statement execute function refuse_change();`)
      this.addSql(`revoke update, delete, truncate on ${table} from public;`)
    }
  }

  private leaves(): void {
    this.addSql(`create table log_leaf (
  entry uuid not null primary key,
  leaf bytea not null check (octet_length(leaf) between 1 and 65535),
  salt uuid not null,
  type text, id text, version int,
  decision text,
  leaf_index bigint check (leaf_index >= 0),
  recorded timestamptz(3) not null,
  check (num_nulls(type, id, version) in (0, 3)),
  constraint log_leaf_about unique (type, id, version)
);`)
    this.addSql('create unique index log_leaf_index on log_leaf (leaf_index) where leaf_index is not null;')
    this.addSql('create index log_leaf_pending on log_leaf (recorded) where leaf_index is null;')
    this.addSql(
      `create table log_salt (id uuid not null primary key, salt bytea not null check (octet_length(salt) = ${HASH}));`,
    )
    // Looked at when the transaction ends. Not valid: for versions that stand already it says nothing.
    this.addSql(`alter table resource_version add constraint resource_version_logged
  foreign key (type, id, version) references log_leaf (type, id, version) deferrable initially deferred not valid;`)
  }

  private tree(): void {
    this.addSql(`create table log_state (
  one boolean not null primary key default true check (one),
  size bigint not null check (size >= 0),
  frontier bytea not null,
  root bytea not null check (octet_length(root) = ${HASH}),
  since timestamptz(3) not null
);`)
    this.addSql(`insert into log_state (size, frontier, root, since) values (0, '', ${EMPTY_ROOT}, now());`)
    this.addSql(`create table log_tile (
  level int not null check (level between 0 and 63),
  index bigint not null check (index >= 0),
  hashes bytea not null check (octet_length(hashes) between ${HASH} and ${TILE} and octet_length(hashes) % ${HASH} = 0),
  primary key (level, index)
);`)
    // Hashes do not compress.
    this.addSql('alter table log_tile alter column hashes set storage external;')
    this.addSql('create table log_checkpoint (size bigint not null primary key check (size >= 0), note text not null);')
  }
}
