// A process that records audit events as fast as it can and prints each batch of ids once it is acknowledged, until killed:
// `node tests/audit/recorder.ts DATABASE_URL`. A pool without MikroORM, so that it starts in a fraction of a second.
import pg from 'pg'
import { auditEvents } from '../../src/store/audit/event.ts'
import { AuditLog } from '../../src/store/audit/log.ts'
import type { Database } from '../../src/store/database.ts'
import { CONTEXT, OCCURRENCES } from './sample.ts'

const RECORDERS = 8

const pool = new pg.Pool({ connectionString: process.argv[2]!, max: 2 })
pool.on('error', () => {})
const database: Database = {
  query: async ({ sql, parameters }) => (await pool.query({ name: 'audit', text: sql, values: [...parameters] })).rows,
  transaction: () => Promise.reject(new Error('not here')),
  close: () => pool.end(),
}
const log = new AuditLog(database)

async function record(recorder: number): Promise<void> {
  for (;;) {
    const patients = Array.from({ length: 1 + recorder }, (_, i) => ({ ...OCCURRENCES.search, patient: `p${i}` }))
    const rows = auditEvents(CONTEXT, patients)
    await log.record(rows)
    process.stdout.write(`${rows.map(({ id }) => id).join(' ')}\n`)
  }
}
// Whoever started this kills it, or the database under it; then there is nothing left to record.
await Promise.all(Array.from({ length: RECORDERS }, (_, i) => record(i))).catch(() => process.exit())
