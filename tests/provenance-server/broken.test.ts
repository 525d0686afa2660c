// A damaged log: nothing more is signed, and care goes on. What operators and callers are told meanwhile.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CREATE, type LogServer, logServer } from './log-server.ts'

let server: LogServer
const run = (sql: string) => server.owner.query({ sql, parameters: [] })
const metric = async (name: string) =>
  new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]

beforeAll(async () => {
  server = await logServer()
  await server.ask(CREATE, { wait: true })
})
afterAll(() => server.close())

it('is not stopped as long as nothing is wrong', async () => {
  expect([await metric('healthchain_log_stopped'), await metric('healthchain_log_failures_total')]).toEqual(['0', '0'])
})

it('stops when a tile is not what was signed; writes are stored, answered as pending, and read', async () => {
  await run('alter table log_tile disable trigger user')
  await run("update log_tile set hashes = sha256('x')")
  const before = await (await server.get('checkpoint')).text()
  for (let i = 0; i < 2; i++) {
    const { status, data, errors, extensions } = await server.ask(CREATE, { wait: i === 0 })
    const { id, provenance } = data.PatientCreate
    expect([status, errors, provenance.proof]).toEqual([200, undefined, null])
    expect(extensions.provenance).toEqual([{ entry: provenance.entry, status: 'pending' }])
    expect((await server.ask(`{ Patient(id: "${id}") { name { family } } }`)).data.Patient).toEqual({
      name: [{ family: 'Ash' }],
    })
  }
  expect(await (await server.get('checkpoint')).text()).toBe(before)
})

it('says so, once in the log and for as long as it lasts in the metrics', async () => {
  expect(server.faults).toMatchObject([{ category: 'fault', code: expect.stringMatching(/^broken-/) }])
  expect(server.said).toEqual([
    expect.stringMatching(/^The provenance log has stopped\. .* verify the log.* Reads and writes go on/),
  ])
  expect([await metric('healthchain_log_stopped'), await metric('healthchain_log_failures_total')]).toEqual(['1', '1'])
  expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'ready' })
})
