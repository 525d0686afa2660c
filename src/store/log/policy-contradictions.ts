// Whether what decides who is told is what the Consents say: policies are no content of any leaf, but they follow from the
// Consents, which are. Worked out again here for everybody and held against the tables.
import { isParticular, policyOf } from '../../consent/policy.ts'
import type { Rule } from '../../consent/rule.ts'
import { isObject } from '../../kernel/json.ts'
import { heldRow, numbersOf, slicesOf } from '../consent/policies.ts'
import { policyRows } from '../consent/policy-rows.ts'
import { SETTLED, STATE } from '../consent/settle-all.ts'
import type { Session } from '../database.ts'
import { joined } from '../joined.ts'
import { consentingPatients } from '../relabel.ts'
import { readState } from '../state.ts'
import type { Contradiction } from './contradiction.ts'

/** Where another release read the consents nothing can be compared, and that is said. */
export async function* policyContradictions(session: Session): AsyncGenerator<Contradiction> {
  yield* inPolicies(session)
  if ((await readState(session, STATE)) === SETTLED) yield* inPatients(session)
  else if ((await consentingPatients(session, '', 1)).length > 0) yield { code: 'policies-unread', at: '-' }
}

const PAGE = 500

// Of an erased policy nothing is left but its number: no rules, a name that is that of nothing, and nobody who signed it.
const POLICIES = `select id, hash, rules, particular, exists (select from patient_policy as p where p.policies @> array[policy.id]) as signed
from policy where id > $1::bigint order by id limit $2`
/** Below every number, also such as nobody gives. */
const BELOW = -2_147_483_649
const RULES_DIFFER = `with given as (select * from json_populate_recordset(null::policy_rule, $1::json)),
stored as (select * from policy_rule where policy = any($2::int[]))
select distinct policy from ((table given except all table stored) union all (table stored except all table given)) as r order by 1`
const NO_POLICY =
  'select distinct policy from policy_rule as r where not exists (select from policy as p where p.id = r.policy)'

async function* inPolicies(session: Session): AsyncGenerator<Contradiction> {
  for (let after = BELOW, more = true; more; ) {
    const rows = await session.query<PolicyRow>({
      sql: POLICIES,
      parameters: [after, PAGE],
    })
    const read = rows.map((row) => ({ ...row, rules: rulesIn(row.rules) }))
    const wrong = new Set(read.filter(isWrong).map(({ id }) => id))
    const differ = await session.query<{ policy: number }>({
      sql: RULES_DIFFER,
      parameters: [
        JSON.stringify(read.flatMap(({ id, rules }) => policyRows(id, rules ?? []))),
        rows.map(({ id }) => id),
      ],
    })
    for (const { policy } of differ) wrong.add(policy)
    for (const id of wrong) yield { code: 'policy-differs', at: String(id) }
    after = rows.at(-1)?.id ?? after
    more = rows.length === PAGE
  }
  for (const { policy } of await session.query<{ policy: number }>({ sql: NO_POLICY, parameters: [] }))
    yield { code: 'policy-differs', at: String(policy) }
}

interface PolicyRow {
  readonly id: number
  readonly hash: string
  readonly rules: string
  readonly particular: boolean
  readonly signed: boolean
}

type ReadPolicy = Omit<PolicyRow, 'rules'> & { readonly rules: Rule[] | undefined }

function isWrong({ hash, rules, particular, signed }: ReadPolicy): boolean {
  if (rules === undefined) return true
  if (rules.length === 0) return signed
  return policyOf(rules).hash !== hash || isParticular(rules) !== particular
}

function rulesIn(text: string): Rule[] | undefined {
  try {
    return JSON.parse(text) as Rule[]
  } catch {
    return undefined
  }
}

const PATIENTS = `select id from (select patient as id from consent where patient > $1
  union select patient from patient_policy where patient > $1) as p order by id limit $2`
/** Named by the leaf of the Patient: what is told here names nobody. */
const leafOf = (patient: string) => `(select l.leaf_index from log_leaf as l
  where l.type = 'Patient' and l.id = ${patient} and l.leaf_index is not null order by l.version desc limit 1)::text as leaf`
const LEAF = `select ${leafOf('$1')}`
const HELD_DIFFER = `with given as (select * from json_populate_recordset(null::patient_policy, $1::json)),
stored as (select * from patient_policy where patient = any($2::text[]))
select distinct d.patient, ${leafOf('d.patient')}
from ((table given except all table stored) union all (table stored except all table given)) as d order by 1`

type PatientSlices = Awaited<ReturnType<typeof slicesOf>>
const differs = ({ leaf }: { readonly leaf: string | null }): Contradiction => ({
  code: 'policies-differ',
  at: leaf ?? '-',
})

async function* inPatients(session: Session): AsyncGenerator<Contradiction> {
  for (let after = '', more = true; more; ) {
    const rows = await session.query<{ id: string }>({ sql: PATIENTS, parameters: [after, PAGE] })
    const ids = rows.map(({ id }) => id)
    const slices = await readable(session, () => slicesOf(session, ids))
    if (slices) yield* compared(session, ids, slices)
    else for (const id of ids) yield* alone(session, id)
    after = ids.at(-1) ?? after
    more = ids.length === PAGE
  }
}

/** A Consent that nobody can read silences nothing but itself. */
async function* alone(session: Session, id: string): AsyncGenerator<Contradiction> {
  const slices = await readable(session, () => slicesOf(session, [id]))
  if (slices) yield* compared(session, [id], slices)
  else yield* (await session.query<{ leaf: string | null }>({ sql: LEAF, parameters: [id] })).map(differs)
}

async function* compared(
  session: Session,
  ids: readonly string[],
  slices: PatientSlices,
): AsyncGenerator<Contradiction> {
  const hashes = new Set(slices.flatMap(({ policies }) => policies.map(({ hash }) => hash)))
  const numbers = await numbersOf(session, [...hashes])
  const found = await session.query<{ leaf: string | null }>({
    sql: HELD_DIFFER,
    parameters: [JSON.stringify(slices.map((slice) => heldRow(slice, numbers))), ids],
  })
  yield* found.map(differs)
}

/** Undefined where a Consent, or a version of one, is none any more: who tampered with it is found, not followed. */
async function readable<T>(session: Session, reading: () => Promise<T>): Promise<T | undefined> {
  try {
    // PostgreSQL reads them as well, and a statement that fails must not end the dump.
    return await joined(session).transaction(reading)
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || isBadData(error)) return undefined
    throw error
  }
}

/** Class 22 of PostgreSQL's errors, "data exception": text that is no JSON. */
const isBadData = (error: unknown) => isObject(error) && typeof error.code === 'string' && error.code.startsWith('22')
