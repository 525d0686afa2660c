// A ReadScope as joins and a condition of the statement: what consent forbids is never a row. Pure.
// src/consent/told.ts says the same in the process; tests hold the two equal.
import { type RawBuilder, sql } from 'kysely'
import { NORMAL, RESTRICTED } from '../consent/labels.ts'
import { type Admission, admissions, OVERSEEN, OVERSEEN_ONLY, type ReadScope } from '../consent/read-scope.ts'
import { ACTIONS } from '../consent/rule.ts'
import { holdsPatients } from '../fhir/compartment.ts'
import type { Right } from '../kernel/asker.ts'
import { hash64 } from '../kernel/hash.ts'
import { intArray, textArray } from './constants.ts'
import { searchTable } from './parameters.ts'

export interface Restriction {
  /** Joins that the condition needs; after the table in `from`. */
  readonly joins: RawBuilder<unknown>
  readonly condition: RawBuilder<boolean>
  /** The patient's policies as text, for the second wall; null where there are none. */
  readonly policies: RawBuilder<string | null>
}

/** Names of the columns that are settled when a row is written. */
export interface Row {
  /** Alias in the statement. */
  readonly name: string
  /** Its versions carry their clinical time in columns of their own. */
  readonly version?: true
  /** It stands for a resource whose type and id are its columns about_type and about_id. */
  readonly about?: true
  /** Where else than in the row the policy is looked up by patient: rows of one patient then share one look-up. */
  readonly patient?: RawBuilder<string>
  /** Its facts, where they do not stand beside the other columns. */
  readonly facts?: RawBuilder<unknown>
}

export type AdmissionSql = (filter: readonly (readonly [string, readonly string[]])[]) => RawBuilder<boolean>

const NOTHING = sql<boolean>`false`

// What few askers differ in stands in the text, so that statements have few parameters and yet few texts: labels, law,
// vocabulary and configuration. Policies and people come as parameters.
const int = (value: number) => sql<number>`${sql.lit(value)}::int`
const text = (value: string) => sql<string>`${sql.lit(value)}::text`
const bool = (value: boolean) => sql.lit(value)
const policyNumbers = (policies: readonly number[]) => sql`${intArray(policies)}::int[]`
const none = { joins: sql``, policies: sql<string | null>`null::text` }
export const CLOSED: Restriction = { ...none, condition: NOTHING }

/** Undefined where nothing is held back. `admit` prints what a SMART scope's suffix asks of a row. */
export function restrict(
  scope: ReadScope,
  type: string,
  right: Right,
  row: Row,
  admit: AdmissionSql,
): Restriction | undefined {
  return scope.everything ? undefined : restrictTo(admissions(scope, type, right), scope, type, row, admit)
}

/** The same by admissions that are known. */
export function restrictTo(
  admitted: readonly Admission[],
  scope: ReadScope,
  type: string,
  row: Row,
  admit: AdmissionSql,
): Restriction {
  if (admitted.length === 0) return CLOSED
  const table = searchTable(type)
  const column = (name: string) => sql.ref(`${row.name}.${name}`)
  const owned = table.directory !== true || holdsPatients(type)
  const unowned = table.directory
    ? sql<boolean>`(${column('patient')} is null and not ${column('shared')} and ${column('confidentiality')} <= ${int(NORMAL)})`
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
  const held = (name: string) => sql.ref(`${row.name}p.${name}`)
  const joins = sql` left join patient_policy as ${sql.ref(`${row.name}p`)} on ${held('patient')} = ${row.patient ?? column('patient')} and ${held('valid_from')} <= now() and now() < ${held('valid_until')}`
  const { dynamic, newest } = scope.repertoire.voices(scope.hearing, type)
  const asked = dynamic.length === 0 ? sql`` : sql` or ${held('policies')} && ${policyNumbers(dynamic)}`
  const particular = sql`${held('particular')} or ${held('newest')} > ${newest}::int${asked}`
  // A row of before there were labels, as the table's defaults mark it: one patient's and yet shared. What stands in its
  // columns says nothing of what it is about, so no permit opens it and no deny is needed.
  const unlabelled = sql`${column('shared')} and ${column('confidentiality')} > ${int(RESTRICTED)}`
  const condition = sql<boolean>`case ${overseen(scope, type, row)}${nothingElse(scope, type)}when ${column('patient')} is null then ${unowned} when ${unlabelled} then false when (${column('sensitivity')} & ${int(scope.law.denied)}) <> 0 then false ${own(scope, row)}when ${particular} then ${asking(scope, type, row)} else ${known(scope, type, row)} end`
  return { joins, condition, policies: sql<string | null>`${held('policies')}::text` }
}

function overseen({ oversees, asker }: ReadScope, type: string, { name }: Row): RawBuilder<unknown> {
  const types = OVERSEEN[asker.role]
  if (oversees === undefined || !types || !(type in types)) return sql``
  const column = (of: string) => sql.ref(`${name}.${of}`)
  const word = types[type]
  const bears =
    word === undefined ? sql`` : sql` and coalesce(${column('facts')} @> ${[hash64(word)]}::bigint[], false)`
  return sql`when ${column('custodian')} = ${oversees}${bears} then true `
}

const nothingElse = ({ asker }: ReadScope, type: string): RawBuilder<unknown> =>
  OVERSEEN_ONLY[asker.role]?.includes(type) ? sql`when true then false ` : sql``

const own = ({ own }: ReadScope, { name }: Row) =>
  own === undefined ? sql`` : sql`when ${sql.ref(`${name}.patient`)} = ${own} then true `

/** By constants: which policies say what was worked out before the statement was made. */
function known(scope: ReadScope, type: string, row: Row): RawBuilder<boolean> {
  const column = (of: string) => sql.ref(`${row.name}.${of}`)
  const at = (masks: readonly number[]) =>
    sql`(${sql.lit(`{${masks.join()}}`)}::int[])[${column('confidentiality')} + 1]`
  const { voices } = scope.repertoire.voices(scope.hearing, type)
  const spoken = (policies: readonly number[], masks: readonly number[]) =>
    sql`(${at(masks)} & ${column('sensitivity')}) <> 0 and coalesce(${sql.ref(`${row.name}p.policies`)} && ${policyNumbers(policies)}, false)`
  const shut = voices.filter(({ shut }) => shut.some((mask) => mask !== 0)).map((v) => spoken(v.policies, v.shut))
  const open = voices
    .filter(({ about, shut }) => about.some((mask, level) => (mask & ~shut[level]!) !== 0))
    .map(({ policies, about }) => sql`case when ${spoken(policies, about)} then ${at(about)} else 0 end`)
  if (scope.emergencies) {
    const breakable = unlessForbidden(scope, row, open)
    return inEmergency(
      scope,
      row,
      (never) => sql`(${column('sensitivity')} & ${int(never)}) = 0${not(shut)}${breakable}`,
    )
  }
  const implied = impliedBy(scope, row)
  const masks = [...open, ...(implied ? [sql`case when ${implied} then ~${int(scope.law.explicit)} else 0 end`] : [])]
  if (masks.length === 0) return NOTHING
  return sql<boolean>`((${column('sensitivity')} & ~(${sql.join(masks, sql` | `)})) = 0${not(shut)})`
}

const not = (shut: readonly RawBuilder<unknown>[]) =>
  shut.length === 0 ? sql`` : sql` and not (${sql.join(shut, sql` or `)})`

/** Whether silence means yes: the implicit policy of who holds the data, where nobody permitted anything. */
function impliedBy(scope: ReadScope, row: Row): RawBuilder<unknown> | undefined {
  const { byDefault, byCustodian } = scope.implied
  if (byDefault < 0 && [...byCustodian.values()].every((level) => level < 0)) return undefined
  return sql`not (${onFile(scope, row)}) and ${sql.ref(`${row.name}.confidentiality`)} <= ${impliedLevel(scope, row)}`
}

function impliedLevel({ implied: { byDefault, byCustodian } }: ReadScope, { name }: Row): RawBuilder<unknown> {
  const cases = [...byCustodian].map(([id, level]) => sql`when ${text(id)} then ${int(level)}`)
  if (cases.length === 0) return int(byDefault)
  return sql`case ${sql.ref(`${name}.custodian`)} ${sql.join(cases, sql` `)} else ${int(byDefault)} end`
}

function onFile({ hearing }: ReadScope, { name }: Row): RawBuilder<unknown> {
  const held = (of: string) => sql`coalesce(${sql.ref(`${name}p.${of}`)}, false)`
  return hearing.research ? sql`${held('on_file')} or ${held('on_file_research')}` : held('on_file')
}

/** No glass is broken where no consent permits it and the policy of who holds the data is to deny all. */
function unlessForbidden(scope: ReadScope, row: Row, open: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  const { byDefault, byCustodian } = scope.implied
  if ([byDefault, ...byCustodian.values()].every((level) => level >= RESTRICTED)) return sql``
  const column = (of: string) => sql.ref(`${row.name}.${of}`)
  const opened = open.length === 0 ? sql`` : sql` or (${column('sensitivity')} & ~(${sql.join(open, sql` | `)})) = 0`
  return sql` and (${column('confidentiality')} <= ${impliedLevel(scope, row)}${opened})`
}

/** Row by row: for policies that ask more of a resource than its labels, and for those that came a moment ago. */
function asking(scope: ReadScope, type: string, row: Row): RawBuilder<boolean> {
  const column = (of: string) => sql.ref(`${row.name}.${of}`)
  const { purposes, recipients, research, byName } = scope.hearing
  const asked = sql`${sql.ref(`${row.name}p.policies`)}, array[${sql.join(purposes.map((purpose) => sql.lit(purpose)))}]::text[], ${textArray(recipients)}::text[], ${bool(research)}, ${bool(byName === true)}, ${row.about ? column('about_type') : text(type)}, ${about(scope, type, row)}`
  const at = (mask: string) => sql`${sql.ref(`said.${mask}`)}[${column('confidentiality')} + 1]`
  const implied = impliedBy(scope, row)
  const open = implied
    ? sql`(${at('open')} | case when ${implied} then ~(${at('shut')} | ${int(scope.law.explicit)}) else 0 end)`
    : at('open')
  const told = scope.emergencies
    ? inEmergency(
        scope,
        row,
        (never) =>
          sql`(${column('sensitivity')} & (${int(never)} | ${at('shut')})) = 0${unlessForbidden(scope, row, [at('open')])}`,
      )
    : sql`(${column('sensitivity')} & ~${open}) = 0`
  return sql<boolean>`(select ${told} from consent_verdict(${asked}) as said)`
}

/** What a rule may ask of the row beyond its labels. */
function about(scope: ReadScope, type: string, { name, version, facts, about }: Row): RawBuilder<unknown> {
  const column = (of: string) => sql.ref(`${name}.${of}`)
  const { clinical } = searchTable(type)
  const time = version ? 'clinical' : clinical
  const bound = (end: string) => (time === undefined ? sql`null::timestamptz` : column(`${time}_${end}`))
  const { organisation } = scope.hearing
  const foreign = ACTIONS.access | ACTIONS.disclose
  const actions = sql`case when ${column('custodian')} = ${organisation ?? null}::text then ${int(ACTIONS.access)} else ${int(foreign)} end`
  const reference = about
    ? sql`${column('about_type')} || '/' || ${column('about_id')}`
    : sql`${text(`${type}/`)} || ${column('id')}`
  return sql`${reference}, ${facts ?? column('facts')}, ${bound('low')}, ${bound('high')}, ${column('custodian')}, ${actions}`
}

function inEmergency(
  scope: ReadScope,
  { name }: Row,
  holds: (never: number) => RawBuilder<unknown>,
): RawBuilder<boolean> {
  const each = scope.emergencies!.map(({ patient, documented }) => {
    const never = scope.law.neverByEmergency | (documented ? 0 : scope.law.onlyDocumentedEmergency)
    return sql`(${sql.ref(`${name}.patient`)} = ${patient} and ${holds(never)})`
  })
  if (each.length === 0) return NOTHING
  return sql<boolean>`(${sql.ref(`${name}.confidentiality`)} <= ${int(RESTRICTED)} and (${sql.join(each, sql` or `)}))`
}
