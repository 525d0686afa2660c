// Two houses: one keeps a log, the other is its witness. What the witness refuses, and what the log does about witnesses
// that are slow, dead or lying. https://c2sp.org/tlog-witness
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { elapsed } from '../../src/kernel/clock.ts'
import { noteVerifier } from '../../src/provenance/note-key.ts'
import { cosigner, noteSigner } from '../../src/provenance/note-signer.ts'
import { type Believed, openCheckpoint, readPolicy } from '../../src/provenance/policy.ts'
import { formatAddCheckpoint } from '../../src/provenance/witness.ts'
import { Log, seed } from '../provenance/log.ts'
import { entriesOf } from '../provenance/rfc-9162.ts'
import { CREATE, type LogServer, logServer } from './log-server.ts'

const signer = noteSigner('a.example/log', seed(1))
const key = cosigner('b.example/log/witness', seed(2))
/** What the witness watches beside the log of the first house: logs made up here. */
const other = () => new Log('c.example/log')
let witness: LogServer
let house: LogServer
beforeAll(async () => {
  const logs = await Promise.all([signer.vkey, other().signer.vkey].map(noteVerifier))
  witness = await logServer({ signs: false, provenanceLog: { witness: { cosigner: key, logs } } })
  const peer = { url: `${witness.log}/witness`, key: await noteVerifier(key.vkey) }
  house = await logServer({ provenanceLog: { signer, witnesses: [peer] } })
})
afterAll(async () => {
  await house.close()
  await witness.close()
})

const believed = async (server: LogServer) => {
  const policy = await readPolicy({ log: [signer.vkey], witnesses: [key.vkey] })
  return openCheckpoint(await (await server.get('checkpoint')).text(), policy)
}

describe('a log with a witness', () => {
  it('serves checkpoints that the witness has cosigned, as it grows', async () => {
    let last = 0
    for (let i = 0; i < 3; i++) {
      await house.ask(CREATE, { wait: true })
      const { checkpoint, witnesses } = (await believed(house)) as Believed
      expect(checkpoint.size).toBeGreaterThan(last)
      expect(witnesses).toMatchObject([{ name: key.name }])
      last = checkpoint.size
    }
    expect(house.faults).toEqual([])
  })

  it('that was set back stops, though the witness was away when it started', async () => {
    const relay = await passing(`${witness.log}/witness`)
    const peer = { url: relay.url, key: await noteVerifier(key.vkey) }
    const restored = await logServer({ provenanceLog: { signer, witnesses: [peer] } })
    const { extensions } = await restored.ask(CREATE, { wait: true })
    expect(extensions.provenance).toMatchObject([{ status: 'pending' }])
    expect(restored.faults).toMatchObject([{ code: 'broken-log' }])
    expect(restored.said).toEqual([
      expect.stringMatching(/^The witness b.example\/log\/witness does not say what it has seen/),
      expect.stringMatching(
        /^The provenance log has stopped. The witness b.example\/log\/witness has seen \d+ entries/,
      ),
    ])
    expect((await restored.get('checkpoint')).status).toBe(404)
    await restored.close()
    await relay.close()
  }, 20_000)

  it('that was set back does not start while the witness is there', async () => {
    const peer = { url: `${witness.log}/witness`, key: await noteVerifier(key.vkey) }
    await expect(logServer({ provenanceLog: { signer, witnesses: [peer] } })).rejects.toMatchObject({
      code: 'set-back',
    })
  })

  it.for([
    ['is dead', 'dead'],
    ['never answers', 'silent'],
    ['claims to have seen more, and cannot prove it', 409],
    ['answers with somebody’s signature', 200],
  ] as const)('goes on without one that %s', async ([, answer]) => {
    const fake = await pretender(typeof answer === 'number' ? answer : undefined)
    if (answer === 'dead') await fake.close()
    const peer = { url: fake.url, key: await noteVerifier(key.vkey) }
    const alone = await logServer({ provenanceLog: { signer, witnesses: [peer] } })
    const began = elapsed()
    const { extensions } = await alone.ask(CREATE, { wait: true })
    expect(extensions.provenance).toMatchObject([{ status: 'included' }])
    expect(elapsed() - began).toBeLessThan(4000)
    expect(alone.faults.length).toBe(1)
    expect(alone.said).toContainEqual(expect.stringMatching(/^The witness b.example\/log\/witness has not cosigned/))
    expect(await believed(alone)).toEqual({ fault: 'too-few-witnesses' })
    await alone.close()
    await fake.close()
  })
})

/** Answers everything with this status, or never. */
const pretender = (status: number | undefined) =>
  listening((_req, res) => {
    if (status !== undefined)
      res.writeHead(status).end(status === 409 ? '1000000\n' : '— b.example/log/witness AAAAAAAA\n')
  })

/** Passes on what it is asked, but for the first question. */
function passing(to: string) {
  let asked = 0
  return listening(async (req, res) => {
    if (asked++ === 0) return void res.writeHead(503).end()
    const body = req.method === 'POST' ? Buffer.concat(await req.toArray()) : undefined
    const answer = await fetch(`${to}${req.url}`, { method: req.method!, ...(body && { body }) })
    res.writeHead(answer.status).end(await answer.bytes())
  })
}

async function listening(answer: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

describe('a witness', () => {
  const send = (body: string) => witness.get('witness/add-checkpoint', { method: 'POST', body })
  const add = async (log: Log, oldSize: number, proof: Uint8Array[] = []) =>
    send(formatAddCheckpoint({ oldSize, proof, note: await log.checkpoint() }))
  const grown = (name: string, size: number) => {
    const log = name === 'c.example/log' ? other() : new Log(name)
    log.append(entriesOf(size))
    return log
  }

  it('cosigns one history of a log, whoever asks at once', async () => {
    const forks = Array.from({ length: 25 }, (_, i) => {
      const log = other()
      log.append([new TextEncoder().encode(`fork ${i}`)])
      return log
    })
    const statuses = (await Promise.all(forks.map((fork) => add(fork, 0)))).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(24)
    const late = await add(forks[0]!, 0)
    expect([late.status, late.headers.get('content-type'), await late.text()]).toEqual([409, 'text/x.tlog.size', '1\n'])
    expect((await add(grown('c.example/log', 5), 1)).status).toBe(422)
    expect((await add(grown('c.example/log', 1), 1)).status).toBe(422)
    expect((await add(grown('c.example/log', 1), 2)).status).toBe(400)
  })

  it('refuses logs that it does not watch, other keys, and what is no checkpoint', async () => {
    expect((await add(grown('d.example/log', 1), 0)).status).toBe(404)
    const note = (await grown('c.example/log', 9).checkpoint()).replace('\n9\n', '\n8\n')
    expect((await send(formatAddCheckpoint({ oldSize: 1, proof: [], note }))).status).toBe(403)
    for (const body of ['', 'old 0\n', 'old -1\n\nx\n', `old 0\n${'A'.repeat(44)}\n\nnothing\n`])
      expect([body, (await send(body)).status]).toEqual([body, 400])
    expect((await send('x'.repeat(70_000))).status).toBe(422)
    expect((await witness.get('witness/add-checkpoint')).status).toBe(404)
    expect((await witness.get('witness/add-checkpoint', { method: 'PUT' })).status).toBe(422)
  })

  it('shows its key and what it saw, and nothing of others', async () => {
    expect(await (await witness.get('witness/vkey')).text()).toBe(`${key.vkey}\n`)
    expect((await witness.get(`witness/${'0'.repeat(64)}/checkpoint`)).status).toBe(404)
    expect((await house.get('witness/vkey')).status).toBe(404)
  })
})
