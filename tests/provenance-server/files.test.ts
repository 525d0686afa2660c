// /log for strangers: what is served, how long it may be kept, and everything that is refused. https://c2sp.org/tlog-tiles
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leafByEntry } from '../../src/store/log/reader.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { signWith } from '../../src/store/log/sign-tree.ts'
import { CREATE, type LogServer, logServer } from './log-server.ts'

let server: LogServer
let size = 0
beforeAll(async () => {
  server = await logServer()
  for (let i = 0; i < 3; i++) await server.ask(CREATE, { wait: true })
  size = Number((await (await server.get('checkpoint')).text()).split('\n')[1])
})
afterAll(async () => {
  await server.close()
  expect(server.faults).toEqual([])
})

/** `fetch` tidies paths up before it sends them. */
const raw = (path: string, method = 'GET'): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url)
    request({ hostname, port, path, method }, (res) => {
      res.resume()
      resolve(res.statusCode!)
    })
      .on('error', reject)
      .end()
  })

describe('anybody reads', () => {
  it('the checkpoint, for seconds', async () => {
    const answer = await server.get('checkpoint')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(answer.headers.get('cache-control')).toBe('public, max-age=1')
    expect(await answer.text()).toMatch(
      /^healthchain\.local\/log\n\d+\n[A-Za-z0-9+/]{43}=\n\n— healthchain\.local\/log \S+\n$/,
    )
  })

  it('tiles that are not full, for a minute', async () => {
    for (const path of [`tile/0/000.p/${size}`, 'tile/0/000.p/1', `tile/entries/000.p/${size}`]) {
      const answer = await server.get(path)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/octet-stream'])
      expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
    }
    expect(await server.get('tile/0/000.p/2').then((a) => a.arrayBuffer())).toHaveProperty('byteLength', 64)
  })

  it('the key, and from any page', async () => {
    const answer = await server.get('vkey')
    expect(await answer.text()).toBe(`${server.vkey}\n`)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('with HEAD as well', async () => expect(await raw('/log/checkpoint', 'HEAD')).toBe(200))
})

describe('nobody reads', () => {
  it.for([
    ['a width beyond what is signed', 'tile/0/000.p/200'],
    ['a bundle beyond what is signed', 'tile/entries/000.p/200'],
    ['a tile that is not full yet', 'tile/0/000'],
    ['a tile right of the log', 'tile/0/001.p/1'],
    ['a level above the log', 'tile/1/000.p/1'],
    ['no width', 'tile/0/000.p/0'],
    ['a width of a full tile', 'tile/0/000.p/256'],
    ['leading zeros in the width', 'tile/0/000.p/01'],
    ['two digits', 'tile/0/00.p/1'],
    ['needless groups', 'tile/0/x000/000.p/1'],
    ['level 64', 'tile/64/000.p/1'],
    ['a negative level', 'tile/-1/000.p/1'],
    ['an index beyond all integers', 'tile/0/x999/x999/x999/x999/x999/999.p/1'],
    ['escaped slashes', 'tile%2f0%2f000.p/1'],
    ['escaped digits', 'tile/%30/000.p/1'],
    ['two slashes', 'tile//0/000.p/1'],
    ['a way up', 'tile/../checkpoint'],
    ['a newline', 'checkpoint%0a'],
    ['capitals', 'Checkpoint'],
    ['a slash behind', 'checkpoint/'],
    ['salts', 'salt/00000000-0000-4000-8000-000000000000'],
  ])('%s', async ([, path]) => expect([path, await raw(`/log/${path}`)]).toEqual([path, 404]))

  it('what is not there yet from a cache, once it is there', async () => {
    const answer = await server.get('tile/0/000')
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store'])
  })

  it('by any other method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect([method, await raw('/log/checkpoint', method)]).toEqual([method, 422])
  })

  it('the log over GraphQL without signing in', async () => {
    const { status, errors } = await server.ask('{ provenanceLog { checkpoint } }', { as: null })
    expect([status, errors?.[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
  })

  it('the key where a process has none', async () => {
    const other = await logServer({ signs: false })
    expect([(await other.get('vkey')).status, (await other.get('checkpoint')).status]).toEqual([404, 404])
    await other.close()
  })
})

describe('a tree that has grown and is not signed yet', () => {
  it('is not shown: neither tiles nor entries nor proofs', async () => {
    const other = await logServer({ signs: false })
    await other.ask(CREATE)
    await sequence(other.database, signWith(other.signer), 100)
    const size = Number((await (await other.get('checkpoint')).text()).split('\n')[1])
    const { data } = await other.ask(CREATE)
    const { entry } = data.PatientCreate.provenance
    const unsigned = sequence(other.database, () => Promise.reject(new Error('no key')), 100)
    await expect(unsigned).rejects.toThrow('no key')
    expect((await leafByEntry(other.database, entry))?.index).toBeGreaterThanOrEqual(size)
    const status = async (path: string) => (await other.get(path)).status
    for (const row of ['0', 'entries'])
      expect([await status(`tile/${row}/000.p/${size}`), await status(`tile/${row}/000.p/${size + 1}`)]).toEqual([
        200, 404,
      ])
    const answer = await other.ask(
      `{ provenanceLog { inclusionProof(entry: "${entry}") consistencyProof(from: 1, to: ${size + 1}) } }`,
    )
    expect(answer.data.provenanceLog).toEqual({ inclusionProof: null, consistencyProof: null })
    expect(answer.errors?.map(({ extensions }) => extensions.reason)).toEqual(['bad-size'])
    await other.close()
  })
})
