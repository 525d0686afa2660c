// What this server has seen of the logs that it is a witness of, in a table of its own that only grows; and how many of its
// own checkpoints it keeps: all of the last 65,536 entries, and before them the last of each 65,536.
import { Migration } from '@mikro-orm/migrations'

const BLOCK = 65_536
/** Behind the newest by more than a block, and another of its block stands behind it. */
const SPARE = (row: string) => `${row}.size < (select max(size) from log_checkpoint) - ${BLOCK}
    and exists (select from log_checkpoint as later where later.size > ${row}.size and later.size <= ${row}.size | ${BLOCK - 1})`

export class Migration20261121203000_witness extends Migration {
  override name = 'Migration20261121203000_witness'

  override up(): void {
    this.witnessed()
    this.retention()
  }

  private witnessed(): void {
    this.addSql(`create table log_witnessed (
  origin text not null primary key,
  size bigint not null check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null
);`)
    // A note begins with origin, size and root, each on its line. One that does not is damaged, and stops this.
    this.addSql(`insert into log_witnessed (origin, size, root, note)
select substr(name, 11), split_part(value, E'\\n', 2)::bigint, decode(split_part(value, E'\\n', 3), 'base64'), value
from server_state where name like 'witnessed %';`)
    this.addSql("delete from server_state where name like 'witnessed %';")
    this.addSql(`create trigger log_witnessed_grows before update on log_witnessed for each row
  when ((new.origin = old.origin and (new.size > old.size or (new.size, new.root) = (old.size, old.root))) is not true)
  execute function refuse_change();`)
    this.addSql(`create trigger log_witnessed_append_only before delete on log_witnessed
  for each row execute function refuse_change();`)
    this.addSql(`create trigger log_witnessed_no_truncate before truncate on log_witnessed
  for each statement execute function refuse_change();`)
    this.addSql('revoke update, delete, truncate on log_witnessed from public;')
  }

  private retention(): void {
    this.addSql(`create function keep_log_checkpoint() returns trigger language plpgsql as $$
begin
  if ${SPARE('old')} then
    return old;
  end if;
  raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;`)
    this.addSql('drop trigger log_checkpoint_append_only on log_checkpoint;')
    this.addSql(`create trigger log_checkpoint_append_only before delete on log_checkpoint
  for each row execute function keep_log_checkpoint();`)
    // As the owner: whoever serves has no right to delete. Temporary tables come last, or a caller could slip one in.
    this.addSql(`do $do$ begin execute format($create$
create function thin_log_checkpoints(at_most int) returns bigint language sql security definer set search_path = %I, pg_temp as $$
  with gone as (
    delete from log_checkpoint where size in (select size from log_checkpoint as c where ${SPARE('c')} limit at_most) returning 1
  )
  select count(*) from gone
$$;$create$, current_schema()); end $do$;`)
  }
}
