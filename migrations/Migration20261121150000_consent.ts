// Consent inside the statement, for what its constants cannot tell: what the rules of policies say to one asker about one
// row. src/consent/judge.ts says the same in the process, and tests hold the two equal.
import { Migration } from '@mikro-orm/migrations'

const LEVELS = ['u', 'l', 'm', 'n', 'r', 'v']
const each = (print: (level: string) => string) => LEVELS.map(print).join(', ')

/** Who asks, for what, of which type: false for rules that are not about that. */
const HEARD = `rule.policy = any(asked_policies)
    and (not rule.research or asked_research)
    and case when rule.purposes is null then not asked_by_name else rule.purposes && asked_purposes end
    and (rule.recipients is null or rule.recipients && asked_recipients)
    and (rule.types is null or asked_type = any(rule.types) or rule.profiles is not null)`

/** What a rule asks of a resource beyond its labels. */
const MATCHED = `case when rule.deny then (rule.actions & row_actions) <> 0 else (rule.actions & row_actions) = row_actions end
    and ((rule.types is null and rule.profiles is null) or asked_type = any(rule.types) or coalesce(row_facts && rule.profiles, false))
    and (rule.custodians is null or coalesce(row_custodian = any(rule.custodians), false))
    and (rule.authors is null or coalesce(row_facts && rule.authors, false))
    and (rule.facts is null or coalesce(row_facts && rule.facts, false))
    and (not rule.timed or case
      when row_low is null then rule.deny
      when rule.deny then row_low < rule.data_until and row_high > rule.data_from
      else row_low >= rule.data_from and row_high <= rule.data_until end)
    and (rule.instances is null or row_self = any(rule.instances) or coalesce(row_facts && rule.dependents, false)
      or (rule.related is not null and (
        exists (select from encounter as source where 'Encounter/' || source.id = any(rule.related) and not source.deleted and source.facts && row_link)
        or exists (select from care_plan as source where 'CarePlan/' || source.id = any(rule.related) and not source.deleted and source.facts && row_link))))`

/** Deny overrides at its own depth; only a deeper permit of the same policy lifts it. What one policy shuts is shut. */
const WEIGHED = `
  select array[${each((l) => `coalesce(bit_or(heard.${l}), 0) & ~coalesce(bit_or(case when heard.deny then heard.${l} & ~coalesce(deeper.${l}, 0) end), 0)`)}],
    array[${each((l) => `coalesce(bit_or(case when heard.deny then heard.${l} & ~coalesce(deeper.${l}, 0) end), 0)`)}]
  from heard left join lateral (
    select ${each((l) => `bit_or(permit.${l}) as ${l}`)} from heard as permit
    where heard.deny and not permit.deny and permit.policy = heard.policy and permit.depth > heard.depth
  ) as deeper on true`

const ASKED = `asked_policies int[], asked_purposes text[], asked_recipients text[], asked_research boolean, asked_by_name boolean, asked_type text`

export class Migration20261121150000_consent extends Migration {
  override name = 'Migration20261121150000_consent'

  override up(): void {
    this.addSql(`create function consent_verdict(${ASKED}, row_self text, row_facts bigint[], row_low timestamptz, row_high timestamptz, row_custodian text, row_actions int)
returns table (open int[], shut int[]) language plpgsql stable parallel safe rows 1 as $$
#variable_conflict use_column
declare row_link bigint[] := array[link_hash(row_self)];
begin
  return query with heard as materialized (select rule.* from policy_rule as rule where ${HEARD} and ${MATCHED})${WEIGHED};
end $$;`)
    // The word of src/consent/facts.ts for a reference, hashed as src/kernel/hash.ts does: 8 bytes of SHA-256, signed.
    this.addSql(`create function link_hash(reference text) returns bigint language sql immutable strict parallel safe as $$
  select ('x' || encode(substr(sha256(convert_to('l|' || reference, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
$$;`)
  }
}
