// What the audit log says was done that stands in tables of its own: broken glass, legal holds, erasures. Only what was done,
// not what was refused. Read as who owns the tables: an erased patient is known by the mark alone. They are few.
import { isObject } from '../../kernel/json.ts'
import { type Leaf, readLeaf } from '../../provenance/leaf.ts'
import type { Session } from '../database.ts'

// Codes of their subtypes: src/store/audit/profiles.ts.
const DEEDS = {
  '110127': 'break-glass',
  '110138': 'break-glass-end',
  hold: 'hold',
  unhold: 'unhold',
  destroy: 'erase',
} as const
export type Deed = (typeof DEEDS)[keyof typeof DEEDS]

export interface DeedEvent {
  readonly id: string
  readonly deed: Deed
  /** False: of before events were logged, which nothing proves. */
  readonly logged: boolean
  readonly patient: string | null
  /** What the patient is known by once erased. */
  readonly mark: string | null
  readonly organisation: string | null
  /** Milliseconds. */
  readonly at: number
  readonly user: string | undefined
  /** Parts of outcomeDesc. */
  readonly words: readonly string[]
  /** References to all that it names. */
  readonly named: readonly string[]
  /** The leaf that it has of its own, beside the batch. */
  readonly leaf: Leaf | undefined
  readonly entry: string | null
}

interface Row extends Pick<DeedEvent, 'id' | 'logged' | 'patient' | 'mark' | 'organisation' | 'at' | 'entry'> {
  readonly content: string | null
  readonly leaf: Buffer | null
}

/** SQL of a timestamp as DeedEvent tells it. */
export const milliseconds = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`

const PAGE = 1000
const FRAMES = `select hash from audit_frame where template ~ '"code":"(?:${Object.keys(DEEDS).join('|')})"'`
const EVENTS = `select e.id, e.batch is not null as logged, e.patient, encode(patient_mark(e.patient), 'hex') as mark, e.custodian as organisation,
  ${milliseconds('e.recorded')} as at, a.content, l.entry, l.leaf
from (select * from audit_entry where id > $1 and frame in (${FRAMES}) order by id limit $2) as e
  left join audit_event as a on a.id = e.id left join log_leaf as l on (l.type, l.id, l.version) = ('AuditEvent', e.id, 1)
order by e.id`

/** In the order in which they were recorded. */
export async function deedEvents(session: Session): Promise<DeedEvent[]> {
  const events: DeedEvent[] = []
  for (let after = '', more = true; more; ) {
    const rows = await session.query<Row>({ sql: EVENTS, parameters: [after, PAGE] })
    events.push(...rows.flatMap(read))
    after = rows.at(-1)?.id ?? after
    more = rows.length === PAGE
  }
  return events.sort((a, b) => a.at - b.at)
}

type Node = Record<string, unknown>
const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isObject) : [])
const textIn = (node: unknown, member: string): string | undefined =>
  isObject(node) && typeof node[member] === 'string' ? node[member] : undefined

function read({ content, leaf, ...row }: Row): DeedEvent[] {
  const event = parsed(content)
  const code = textIn(nodes(event.subtype)[0], 'code') ?? ''
  if (event.outcome !== '0' || !isDeed(code)) return []
  const user = nodes(event.agent).find(({ requestor }) => requestor === true)
  return [
    {
      ...row,
      deed: DEEDS[code],
      user: textIn(user?.who, 'reference'),
      words: (textIn(event, 'outcomeDesc') ?? '').split('; '),
      named: nodes(event.entity).flatMap(({ what }) => textIn(what, 'reference') ?? []),
      leaf: leaf ? readLeaf(leaf) : undefined,
    },
  ]
}

const isDeed = (code: string): code is keyof typeof DEEDS => Object.hasOwn(DEEDS, code)

/** Nothing where it is no JSON any more: who tampered with it is found by the batch. */
function parsed(content: string | null): Node {
  try {
    const value: unknown = JSON.parse(content ?? '')
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
