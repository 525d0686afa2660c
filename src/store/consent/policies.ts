// The policies of patients, kept in the transaction that writes a Consent: the next statement hears the new ones.
import { type Policy, policiesOf } from '../../consent/policy.ts'
import type { Rule } from '../../consent/rule.ts'
import { readStored } from '../../kernel/json.ts'
import { timestamp } from '../../search/types/date.ts'
import type { Session } from '../database.ts'
import { policyRows } from './policy-rows.ts'

type Node = Record<string, unknown>

/** Makes the policies of these patients anew from the Consents that stand. Inside the transaction of the write. */
export async function settlePolicies(session: Session, patients: readonly string[]): Promise<void> {
  const ids = [...new Set(patients)].sort()
  if (ids.length === 0) return
  // One after the other for each patient: the later one sees what the earlier has written.
  await session.query({
    sql: "select pg_advisory_xact_lock(hashtextextended('policy ' || id, 0)) from unnest($1::text[]) as id order by id",
    parameters: [ids],
  })
  const rows = await session.query<{ patient: string; content: string; lossless: boolean }>({
    sql: 'select patient, content, lossless from consent where patient = any($1::text[]) and not deleted',
    parameters: [ids],
  })
  const consents = Map.groupBy(rows, (row) => row.patient)
  const slices = ids.flatMap((patient) =>
    policiesOf((consents.get(patient) ?? []).map((row) => readStored(row.content, row.lossless) as Node)).map(
      (slice) => ({ patient, ...slice }),
    ),
  )
  await keepPolicies(session, new Map(slices.map(({ policy }) => [policy.id, policy])))
  const held = slices.map(({ patient, from, until, policy }) => ({
    patient,
    valid_from: timestamp(from),
    valid_until: timestamp(until),
    policy: policy.id,
  }))
  await session.query({ sql: 'delete from patient_policy where patient = any($1::text[])', parameters: [ids] })
  await session.query({
    sql: 'insert into patient_policy select * from json_populate_recordset(null::patient_policy, $1::json)',
    parameters: [JSON.stringify(held)],
  })
}

async function keepPolicies(session: Session, policies: ReadonlyMap<string, Policy>): Promise<void> {
  if (policies.size === 0) return
  const [heads, rules]: [object[], object[]] = [[], []]
  // In one order everywhere, so that writers of the same policies wait for one another instead of deadlocking.
  for (const policy of [...policies.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    heads.push({ id: policy.id, rules: policy.text })
    rules.push(...policyRows(policy))
  }
  await session.query({
    sql: 'insert into policy select * from json_populate_recordset(null::policy, $1::json) on conflict do nothing',
    parameters: [JSON.stringify(heads)],
  })
  await session.query({
    sql: 'insert into policy_rule select * from json_populate_recordset(null::policy_rule, $1::json) on conflict do nothing',
    parameters: [JSON.stringify(rules)],
  })
}

const RULES_MAX = 20_000
const known = new Map<string, readonly Rule[]>()

/** Rules by policy. A policy never changes, so what was read once stays true. */
export async function readPolicies(session: Session, ids: Iterable<string>): Promise<Map<string, readonly Rule[]>> {
  const found = new Map<string, readonly Rule[]>()
  const missing: string[] = []
  for (const id of ids) {
    const rules = known.get(id)
    if (rules) found.set(id, rules)
    else missing.push(id)
  }
  if (missing.length === 0) return found
  const rows = await session.query<{ id: string; rules: string }>({
    sql: 'select id, rules from policy where id = any($1::uuid[])',
    parameters: [missing],
  })
  for (const { id, rules } of rows) {
    const read = JSON.parse(rules) as Rule[]
    if (known.size >= RULES_MAX) known.delete(known.keys().next().value!)
    known.set(id, read)
    found.set(id, read)
  }
  return found
}
