// Attacks on `npm run verify` by the server that it asks: it gives up in the end, whatever is answered and however slowly.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ReadableStream } from 'node:stream/web'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { boundedBody } from '../../src/server/log/bounded-body.ts'
import { inWords, printable } from '../../src/server/log/in-words.ts'
import { logAt, type Patience } from '../../src/server/log/read-log.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import { foundLines } from '../../src/server/verify.ts'
import { makeLeaf } from '../../src/store/log/make-leaf.ts'
import { Log } from '../provenance/log.ts'

type Answer = (res: ServerResponse, path: string, req: IncomingMessage) => unknown
let answer: Answer = () => {}
const asked: string[] = []
const server = createServer((req, res) => {
  const path = req.url!.slice('/log/'.length)
  asked.push(path)
  res.on('error', () => {})
  void answer(res, path, req)
})
let place: string
beforeEach(async () => {
  asked.length = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const HASTE: Patience = { wait: 300, brisk: 100, all: 500 }
const quiet = () => {}
/** Writes until nobody reads any more. */
function pour(res: ServerResponse, bytes: Buffer): void {
  const more = (): void => {
    while (!res.destroyed && res.write(bytes));
    if (!res.destroyed) res.once('drain', more)
  }
  more()
}

describe('attack: an answer', () => {
  const NEVER: [string, Answer][] = [
    ['that never begins', () => {}],
    ['of which the head never ends', (res) => res.socket!.write('HTTP/1.1 200 OK\r\nx-a: b\r\n')],
    ['of which the body never comes', (res) => res.writeHead(200).flushHeaders()],
    ['of which the body comes byte by byte', drip],
    ['without end', (res) => pour(res, Buffer.alloc(65_536))],
    ['without end, where nothing is', (res) => pour(res.writeHead(404), Buffer.alloc(65_536))],
    ['that says that it is long', (res) => res.writeHead(200, { 'content-length': 1e12 }).write('a')],
    ['elsewhere', (res) => res.writeHead(302, { location: `${place}/elsewhere` }).end()],
    ['of a part', (res) => res.writeHead(206, { 'content-range': 'bytes 0-0/9' }).end('a')],
    ['of nothing', (res) => res.writeHead(204).end()],
    ['that is none', (res) => res.socket!.end('no HTTP\r\n\r\n')],
  ]
  function drip(res: ServerResponse): void {
    res.write('a')
    const timer = setInterval(() => (res.destroyed ? clearInterval(timer) : res.write('a')), 20)
  }
  test.for(NEVER)('%s', async ([, how]) => {
    answer = how
    const began = performance.now()
    for (const path of ['checkpoint', 'tile/0/000']) await expect(logAt(place, HASTE)(path)).rejects.toThrow()
    expect(performance.now() - began).toBeLessThan(5000)
    expect(asked).not.toContain('elsewhere')
  })

  it('that unpacks to more than it is', async () => {
    const { gzipSync } = await import('node:zlib')
    const packed = gzipSync(Buffer.alloc(30_000_000))
    answer = (res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(packed)
    for (const path of ['checkpoint', 'tile/0/000', 'tile/entries/000'])
      await expect(logAt(place)(path)).rejects.toMatchObject({ code: 'too-large' })
  })

  it('in a million pieces takes no more than its bytes', async () => {
    const piece = Uint8Array.of(7)
    async function* pieces() {
      for (let i = 0; i < 200_000; i++) yield piece
    }
    const body = ReadableStream.from(pieces())
    const bytes = await boundedBody(new Response(body as BodyInit), 200_000)
    expect([bytes.length, bytes.every((byte) => byte === 7)]).toEqual([200_000, true])
    await expect(boundedBody(new Response(ReadableStream.from(pieces()) as BodyInit), 199_999)).rejects.toThrow()
  })
})

describe('attack: a log', () => {
  it('that is slow with each of its files loses the patience for all of them', async () => {
    answer = (res) => setTimeout(() => res.end('a'), 150)
    const read = logAt(place, { wait: 20_000, brisk: 20, all: 500 })
    const began = performance.now()
    const settled: string[] = []
    for (let i = 0; i < 50; i++)
      settled.push(
        await read('tile/0/000').then(
          () => 'read',
          ({ code }) => code,
        ),
      )
    expect(settled.at(0)).toBe('read')
    expect(settled.at(-1)).toBe('not-served')
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(asked.length).toBeLessThan(10)
  })

  it('that is always busy is not asked for ever', async () => {
    answer = (res) => res.writeHead(429, { 'retry-after': '0' }).end()
    await expect(logAt(place)('checkpoint')).rejects.toMatchObject({ code: 'not-served' })
    expect(asked).toHaveLength(11)
    asked.length = 0
    for (const later of ['-1', 'NaN', 'tomorrow', 'Wed, 21 Oct 2065 07:28:00 GMT']) {
      answer = (res) => res.writeHead(503, { 'retry-after': later }).end()
      await expect(logAt(place)('checkpoint')).rejects.toMatchObject({ code: 'not-served' })
    }
    expect(asked).toHaveLength(4)
  })

  test.for([
    ['a page', '<!doctype html><p>Sign in'],
    ['nothing', ''],
    ['bytes', Buffer.alloc(1000, 0xff)],
  ] as const)('that answers every question with %s', async ([, text]) => {
    answer = (res) => res.end(text)
    await expect(verify({ place }, quiet)).rejects.toMatchObject({ code: 'bad-key' })
    const { vkey } = new Log().signer
    expect(await verify({ place, vkey }, quiet)).toEqual([{ code: 'checkpoint-not-believed', at: 'malformed-note' }])
  })

  it('of which every entry is wrong is not read to its end', async () => {
    const log = new Log()
    log.append(Array.from({ length: 20_000 }, () => Buffer.from('no leaf')))
    answer = async (res, path) => res.end(await log.read(path))
    const found = await verify({ place, vkey: log.signer.vkey }, quiet)
    expect(found.slice(0, 2)).toEqual([0, 1].map((at) => ({ code: 'not-a-leaf', at: String(at) })))
    expect(asked.length).toBeLessThan(20)
    const lines = foundLines(found)
    expect(lines).toHaveLength(52)
    expect(lines.slice(-2)).toEqual(['… and 950 more.', 'too-many: So much is wrong that the rest was not looked at.'])
  })

  it('of which an entry erases what is not there, thousands of times', async () => {
    const log = new Log()
    const content = {
      resourceType: 'Patient',
      id: 'x',
      versionId: '1',
      op: 'create',
      provenance: '',
      decision: '',
    } as const
    const { leaf } = makeLeaf('fhir.write', { ...content, resource: '' }, 0)
    const erase = Buffer.from(leaf)
      .toString()
      .replace('fhir.write', 'erase')
      .replace(/\}$/, `,"x":[${Array.from({ length: 3000 }, (_, i) => 9000 + i)}]}`)
    log.append(
      Array.from({ length: 300 }, (_, i) =>
        Buffer.from(erase.replace(/"e":"......../, `"e":"${String(i).padStart(8, '0')}`)),
      ),
    )
    answer = async (res, path) => res.end(await log.read(path))
    const found = await verify({ place, vkey: log.signer.vkey }, quiet)
    expect(found.map(({ code }) => code).slice(999)).toEqual([...['erases-no-leaf-before-it', 'too-many', 'too-many']])
  })
})

describe('attack: what is shown', () => {
  it('has nothing that a terminal obeys, hides or turns around', () => {
    for (const evil of [
      '\u001b[2J',
      '\u009b2J',
      '\u202e',
      '\u2066',
      '\u200b',
      '\ufeff',
      '\u2028',
      '\r',
      '\u{e0041}',
      '\ue000',
      '\ud800',
      '\u3164',
    ]) {
      expect(printable(`a${evil}b`)).toMatch(/^a\?(?:\[2J|2J)?b$/)
      expect(inWords({ code: 'version-without-leaf', at: evil })).toMatch(/^[ -~]*$/)
    }
    expect(printable('krankenhaus-köln.example/log: entries 5, … and more.')).toBe(
      'krankenhaus-köln.example/log: entries 5, … and more.',
    )
  })
})
