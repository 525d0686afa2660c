// Whether what decides who is told is what the Consents say: policies are no content of any leaf, but they follow from the
// Consents, which are. Worked out again here for everybody and held against the tables.
import { policyOf } from '../../consent/policy.ts'
import type { Rule } from '../../consent/rule.ts'
import { heldRow, numbersOf, slicesOf } from '../consent/policies.ts'
import { policyRows } from '../consent/policy-rows.ts'
import { SETTLED, STATE } from '../consent/settle-all.ts'
import type { Session } from '../database.ts'
import { readState } from '../state.ts'
import type { Contradiction } from './contradiction.ts'

/** Nothing where another release read the consents: they are settled anew before anybody is served. */
export async function* policyContradictions(session: Session): AsyncGenerator<Contradiction> {
  yield* inPolicies(session)
  if ((await readState(session, STATE)) === SETTLED) yield* inPatients(session)
}

const PAGE = 500

// Of an erased policy nothing is left but its number: no rules, and a name that is that of nothing.
const POLICIES = 'select id, hash, rules from policy where id > $1 order by id limit $2'
const RULES_DIFFER = `with given as (select * from json_populate_recordset(null::policy_rule, $1::json)),
stored as (select * from policy_rule where policy = any($2::int[]))
select distinct policy from ((table given except all table stored) union all (table stored except all table given)) as r order by 1`
const NO_POLICY =
  'select distinct policy from policy_rule as r where not exists (select from policy as p where p.id = r.policy)'

async function* inPolicies(session: Session): AsyncGenerator<Contradiction> {
  for (let after = 0, more = true; more; ) {
    const rows = await session.query<{ id: number; hash: string; rules: string }>({
      sql: POLICIES,
      parameters: [after, PAGE],
    })
    const read = rows.map(({ id, hash, rules }) => ({ id, hash, rules: rulesIn(rules) }))
    const wrong = new Set(
      read.filter(({ hash, rules }) => rules.length > 0 && policyOf(rules).hash !== hash).map(({ id }) => id),
    )
    const differ = await session.query<{ policy: number }>({
      sql: RULES_DIFFER,
      parameters: [JSON.stringify(read.flatMap(({ id, rules }) => policyRows(id, rules))), rows.map(({ id }) => id)],
    })
    for (const { policy } of differ) wrong.add(policy)
    for (const id of wrong) yield { code: 'policy-differs', at: String(id) }
    after = rows.at(-1)?.id ?? after
    more = rows.length === PAGE
  }
  for (const { policy } of await session.query<{ policy: number }>({ sql: NO_POLICY, parameters: [] }))
    yield { code: 'policy-differs', at: String(policy) }
}

function rulesIn(text: string): Rule[] {
  try {
    return JSON.parse(text) as Rule[]
  } catch {
    return []
  }
}

const PATIENTS = `select id from (select patient as id from consent where patient > $1
  union select patient from patient_policy where patient > $1) as p order by id limit $2`
const HELD_DIFFER = `with given as (select * from json_populate_recordset(null::patient_policy, $1::json)),
stored as (select * from patient_policy where patient = any($2::text[]))
select distinct d.patient, (select l.leaf_index from log_leaf as l
  where l.type = 'Patient' and l.id = d.patient and l.leaf_index is not null order by l.version desc limit 1)::text as leaf
from ((table given except all table stored) union all (table stored except all table given)) as d order by 1`

async function* inPatients(session: Session): AsyncGenerator<Contradiction> {
  for (let after = '', more = true; more; ) {
    const rows = await session.query<{ id: string }>({ sql: PATIENTS, parameters: [after, PAGE] })
    const ids = rows.map(({ id }) => id)
    const slices = await slicesOf(session, ids)
    const hashes = new Set(slices.flatMap(({ policies }) => policies.map(({ hash }) => hash)))
    const numbers = await numbersOf(session, [...hashes])
    const differ = await session.query<{ leaf: string | null }>({
      sql: HELD_DIFFER,
      parameters: [JSON.stringify(slices.map((slice) => heldRow(slice, numbers))), ids],
    })
    // Named by the leaf of the Patient: what is told here names nobody.
    for (const { leaf } of differ) yield { code: 'policies-differ', at: leaf ?? '-' }
    after = ids.at(-1) ?? after
    more = ids.length === PAGE
  }
}
