// Tampers with audit events and with what many share of their text: audit_entry, audit_frame, provenance_frame.
import type { Found } from '../dumped.ts'
import { coded, type Make, named, past, type Tamper, UUID } from './tamper.ts'
import type { StoredEvent, TamperWorld } from './world.ts'

const BY_ID = 'where id = $1'
const event = (what: string, sql: string, one: StoredEvent): Tamper => ({
  what: `audit_entry of ${one.name}: ${what}`,
  on: { what: [`batch ${one.name}`], first: 'versions' },
  statements: [[`${sql} ${BY_ID}`, [one.id]]],
  seen: named(one.name),
})

const TEXTS = ['patient', 'custodian', 'request', 'address', 'rest', 'data', 'labels', 'part']
const SETS = [
  ...TEXTS.map((column) => `${column} = coalesce(${column}, '') || 'x'`),
  "id = id || 'x'",
  'shared = not shared',
  "entity = array_append(entity, 'Patient/x')",
  'place = place + 1',
  `batch = '${UUID}'`,
  'batch = null, place = null',
  `salts = decode(repeat('00', 64), 'hex')`,
]

const flip: readonly Make[] = [
  ({ events }, random) => {
    const set = random.of(SETS)
    return event(set, `update audit_entry set ${set}`, random.of(events))
  },
  ({ events }, random) => {
    const one = random.of(events)
    const frame = events.find((other) => other.frame !== one.frame)?.frame ?? UUID
    return event('another frame', `update audit_entry set frame = '${frame}'`, one)
  },
]
const backDate: readonly Make[] = [
  ({ events }, random) =>
    event('back-dated', `update audit_entry set recorded = recorded - ${past(random)}`, random.of(events)),
]
const remove: readonly Make[] = [
  ({ events }, random) => event('deleted', 'delete from audit_entry', random.of(events)),
  ({ events }) => ({
    what: 'audit_entry truncated',
    statements: [['delete from audit_entry', []]],
    seen: named(...events.map(({ name }) => name)),
  }),
]
const SAME = 'frame, recorded, patient, shared, custodian, request, address, rest, data, labels, part, entity'
const insert: readonly Make[] = [
  ({ events }, random) => {
    const one = random.of(events)
    const sql = `insert into audit_entry (id, batch, place, ${SAME}) select id || '-copy', batch, place + 1, ${SAME} from audit_entry`
    return event('copied into its batch', sql, one)
  },
  ({ events }, random) => {
    const sql = `insert into audit_entry (id, ${SAME}) select id || '-copy', ${SAME} from audit_entry`
    return { ...event('copied into none', sql, random.of(events)), on: undefined, seen: coded('event-loose') }
  },
]
const reorder: readonly Make[] = [
  ({ events }, random) => {
    const [a, b] = random.two(events)
    const sql =
      'update audit_entry as e set batch = o.batch, place = o.place from audit_entry as o where (e.id, o.id) in (($1, $2), ($2, $1))'
    return {
      what: `audit_entry of ${a.name} and ${b.name}: places swapped`,
      on: { what: [`batch ${a.name}`, `batch ${b.name}`], first: 'versions' },
      statements: [[sql, [a.id, b.id]]],
      seen: named(a.name, b.name),
    }
  },
]

/** Every batch that has an event of this frame. */
const namesOf = ({ events }: TamperWorld, frame: string) =>
  named(...events.filter((one) => one.frame === frame).map(({ name }) => name))

const OF_EVENTS = [
  "template = template || ' '",
  "template = replace(template, 'AuditEvent', 'Basic')",
  "document = coalesce(document, '') || 'x'",
  "action = coalesce(action, '') || 'x'",
  `hash = '${UUID}'`,
]
const ofFrame =
  (
    table: string,
    sql: string,
    seen: (world: TamperWorld, hash: string) => (found: readonly Found[]) => boolean,
  ): Make =>
  (world, random) => {
    const hash = table === 'audit_frame' ? random.of(world.events).frame : random.of(world.frames).hash
    return {
      what: `${table} ${hash}: ${sql}`,
      statements: [[`${sql} where hash = $1`, [hash]]],
      seen: seen(world, hash),
    }
  }
const of = (table: string, sets: readonly string[], seen: Parameters<typeof ofFrame>[2]): readonly Make[] => [
  (world, random) => ofFrame(table, `update ${table} set ${random.of(sets)}`, seen)(world, random),
]

const printedFrom = ({ frames }: TamperWorld, hash: string) =>
  named(...frames.filter((frame) => frame.hash === hash).flatMap(({ names }) => names))
const TEMPLATES = [
  "template = template || ' '",
  "template = replace(template, 'CREATE', 'DELETE') || ' '",
  `hash = '${UUID}'`,
]
const FOUND_BY = ["agent = array['Practitioner/x']", 'agent_role = array[1::bigint]', 'agent_type = null']

export const EVENTS = { flip, backDate, remove, insert, reorder }
export const EVENT_FRAMES = {
  flip: of('audit_frame', OF_EVENTS, namesOf),
  remove: [ofFrame('audit_frame', 'delete from audit_frame', namesOf)],
}
export const FRAMES = {
  flip: [
    ...of('provenance_frame', TEMPLATES, printedFrom),
    ...of('provenance_frame', FOUND_BY, (_, hash) => named(hash)),
  ],
  remove: [ofFrame('provenance_frame', 'delete from provenance_frame', printedFrom)],
}
