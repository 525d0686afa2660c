// What an audit event costs before and in the database: `node --import tsx tests/audit/speed.ts [DATABASE_URL]`.
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { auditEvents } from '../../src/store/audit/event.ts'
import { entryStatement, insertStatement } from '../../src/store/audit/insert.ts'
import type { Occurrence } from '../../src/store/audit/occurrence.ts'
import { CONTEXT, contentOf, OCCURRENCES } from './sample.ts'

const say = (name: string, us: number) => console.log(`${name.padEnd(52)} ${us.toFixed(2).padStart(9)} µs`)

/** Microseconds; the best of several rounds, because others use the machine too. */
function time(work: () => void, times: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 8; round++) {
    const start = performance.now()
    for (let i = 0; i < times; i++) work()
    best = Math.min(best, ((performance.now() - start) * 1000) / times)
  }
  return best
}

const query = { document: 'x'.repeat(500), rest: '{"variables":{"count":50}}' }
const context = { ...CONTEXT, query }
/** As a search tells of one patient. */
const asked = (patient: string): Occurrence => ({
  kind: 'search',
  type: 'Observation',
  patient,
  labels: { confidentiality: 3, sensitivity: 1 },
})
const page = Array.from({ length: 50 }, (_, i) => asked(`demo-patient-${i}`))

say(
  'one read: the request',
  time(() => auditEvents(context, [OCCURRENCES.read]), 20_000),
)
say(
  'one search without a patient: the request',
  time(() => auditEvents(context, [{ kind: 'search', type: 'Patient' }]), 20_000),
)
const fifty = time(() => auditEvents(context, page), 1_000)
say('a search over 50 patients: the request', fifty)
say('                           each event', fifty / 50)
const rows = auditEvents(context, page)
say('parameters of their insert, each event', time(() => entryStatement(rows), 1_000) / 50)
console.log(`one event: ${contentOf(rows[0]!).length} characters of JSON`)

const inserted = (events: ReturnType<typeof auditEvents>) => {
  const { sql, parameters } = entryStatement(events)
  return { name: 'audit', text: sql, values: [...parameters] }
}

/** Ticks of a hundredth of a second that the process has computed; not a number where it runs elsewhere. */
function ticks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return Number(stat[11]) + Number(stat[12])
  } catch {
    return Number.NaN
  }
}

const url = process.argv[2]
if (url) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const ask = async (sql: string) => Object.values((await client.query(sql)).rows[0])[0] as string
  const pid = Number(await ask('select pg_backend_pid()'))
  const patients = Array.from({ length: 50_000 }, (_, i) => `demo-patient-${(i * 7919) % 50_000}`)
  let next = 0
  const search = (count: number) =>
    auditEvents(
      { ...context, at: new Date().toISOString() },
      Array.from({ length: count }, () => asked(patients[next++ % patients.length]!)),
    )
  const first = insertStatement(search(1))
  await client.query(first.sql, [...first.parameters])
  for (const size of [1, 50, 500]) {
    const [times, events] = [Math.ceil(20_000 / size), Math.ceil(20_000 / size) * size]
    const [start, worked, lsn] = [performance.now(), ticks(pid), await ask('select pg_current_wal_insert_lsn()')]
    for (let i = 0; i < times; i++) await client.query(inserted(search(size)))
    say(`insert of ${size}, each event`, ((performance.now() - start) * 1000) / events)
    say('    of it the CPU of PostgreSQL', ((ticks(pid) - worked) * 10_000) / events)
    const bytes = Number(await ask(`select pg_current_wal_insert_lsn() - '${lsn}'`))
    console.log(`    bytes of log of PostgreSQL${(bytes / events).toFixed(0).padStart(36)}`)
  }
  await client.end()
}
