// The policies of patients, kept in the transaction that writes a Consent: the next statement hears the new ones.
import { grants, isParticular, type Policy, policiesOf, type Slice } from '../../consent/policy.ts'
import { timestamp } from '../../search/types/date.ts'
import type { Session } from '../database.ts'
import { consentsOf } from './on-file.ts'
import { policyRows } from './policy-rows.ts'

/** Makes the policies of these patients anew from the Consents that stand. Inside the transaction of the write. */
export async function settlePolicies(session: Session, patients: readonly string[]): Promise<void> {
  const ids = [...new Set(patients)].sort()
  if (ids.length === 0) return
  // One after the other for each patient: the later one sees what the earlier has written. And no erasure forgets rules
  // that are about to be found.
  await session.query({
    sql: "select pg_advisory_xact_lock_shared(hashtextextended('policies forgotten', 0)), pg_advisory_xact_lock(hashtextextended('policy ' || id, 0)) from unnest($1::text[]) as id order by id",
    parameters: [ids],
  })
  const slices = await slicesOf(session, ids)
  const numbers = await keepPolicies(
    session,
    slices.flatMap(({ policies }) => policies),
  )
  const held = slices.map((slice) => heldRow(slice, numbers))
  await session.query({ sql: 'delete from patient_policy where patient = any($1::text[])', parameters: [ids] })
  await session.query({
    sql: 'insert into patient_policy select * from json_populate_recordset(null::patient_policy, $1::json)',
    parameters: [JSON.stringify(held)],
  })
}

interface PatientSlice extends Slice {
  readonly patient: string
}

/** What the Consents that stand say, patient by patient. */
export async function slicesOf(session: Session, patients: readonly string[]): Promise<PatientSlice[]> {
  const consents = await consentsOf(session, patients)
  return patients.flatMap((patient) => policiesOf(consents.get(patient) ?? []).map((slice) => ({ patient, ...slice })))
}

/** A row of patient_policy; a policy without a number gets 0, which no policy has. */
export function heldRow(
  { patient, from, until, policies }: PatientSlice,
  numbers: ReadonlyMap<string, number>,
): object {
  const mine = policies.map(({ hash }) => numbers.get(hash) ?? 0)
  return {
    patient,
    valid_from: timestamp(from),
    valid_until: timestamp(until),
    policies: mine.sort((a, b) => a - b),
    newest: Math.max(...mine),
    on_file: policies.some(({ rules }) => grants(rules, false)),
    on_file_research: policies.some(({ rules }) => grants(rules, true)),
    particular: policies.some(({ rules }) => isParticular(rules)),
  }
}

/** Their numbers by hash; those that nobody has signed before get the next ones. */
async function keepPolicies(session: Session, policies: readonly Policy[]): Promise<Map<string, number>> {
  const wanted = new Map(policies.map((policy) => [policy.hash, policy]))
  const known = await numbersOf(session, [...wanted.keys()])
  if (known.size === wanted.size) return known
  // Numbers follow the order of commits, or a reader that knows number 7 could miss number 6: see Repertoire.
  await session.query({ sql: "select pg_advisory_xact_lock(hashtextextended('policies', 0))", parameters: [] })
  const now = await numbersOf(session, [...wanted.keys()])
  const [{ last } = { last: 0 }] = await session.query<{ last: number }>({
    sql: 'select coalesce(max(id), 0) as last from policy',
    parameters: [],
  })
  const fresh = [...wanted.values()].filter(({ hash }) => !now.has(hash))
  const heads = fresh.map(({ hash, text, rules }, i) => ({
    id: last + 1 + i,
    hash,
    particular: isParticular(rules),
    rules: text,
  }))
  await session.query({
    sql: 'insert into policy select * from json_populate_recordset(null::policy, $1::json)',
    parameters: [JSON.stringify(heads)],
  })
  await session.query({
    sql: 'insert into policy_rule select * from json_populate_recordset(null::policy_rule, $1::json)',
    parameters: [JSON.stringify(fresh.flatMap(({ rules }, i) => policyRows(last + 1 + i, rules)))],
  })
  for (const { id, hash } of heads) now.set(hash, id)
  return now
}

export async function numbersOf(session: Session, hashes: readonly string[]): Promise<Map<string, number>> {
  const rows = await session.query<{ id: number; hash: string }>({
    sql: 'select id, hash from policy where hash = any($1::uuid[])',
    parameters: [hashes],
  })
  return new Map(rows.map(({ id, hash }) => [hash, id]))
}
