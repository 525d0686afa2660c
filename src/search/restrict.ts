// A ReadScope as joins and a condition of the statement: what consent forbids is never a row. Pure.
// src/consent/told.ts says the same in the process; tests hold the two equal.
import { type RawBuilder, sql } from 'kysely'
import { NORMAL, RESTRICTED } from '../consent/labels.ts'
import { admissions, type ReadScope } from '../consent/read-scope.ts'
import { ACTIONS } from '../consent/rule.ts'
import type { Right } from '../kernel/asker.ts'
import { searchTable } from './parameters.ts'

export interface Restriction {
  /** Joins that the condition needs; after the table in `from`. */
  readonly joins: RawBuilder<unknown>
  readonly condition: RawBuilder<boolean>
  /** The patient's policy, for the second wall; null where there is none. */
  readonly policy: RawBuilder<string | null>
}

/** Names of the columns that are settled when a row is written. */
export interface Row {
  /** Alias in the statement. */
  readonly name: string
  /** Its versions carry their clinical time in columns of their own. */
  readonly version?: true
  /** Where else than in the row the policy is looked up by patient: rows of one patient then share one look-up. */
  readonly patient?: RawBuilder<string>
}

export type AdmissionSql = (filter: readonly (readonly [string, readonly string[]])[]) => RawBuilder<boolean>

const NOTHING = sql<boolean>`false`
const none = { joins: sql``, policy: sql<string | null>`null::uuid` }

/** Undefined where nothing is held back. `admit` prints what a SMART scope's suffix asks of a row. */
export function restrict(
  scope: ReadScope,
  type: string,
  right: Right,
  row: Row,
  admit: AdmissionSql,
): Restriction | undefined {
  if (scope.everything) return undefined
  const admitted = admissions(scope, type, right)
  if (admitted.length === 0) return { ...none, condition: NOTHING }
  const table = searchTable(type)
  const column = (name: string) => sql.ref(`${row.name}.${name}`)
  const owned = table.directory !== true || table.compartment.length > 0
  const unowned = table.directory
    ? sql<boolean>`(${column('patient')} is null and not ${column('shared')} and ${column('confidentiality')} <= ${NORMAL}::int)`
    : NOTHING
  const mine = (patient: string) =>
    sql<boolean>`(${column('patient')} = ${patient}${table.directory ? sql` or ${unowned}` : sql``})`
  const gates = admitted.map(({ patient, filter }) => [
    ...(patient === undefined ? [] : [mine(patient)]),
    ...(filter.length === 0 ? [] : [admit(filter)]),
  ])
  const open = gates.some((gate) => gate.length === 0)
  const gate = sql.join(
    gates.map((parts) => sql`(${sql.join(parts, sql` and `)})`),
    sql` or `,
  )
  const consent = owned ? consented(scope, type, row, unowned) : { ...none, condition: unowned }
  return open ? consent : { ...consent, condition: sql<boolean>`(${gate}) and ${consent.condition}` }
}

function consented(scope: ReadScope, type: string, row: Row, unowned: RawBuilder<boolean>): Restriction {
  const column = (name: string) => sql.ref(`${row.name}.${name}`)
  const [policy, verdict] = [`${row.name}p`, `${row.name}v`]
  const { purposes, recipients, research } = scope.hearing
  const emergency = scope.emergencies !== undefined
  const asked = sql`${sql.ref(`${policy}.policy`)}, ${emergency ? ['BTG'] : purposes}::text[], ${recipients}::text[], ${research}::boolean, ${emergency}::boolean, ${type}::text`
  const joins = sql` left join patient_policy as ${sql.ref(policy)} on ${sql.ref(`${policy}.patient`)} = ${row.patient ?? column('patient')} and ${sql.ref(`${policy}.valid_from`)} <= now() and now() < ${sql.ref(`${policy}.valid_until`)} left join lateral consent_verdict(${asked}) as ${sql.ref(verdict)} on true`
  const fixed = (of: string) => told(scope, row, of)
  const particular = sql<boolean>`(select ${fixed('d')} from consent_verdict_of(${asked}, ${about(scope, type, row)}) as d)`
  const condition = sql<boolean>`case when ${column('patient')} is null then ${unowned} when (${column('sensitivity')} & ${scope.law.denied}::int) <> 0 then false ${own(scope, row)}when ${sql.ref(`${verdict}.dynamic`)} then ${particular} else ${fixed(verdict)} end`
  return { joins, condition, policy: sql<string | null>`${sql.ref(`${policy}.policy`)}` }
}

const own = ({ own }: ReadScope, { name }: Row) =>
  own === undefined ? sql`` : sql`when ${sql.ref(`${name}.patient`)} = ${own} then true `

/** What a rule may ask of the row beyond its labels. */
function about(scope: ReadScope, type: string, { name, version }: Row): RawBuilder<unknown> {
  const column = (of: string) => sql.ref(`${name}.${of}`)
  const { clinical } = searchTable(type)
  const time = version ? 'clinical' : clinical
  const bound = (end: string) => (time === undefined ? sql`null::timestamptz` : column(`${time}_${end}`))
  const { organisation } = scope.hearing
  const foreign = ACTIONS.access | ACTIONS.disclose
  const actions = sql`case when ${column('custodian')} = ${organisation ?? null}::text then ${ACTIONS.access}::int else ${foreign}::int end`
  return sql`${`${type}/`}::text || ${column('id')}, ${column('facts')}, ${bound('low')}, ${bound('high')}, ${column('custodian')}, ${actions}`
}

function told(scope: ReadScope, { name }: Row, verdict: string): RawBuilder<boolean> {
  const column = (of: string) => sql.ref(`${name}.${of}`)
  const at = (mask: string) => sql`coalesce(${sql.ref(`${verdict}.${mask}`)}[${column('confidentiality')} + 1], 0)`
  if (scope.emergencies) return inEmergency(scope, column, at('shut'))
  const { byDefault, byCustodian } = scope.implied
  const cases = [...byCustodian].map(([id, level]) => sql`when ${id} then ${level}::int`)
  const level =
    cases.length === 0
      ? sql`${byDefault}::int`
      : sql`case ${column('custodian')} ${sql.join(cases, sql` `)} else ${byDefault}::int end`
  const silent = sql`not coalesce(${sql.ref(`${verdict}.on_file`)}, false) and ${column('confidentiality')} <= ${level}`
  const implied = sql`case when ${silent} then ~(${at('shut')} | ${scope.law.explicit}::int) else 0 end`
  const nobody = byDefault < 0 && [...byCustodian.values()].every((l) => l < 0)
  const open = nobody ? at('open') : sql`(${at('open')} | ${implied})`
  return sql<boolean>`(${column('sensitivity')} & ~${open}) = 0`
}

function inEmergency(scope: ReadScope, column: (of: string) => RawBuilder<unknown>, shut: RawBuilder<unknown>) {
  const each = scope.emergencies!.map(({ patient, documented }) => {
    const never = scope.law.neverByEmergency | (documented ? 0 : scope.law.onlyDocumentedEmergency)
    return sql`(${column('patient')} = ${patient} and (${column('sensitivity')} & (${never}::int | ${shut})) = 0)`
  })
  if (each.length === 0) return NOTHING
  return sql<boolean>`(${column('confidentiality')} <= ${RESTRICTED}::int and (${sql.join(each, sql` or `)}))`
}
