// Reading the log must not be a way to take the service from patients: rates, places, bounded memory, and what HTTP caches.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HealthChainError } from '../../src/kernel/errors.ts'
import { admitted } from '../../src/server/log/admission.ts'
import { BYTES, FOREVER, logFile } from '../../src/server/log/file.ts'
import { Gate } from '../../src/server/log/gate.ts'
import type { LogRoutes } from '../../src/server/log/http.ts'
import { Rates } from '../../src/server/log/rates.ts'
import { logAt } from '../../src/server/log/read-log.ts'
import { TileCache } from '../../src/server/log/tile-cache.ts'
import { CREATE, type LogServer, logServer } from './log-server.ts'

/** These routes on a port of their own. */
async function served<T>(routes: LogRoutes, work: (log: string) => Promise<T>): Promise<T> {
  const server = createServer((req, res) => void routes(req, res, req.url!.slice('/log/'.length)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/log`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
const hello: LogRoutes = async (_req, res) => void res.writeHead(200).end('hello')
const busy: LogRoutes = async () => Promise.reject(new HealthChainError('busy', 'log-busy', 'Full.'))

describe('an address that asks too often', () => {
  it('is told when to come again, and others are not', async () => {
    const routes = admitted(hello, ({ headers }) => String(headers['x-from']), { perSecond: 1, burst: 2 })
    await served(routes, async (log) => {
      const ask = (from: string) => fetch(`${log}/checkpoint`, { headers: { 'x-from': from } })
      const statuses = [(await ask('a')).status, (await ask('a')).status]
      const refused = await ask('a')
      expect([...statuses, refused.status, refused.headers.get('retry-after')]).toEqual([200, 200, 429, '1'])
      expect(refused.headers.get('cache-control')).toBe('no-store')
      expect(refused.headers.get('access-control-allow-origin')).toBe('*')
      expect((await refused.json()).errors[0].extensions).toMatchObject({ code: 'BUSY', reason: 'too-often' })
      expect((await ask('b')).status).toBe(200)
    })
  })

  it('attack: with each of the 2^64 addresses that it owns', async () => {
    let n = 0
    const routes = admitted(hello, () => `2001:db8::${(n++).toString(16)}`, { perSecond: 1, burst: 2 })
    const statuses = await served(routes, async (log) => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${log}/checkpoint`)))
      return answers.map(({ status }) => status).sort()
    })
    expect(statuses).toEqual([200, 200, 429, 429, 429])
  })

  it('is a verifier that comes again and reads on', async () => {
    const routes = admitted(hello, () => 'a', { perSecond: 1, burst: 1 })
    await served(routes, async (log) => {
      const read = logAt(log)
      expect(Buffer.from(await read('checkpoint')).toString()).toBe('hello')
      expect(Buffer.from(await read('checkpoint')).toString()).toBe('hello')
    })
  })

  it('never gets more than what it had in hand and what came back since', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 60 }), (burst, asked) => {
        const rates = new Rates({ perSecond: 0.001, burst })
        const passed = Array.from({ length: asked }, () => rates.take('a')).filter((seconds) => seconds === 0).length
        return passed === Math.min(burst, asked) && (asked <= burst || rates.take('a') >= 1)
      }),
    )
  })

  it('is forgotten once very many others have asked', () => {
    const rates = new Rates({ perSecond: 0.001, burst: 1 })
    expect([rates.take('a'), rates.take('a') > 0]).toEqual([0, true])
    for (let i = 0; i < 10_000; i++) rates.take(`b${i}`)
    expect(rates.take('a')).toBe(0)
  })
})

describe('readers at once', () => {
  it('are so many and no more, in their order, and the rest is refused at once', async () => {
    const gate = new Gate(2, 3)
    let [inside, most] = [0, 0]
    const done: number[] = []
    const work = (i: number) => async () => {
      most = Math.max(most, ++inside)
      await pause(10)
      inside--
      done.push(i)
    }
    const all = await Promise.allSettled(Array.from({ length: 7 }, (_, i) => gate.run(work(i))))
    expect(all.map(({ status }) => status)).toEqual([...Array(5).fill('fulfilled'), 'rejected', 'rejected'])
    expect([most, done]).toEqual([2, [0, 1, 2, 3, 4]])
    expect((all[6] as PromiseRejectedResult).reason).toMatchObject({ code: 'log-busy' })
  })

  it('leave their place to the next when they fail', async () => {
    const gate = new Gate(1, 5)
    const failing = () => Promise.reject(new Error('no'))
    await Promise.allSettled([gate.run(failing), gate.run(failing)])
    expect(await gate.run(async () => 'in')).toBe('in')
  })

  it('who are too many are told to come again', async () => {
    await served(
      admitted(busy, () => 'a'),
      async (log) => {
        const answer = await fetch(`${log}/checkpoint`)
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1'])
      },
    )
  })
})

describe('tiles in memory', () => {
  const file = (bytes: number) => logFile(new Uint8Array(bytes), BYTES, FOREVER)

  it('never take more than their bytes, and the oldest goes first', () => {
    const cache = new TileCache(100)
    for (let i = 0; i < 50; i++) {
      cache.set(`t${i % 13}`, file((i * 7) % 40))
      expect(cache.bytes).toBeLessThanOrEqual(100)
    }
    const small = new TileCache(100)
    for (const path of ['a', 'b', 'c']) small.set(path, file(40))
    expect([small.get('a'), small.get('c')?.body.length, small.bytes]).toEqual([undefined, 40, 80])
    small.set('d', file(101))
    expect([small.get('d'), small.bytes]).toEqual([undefined, 80])
  })

  it('are forgotten after a while', async () => {
    const cache = new TileCache(100, 20)
    cache.set('a', file(40))
    expect(cache.get('a')).toBeDefined()
    await pause(30)
    expect([cache.get('a'), cache.bytes]).toEqual([undefined, 0])
  })
})

describe('files', () => {
  let server: LogServer
  beforeAll(async () => {
    server = await logServer()
    const many = Array.from({ length: 20 }, (_, i) => `p${i}: PatientCreate(res: {}) { id }`).join(' ')
    for (let i = 0; i < 13; i++) await server.ask(`mutation { ${many} }`)
    await server.ask(CREATE, { wait: true })
  }, 60_000)
  afterAll(() => server.close())

  it('that are full may be kept for good, and are read from the database once', async () => {
    for (const path of ['tile/0/000', 'tile/entries/000']) {
      const first = await server.get(path)
      expect([first.status, first.headers.get('cache-control')]).toEqual([200, FOREVER])
      server.statements.length = 0
      const second = await server.get(path)
      expect(await second.bytes()).toEqual(await first.bytes())
      expect(server.statements.filter((sql) => /log_(tile|leaf|checkpoint)/.test(sql) && !/waiting/.test(sql))).toEqual(
        [],
      )
    }
  })

  it('that somebody still has are not sent again', async () => {
    for (const path of ['tile/0/000', 'tile/0/001.p/1', 'checkpoint', 'vkey', '']) {
      const first = await server.get(path)
      const etag = first.headers.get('etag')!
      const again = await server.get(path, { headers: { 'if-none-match': `"other", ${etag}` } })
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
      expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'))
      expect((await server.get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    }
  })

  it('are explained to strangers, with a slash and without', async () => {
    for (const path of ['', '/']) {
      const answer = await fetch(`${server.log}${path}`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
      const text = await answer.text()
      for (const part of [server.vkey, 'checkpoint', 'tile/entries/N', 'npm run -s verify --', ', signed by the log'])
        expect(text).toContain(part)
    }
  })
})
