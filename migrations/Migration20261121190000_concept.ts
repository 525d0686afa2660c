// Search across patients by code and time (src/search/concept.ts): a key for each set of codes, and an index that holds all
// that consent and time ask of a row. The key is made by SHA-256, so that nobody can find codes that share one. A brief concept (odd key) holds only what lasts a day at most.
import { Migration } from '@mikro-orm/migrations'

const BRIEF = "interval '24 hours'"

export class Migration20261121190000_concept extends Migration {
  override name = 'Migration20261121190000_concept'

  override up(): void {
    this.addSql(`create function concept_key(codes bigint[], low timestamptz, high timestamptz) returns bigint
language sql immutable parallel safe as $$
  select (('x' || encode(substr(sha256(convert_to(string_agg(code::text, ',' order by code), 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint & ~(1::bigint))
    | case when isfinite(low) and isfinite(high) then (high - low <= ${BRIEF})::int else 0 end
  from unnest(codes) as code
$$;`)
    this.addSql(
      `create table concept (key bigint not null primary key, codes bigint[] not null, brief boolean not null);`,
    )
    this.addSql(`create index concept_codes on concept using gin (codes);`)
    this.addSql(
      `alter table observation add column concept bigint generated always as (concept_key(code, date_low, date_high)) stored;`,
    )
    this.addSql(`insert into concept select distinct on (concept) concept, code, concept & 1 = 1 from observation
  where concept is not null order by concept;`)
    this.addSql(`create index observation_concept on observation (concept, date_low desc nulls last, id desc)
  include (date_high, patient, shared, deleted, confidentiality, sensitivity, custodian) where concept is not null;`)
  }
}
