// A flood of requests that nobody may make fills neither the log nor memory, and nothing of it is lost.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HealthChainError } from '../../src/kernel/errors.ts'
import { bearerSignIn } from '../../src/server/bearer-sign-in.ts'
import { ALL_MAX, APART_MAX, EACH_MAX, Refusals } from '../../src/server/refusals.ts'
import type { AuditRow } from '../../src/store/audit/columns.ts'
import type { AuditLog } from '../../src/store/audit/log.ts'
import { type TestApp, testApp } from '../support/app.ts'

/** A log that keeps rows, or fails. */
class Kept {
  rows: AuditRow[] = []
  broken = false
  async record(rows: readonly AuditRow[]) {
    if (this.broken) throw new HealthChainError('fault', 'audit-unavailable', 'Try again.')
    this.rows.push(...rows)
  }
  /** Reason -> how many refusals the events tell of. */
  told(): Record<string, number> {
    const sums: Record<string, number> = {}
    for (const { shares } of this.rows) {
      const [, code, more] = /"outcomeDesc":"([a-z-]+)(?:; (\d+) more since [^"]+)?"/.exec(shares.template)!
      sums[code!] = (sums[code!] ?? 0) + Number(more ?? 1)
    }
    return sums
  }
}

let log: Kept
const metered = { each: 0, together: 0 }
const refusalsOn = (audit: Kept) =>
  new Refusals({
    audit: audit as unknown as AuditLog,
    observer: 'http://127.0.0.1:1',
    metrics: { refused: (how) => metered[how]++ },
    log: { fault: () => {} },
  })
beforeEach(() => {
  log = new Kept()
})
const refusal = (code: string) => new HealthChainError('unauthenticated', code, 'no')

test('law: whatever comes and whenever the log fails, the events tell of each refusal exactly once', async () => {
  const codes = fc.constantFrom('invalid-token', 'no-token', 'role')
  const addresses = fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2', '')
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(codes, addresses, fc.integer({ min: 1, max: 40 })) },
    { weight: 2, arbitrary: fc.constantFrom('tell' as const, 'fail' as const) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      log = new Kept()
      const refusals = refusalsOn(log)
      const sent: Record<string, number> = {}
      for (const one of steps) {
        log.broken = one === 'fail'
        if (typeof one === 'string') await refusals.tell().catch(() => {})
        else
          for (let i = 0; i < one[2]; i++) {
            await refusals.record(refusal(one[0]), { address: one[1] })
            sent[one[0]] = (sent[one[0]] ?? 0) + 1
          }
        log.broken = false
      }
      await refusals.close()
      expect(log.told()).toEqual(sent)
    }),
    { numRuns: 60 },
  )
})

test('attack: one address, a hundred thousand requests: eleven events', async () => {
  const refusals = refusalsOn(log)
  for (let i = 0; i < 100_000; i++) await refusals.record(refusal('invalid-token'), { address: '10.0.0.1' })
  await refusals.close()
  expect(log.rows.length).toBe(EACH_MAX + 1)
  expect(log.told()).toEqual({ 'invalid-token': 100_000 })
  expect(log.rows.map(({ address }) => address)).toEqual(Array(EACH_MAX + 1).fill('10.0.0.1'))
})

test('attack: a hundred thousand addresses: so many events of their own, and so many that count', async () => {
  const refusals = refusalsOn(log)
  for (let i = 0; i < 100_000; i++) {
    const address = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
    await refusals.record(refusal('invalid-token'), { address })
  }
  expect(log.rows.length).toBe(ALL_MAX)
  await refusals.close()
  // One more: what comes from addresses that are not counted apart.
  expect(log.rows.length).toBe(ALL_MAX + APART_MAX - ALL_MAX + 1)
  expect(log.told()).toEqual({ 'invalid-token': 100_000 })
})

test('after a minute an address is heard again', async () => {
  const refusals = refusalsOn(log)
  for (let i = 0; i < 20; i++) await refusals.record(refusal('role'), { address: '10.0.0.1' })
  await refusals.tell()
  log.rows = []
  await refusals.record(refusal('role'), { address: '10.0.0.1' })
  expect(log.told()).toEqual({ role: 1 })
  await refusals.close()
})

test('metrics tell how many had an event of their own', async () => {
  Object.assign(metered, { each: 0, together: 0 })
  const refusals = refusalsOn(log)
  for (let i = 0; i < 25; i++) refusals.admit('role', '10.0.0.1')
  expect(metered).toEqual({ each: EACH_MAX, together: 15 })
  await refusals.close()
})

describe('over HTTP', () => {
  let server: TestApp
  beforeAll(async () => {
    const trustedIssuers = [{ issuer: 'https://issuer.example', jwksUri: 'http://127.0.0.1:9/keys' }]
    const quiet = { query: async () => [], transaction: async () => Promise.reject(new Error('none')) }
    const accounts = { ...quiet, close: async () => {} }
    const parts = { config: { trustedIssuers }, database: accounts, accounts, log: { info: () => {}, fault: () => {} } }
    server = await testApp({ signIn: bearerSignIn(parts) })
  })
  afterAll(() => server.drop())

  const flood = (headers: Record<string, string>, times: number) =>
    Promise.all(
      Array.from({ length: times }, async () => {
        const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }
        const answer = await fetch(`${server.app.url}/graphql`, { ...init, body: '{"query":"{ PatientList { id } }"}' })
        await answer.arrayBuffer()
        return answer.status
      }),
    )

  test('attack: requests without a token and with a bad one wait for the disk a few times only', async () => {
    expect(new Set(await flood({}, 200))).toEqual(new Set([401]))
    expect(new Set(await flood({ authorization: 'Bearer abc' }, 200))).toEqual(new Set([401]))
    const events = () =>
      server.owner.query<{ desc: string }>({
        sql: "select content::json ->> 'outcomeDesc' as desc from audit_event order by 1",
        parameters: [],
      })
    expect((await events()).length).toBe(2 * EACH_MAX)
    const metrics = await (await fetch(`${server.app.url}/metrics`)).text()
    expect(metrics).toContain(`healthchain_refusals_total{audited="each"} ${2 * EACH_MAX}`)
    expect(metrics).toContain(`healthchain_refusals_total{audited="together"} ${400 - 2 * EACH_MAX}`)
    await server.app.close()
    const told = (await events()).map(({ desc }) => desc.replace(/ since .*/, ''))
    expect(told.filter((desc) => desc.includes(';'))).toEqual([
      expect.stringMatching(/^[a-z-]+; 190 more$/),
      expect.stringMatching(/^[a-z-]+; 190 more$/),
    ])
    expect(server.faults).toEqual([])
  })
})
