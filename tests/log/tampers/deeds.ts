// Tampers with what was done beside the resources: emergency_access, legal_hold, erasure. Each is made alone, for what tells of
// it stands in events and leaves that others tamper with.
import { coded, type Make, named, past, type Tamper, UUID } from './tamper.ts'

const tamper = (what: string, sql: string, seen: Tamper['seen'], ...parameters: unknown[]): Tamper => ({
  what,
  statements: [[sql, parameters]],
  seen,
})

const glass = (what: string, sql: string): Make => {
  return ({ glasses }, random) => {
    const id = random.of(glasses)
    return tamper(`emergency_access ${id}: ${what}`, `${sql} where id = $1`, named(id), id)
  }
}
const hold = (what: string, sql: string): Make => {
  return ({ holds }, random) => {
    const id = random.of(holds)
    return tamper(`legal_hold ${id}: ${what}`, `${sql} where id = $1`, named(id), id)
  }
}
const erased = (what: string, sql: string): Make => {
  return ({ erasures }, random) => {
    const entry = random.of(erasures)
    return tamper(`erasure ${entry}: ${what}`, `${sql} where entries[1] = $1`, named(entry), entry)
  }
}

const some = (of: typeof glass, table: string, sets: readonly string[]): readonly Make[] => [
  (world, random) => {
    const set = random.of(sets)
    return of(set, `update ${table} set ${set}`)(world, random)
  },
]
/** By as much as no clock is wrong. */
const backDated = (of: typeof glass, table: string, column: string): readonly Make[] => [
  (world, random) =>
    of('back-dated', `update ${table} set ${column} = ${column} - interval '10 minutes' - ${past(random)}`)(
      world,
      random,
    ),
]

const OF_GLASS = [
  "user_ref = user_ref || 'x'",
  "patient = 'p2'",
  "organisation = 'h2'",
  "reason_code = 'unresponsive'",
  'restricted = not restricted',
  "expires = expires + interval '1 second'",
  "ended = case when ended is null then started + interval '20 minutes' end",
  "id = id || 'x'",
]
const OF_HOLD = [
  "patient = 'p2'",
  "organisation = 'h2'",
  "placed_by = placed_by || 'x'",
  "until = case when until is null then placed + interval '1 hour' end",
  `id = '${UUID}'`,
]
const OF_ERASURE = [
  "mark = sha256('x')",
  "reason = reason || 'x'",
  "by_user = by_user || 'x'",
  `versions = '{"Patient": 1}'`,
  `entries = entries || '${UUID}'::uuid`,
]

const COPY_GLASS = `insert into emergency_access (id, user_ref, patient, organisation, reason_code, reason_text, restricted, started, expires, ended)
select 'copy', user_ref, patient, organisation, reason_code, reason_text, restricted, started, expires, ended from emergency_access limit 1`
const COPY_HOLD = `insert into legal_hold (id, patient, organisation, reason, placed_by, placed)
select '${UUID}', patient, organisation, reason, placed_by, placed from legal_hold limit 1`
const COPY_ERASURE =
  "insert into erasure select sha256('x'), entries, erased, reason, by_user, versions, kept from erasure limit 1"

export const GLASSES = {
  flip: some(glass, 'emergency_access', OF_GLASS),
  backDate: backDated(glass, 'emergency_access', 'started'),
  remove: [glass('deleted', 'delete from emergency_access')],
  insert: [() => tamper('emergency_access: a copy', COPY_GLASS, named('copy'))],
}
export const HOLDS = {
  flip: some(hold, 'legal_hold', OF_HOLD),
  backDate: backDated(hold, 'legal_hold', 'placed'),
  remove: [
    hold('deleted', 'delete from legal_hold'),
    () =>
      tamper(
        'legal_hold: none was lifted',
        'update legal_hold set lifted = null, lifted_by = null',
        coded('hold-differs'),
      ),
    hold('lifted', "update legal_hold set lifted = now() + interval '1 day', lifted_by = 'Practitioner/x'"),
  ],
  insert: [() => tamper('legal_hold: a copy', COPY_HOLD, named(UUID))],
}
export const ERASURES = {
  flip: some(erased, 'erasure', OF_ERASURE),
  backDate: backDated(erased, 'erasure', 'erased'),
  remove: [erased('deleted', 'delete from erasure')],
  insert: [() => tamper('erasure: a copy', COPY_ERASURE, coded('erasure-untold'))],
}
