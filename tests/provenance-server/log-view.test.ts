// What one request asks of the log: few statements whatever it wrote, and no more of audit events than it may cost.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LogView } from '../../src/interactions/provenance/log-view.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { insertStatement } from '../../src/store/audit/insert.ts'
import { write } from '../../src/store/writer.ts'
import { CONTEXT, OCCURRENCES } from '../audit/sample.ts'
import { observation } from '../log/world.ts'
import { type LogServer, logServer } from './log-server.ts'

let server: LogServer
beforeAll(async () => {
  server = await logServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.statements.length = 0
})

const put = (name: string, count: number) =>
  write(
    server.database,
    Array.from({ length: count }, (_, n) => ({ type: 'Observation', id: `${name}-${n}`, resource: observation(n) })),
  )
const looks = () => server.statements.filter((sql) => sql.includes('from log_leaf where entry')).length

describe('what a request wrote', () => {
  it('is looked up in one statement where something failed', async () => {
    const view = new LogView(server.database)
    view.wrote(await put('failed', 300))
    view.wrote([{ entry: '00000000-0000-7000-8000-000000000000' }])
    server.statements.length = 0
    expect(await view.outcomes(true)).toHaveLength(300)
    expect(looks()).toBe(1)
  })

  it('is looked up in one statement for each round of waiting, and told with its places', async () => {
    const view = new LogView(server.database, { wake: () => {} })
    view.wrote(await put('waits', 300))
    server.statements.length = 0
    const outcomes = await view.outcomes(false)
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['included']))
    const indices = new Set(outcomes.map(({ leafIndex }) => leafIndex))
    expect([indices.size, indices.has(undefined)]).toEqual([300, false])
    // One for each time that the log was seen to grow; nobody else writes here.
    expect(looks()).toBeLessThanOrEqual(4)
  })
})

describe('proofs of audit events', () => {
  /** One batch of so many events; ids. */
  const batch = async (count: number) => {
    const references = (n: number) => [`Observation/o${n}/_history/1`]
    const rows = auditEvents(
      CONTEXT,
      Array.from({ length: count }, (_, n) => ({ ...OCCURRENCES.create, patient: 'many', references: references(n) })),
    )
    await server.database.query(insertStatement(rows))
    return rows.map(({ id }) => id)
  }
  const proofs = (ids: readonly string[]) => {
    const fields = ids.map((id, n) => `e${n}: AuditEvent(id: "${id}") { provenance { proof } }`)
    return server.ask(`{ ${fields.join(' ')} }`, { wait: true })
  }
  const refusals = ({ errors }: { errors?: { extensions: object }[] }) =>
    new Set(errors?.map(({ extensions }) => JSON.stringify(extensions)))

  it('attack: more of them than an answer may hold are refused as too costly', async () => {
    await batch(101)
    const listed = (count: number) =>
      server.ask(`{ AuditEventList(patient: "many", _count: ${count}) { provenance { proof } } }`, { wait: true })
    const answered = await listed(100)
    expect([answered.data.AuditEventList.length, answered.errors]).toEqual([100, undefined])
    const [refused, ...more] = refusals(await listed(101))
    expect(JSON.parse(refused!)).toMatchObject({ code: 'TOO_COSTLY', reason: 'too-many-proofs' })
    expect(more).toEqual([])
  }, 30_000)

  it('attack: one event of each of many large batches is refused once too many were read', async () => {
    const ids: string[] = []
    for (let n = 0; n < 22; n++) ids.push((await batch(1000))[n]!)
    server.statements.length = 0
    const [refused, ...more] = refusals(await proofs(ids))
    expect(JSON.parse(refused!)).toMatchObject({ code: 'TOO_COSTLY', reason: 'too-many-events' })
    expect(more).toEqual([])
    expect(server.statements.filter((sql) => sql.includes('where e.batch = $1'))).toHaveLength(20)
  }, 60_000)
})
