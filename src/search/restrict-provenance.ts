// Who is told the Provenance of a version: whoever is told that version itself, as in history, and may read Provenance. Pure.
// Types whose versions this asker is told alike share a condition, so that the statement stays short.
import { type RawBuilder, sql } from 'kysely'
import { NAMES_MEDICATION } from '../consent/labelling/named.ts'
import { admissions, type ReadScope } from '../consent/read-scope.ts'
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import type { Right } from '../kernel/asker.ts'
import { hash64 } from '../kernel/hash.ts'
import { admit } from './filter-sql.ts'
import { print } from './print.ts'
import { CLOSED, type Restriction, type Row, restrictTo } from './restrict.ts'
import { OPEN } from './statement-parts.ts'

/** The version, as a row of provenance_printed, and the newest version behind it. */
const [THEN, NOW]: readonly [Row, Row] = [
  { name: 't', version: true, about: true },
  { name: 'n', version: true, about: true },
]
const NEWEST = sql` left join lateral (select s.type as about_type, s.id as about_id, s.version, s.operation, s.patient, s.shared, s.custodian, s.confidentiality, s.sensitivity, s.facts, s.clinical_low, s.clinical_high from resource_version as s where s.type = t.about_type and s.id = t.about_id and s.version > t.about_version order by s.version desc limit 1) as n on true`

interface Alike {
  readonly types: string[]
  readonly then: Restriction
  readonly now: Restriction
}
const known = new WeakMap<ReadScope, readonly Alike[]>()

// Of an audit event no version is kept beside itself.
const TYPES = Object.keys(SEARCH).filter((type) => type !== 'AuditEvent')
const NO_SUFFIX = () => sql<boolean>`false`

function alike(scope: ReadScope): readonly Alike[] {
  const before = known.get(scope)
  if (before) return before
  const groups = new Map<string, Alike>()
  for (const type of TYPES) {
    // What a scope's suffix asks stands in the search columns of the resource, not here: so it admits nothing here.
    const admitted = admissions(scope, type, 'r').filter(({ filter }) => filter.length === 0)
    if (admitted.length === 0) continue
    const [then, now] = [THEN, NOW].map((row) => restrictTo(admitted, scope, type, row, NO_SUFFIX)) as [
      Restriction,
      Restriction,
    ]
    const { sql: text, parameters } = print(then.condition)
    const key = JSON.stringify([text, parameters])
    const group = groups.get(key)
    if (group) group.types.push(type)
    else groups.set(key, { types: [type], then, now })
  }
  const made = [...groups.values()]
  known.set(scope, made)
  return made
}

/**
 * An older version that names a Medication is told if it is labelled as what stands, which names all that it names: what
 * stands is labelled anew when a Medication comes to say more, older versions and what is deleted are not.
 */
const NOT_OUTGROWN = sql`(n.version is null and not t.about_gone or not coalesce(t.facts @> ${[hash64(NAMES_MEDICATION)]}::bigint[], true)
  or coalesce(n.operation <> 'delete' and not t.about_gone and t.facts <@ n.facts and n.confidentiality <= t.confidentiality and (n.sensitivity & ~t.sensitivity) = 0, false))`

/** What holds rows of provenance_printed, as `t`, back from this asker. */
export function restrictPrinted(scope: ReadScope, right: Right): Restriction {
  if (scope.everything) return OPEN
  const gates = admissions(scope, 'Provenance', right).map(({ patient, filter }) => [
    ...(patient === undefined ? [] : [sql`(t.patient = ${patient} or t.patient is null)`]),
    ...(filter.length === 0 ? [] : [admit('Provenance', filter)]),
  ])
  const groups = alike(scope)
  if (gates.length === 0 || groups.length === 0) return CLOSED
  const cases = groups.map(
    ({ types, then, now }) =>
      sql`when t.about_type in (${sql.join(types.map((type) => sql.lit(type)))}) then ${then.condition} and (n.version is null or ${now.condition})`,
  )
  const gate = gates.some((parts) => parts.length === 0) ? sql`true` : anyOf(gates)
  const consented = groups.find(({ then }) => then.policies !== CLOSED.policies)
  return {
    joins: consented ? sql`${consented.then.joins}${NEWEST}${consented.now.joins}` : NEWEST,
    condition: sql<boolean>`${gate} and ${NOT_OUTGROWN} and case ${sql.join(cases, sql` `)} else false end`,
    policies: consented?.then.policies ?? CLOSED.policies,
  }
}

const anyOf = (gates: readonly (readonly RawBuilder<unknown>[])[]) =>
  sql`(${sql.join(
    gates.map((parts) => sql`(${sql.join(parts, sql` and `)})`),
    sql` or `,
  )})`
