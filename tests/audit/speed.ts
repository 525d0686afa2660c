// What an audit event costs before and in the database: `node --import tsx tests/audit/speed.ts [DATABASE_URL]`.
import pg from 'pg'
import { auditEvents } from '../../src/store/audit/event.ts'
import { insertStatement } from '../../src/store/audit/insert.ts'
import { CONTEXT, OCCURRENCES } from './sample.ts'

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

const query = JSON.stringify({ query: 'x'.repeat(500), variables: {} })
const context = { ...CONTEXT, query }
const page = Array.from({ length: 50 }, (_, i) => ({ ...OCCURRENCES.search, patient: `demo-patient-${i}` }))

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
say('parameters of their insert, each event', time(() => insertStatement(rows), 1_000) / 50)
console.log(`one event: ${rows[0]!.content.length} characters of JSON`)

const url = process.argv[2]
if (url) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const size of [1, 50, 500]) {
    const times = Math.ceil(2_000 / size)
    const start = performance.now()
    for (let i = 0; i < times; i++) {
      const { sql, parameters } = insertStatement(
        Array.from({ length: size / Math.min(size, 50) }, () => auditEvents(context, page.slice(0, size))).flat(),
      )
      await client.query({ name: 'audit', text: sql, values: [...parameters] })
    }
    say(`insert of ${size}, each event`, ((performance.now() - start) * 1000) / times / size)
  }
  await client.end()
}
