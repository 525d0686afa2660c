// Servers as people start them, each in its own process: two that are one witness, and a house whose database was set back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasher } from '../../src/provenance/merkle.ts'
import { noteVerifier } from '../../src/provenance/note-key.ts'
import type { NoteSigner } from '../../src/provenance/note-signer.ts'
import { consistencyFromTiles } from '../../src/provenance/tile-reader.ts'
import { formatAddCheckpoint } from '../../src/provenance/witness.ts'
import { signCosigned } from '../../src/server/log/cosigned.ts'
import { logSigner } from '../../src/server/log/key.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { write } from '../../src/store/writer.ts'
import { Log } from '../provenance/log.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type ServerProcess, startServer } from './server-process.ts'

const ROUNDS = 15
const names = Array.from({ length: ROUNDS }, (_, i) => `c${i}.example/log`)
const databases: TestDatabase[] = []
const servers: ServerProcess[] = []
let house: TestDatabase
let signer: NoteSigner
/** Prefix and key of the witness, as WITNESSES takes them. */
let witness: string

const database = async (): Promise<TestDatabase> => {
  const made = await testDatabase()
  databases.push(made)
  return made
}
async function start(...[url, env]: Parameters<typeof startServer>): Promise<ServerProcess> {
  const server = await startServer(url, env)
  servers.push(server)
  return server
}

beforeAll(async () => {
  house = await database()
  signer = await logSigner(house.owner, { logOrigin: 'house.example/log' })
  const keys = [signer.vkey, ...names.map((name) => new Log(name).signer.vkey)]
  const { url } = await database()
  const both = () => start(url, { WITNESSED_LOGS: keys.join(',') })
  const [first] = await Promise.all([both(), both()])
  expect(first.said).toContain('Provenance log: ')
  const vkey = await (await fetch(`${first.log}/witness/vkey`)).text()
  witness = `${first.log}/witness=${vkey.trim()}`
}, 90_000)
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  await Promise.all(databases.map((db) => db.drop()))
}, 60_000)

describe('two processes that are one witness', () => {
  const entry = (text: string) => new TextEncoder().encode(text)
  const fork = (name: string, ...texts: string[]) => {
    const log = new Log(name)
    log.append(texts.map(entry))
    return log
  }
  /** Half of them to each process, all at once. */
  async function race(forks: readonly Log[], oldSize: number): Promise<Log[]> {
    const won = await Promise.all(
      forks.map(async (log, i) => {
        const source = async (tile: Parameters<Log['tile']>[0]) => log.tile(tile)
        const proof = oldSize === 0 ? [] : await consistencyFromTiles(hasher, oldSize, log.frontier.size, source)
        const body = formatAddCheckpoint({ oldSize, proof, note: await log.checkpoint() })
        const { status } = await fetch(`${servers[i % 2]!.log}/witness/add-checkpoint`, { method: 'POST', body })
        expect([200, 409]).toContain(status)
        return status === 200
      }),
    )
    return forks.filter((_, i) => won[i])
  }

  it('cosign one of the histories that are told at once, never two', async () => {
    for (const name of names) {
      const first = await race([fork(name, 'a'), fork(name, 'b'), fork(name, 'c'), fork(name, 'd')], 0)
      expect(first).toHaveLength(1)
      const begun = new TextDecoder().decode(first[0]!.entries[0])
      const longer = ['x', 'y', 'z', 'w'].map((more) => fork(name, begun, more))
      expect(await race(longer, 1)).toHaveLength(1)
    }
  }, 60_000)
})

describe('a house with a witness', () => {
  const put = (id: string) => ({ type: 'Observation', id, resource: { resourceType: 'Observation', status: 'final' } })
  const faults: unknown[] = []
  async function grow(db: TestDatabase, ids: readonly string[]): Promise<void> {
    const [url, vkey] = witness.split(/=(.*)/s) as [string, string]
    const sign = signCosigned(db.database, signer, [{ url, key: await noteVerifier(vkey) }], (e) => faults.push(e))
    await write(db.database, ids.map(put))
    await sequence(db.database, sign, 100)
  }
  /** Another database with the key and the name of the house, as a copy of an older state has them. */
  async function restored(): Promise<TestDatabase> {
    const db = await database()
    const secrets = await house.owner.query<{ name: string; value: string }>({
      sql: "select name, value from server_secret where name like 'log-%'",
      parameters: [],
    })
    for (const { name, value } of secrets)
      await db.owner.query({ sql: 'insert into server_secret values ($1, $2)', parameters: [name, value] })
    return db
  }

  it('starts while it is what the witness has seen', async () => {
    await grow(house, ['o1', 'o2'])
    expect(faults).toEqual([])
    const { said, log } = await start(house.url, { WITNESSES: witness })
    expect([log !== '', said.includes('does not say')]).toEqual([true, false])
  }, 60_000)

  it('does not start with an older state of its database', async () => {
    const { code, said } = await start((await restored()).url, { WITNESSES: witness })
    expect(code).toBe(1)
    expect(said).toContain(
      'Not started: the witness healthchain.local/log/witness has seen 2 entries, signed by this log, which has 0: it was set back. Restore the newest copy of the database.',
    )
  }, 60_000)

  it('does not start with one that was set back and went on', async () => {
    const db = await restored()
    await write(db.database, ['p1', 'p2', 'p3'].map(put))
    await sequence(
      db.database,
      signCosigned(db.database, signer, [], () => {}),
      100,
    )
    const { code, said } = await start(db.url, { WITNESSES: witness })
    expect([code, said]).toEqual([1, expect.stringContaining('has seen other entries among the first 2')])
  }, 60_000)

  it('starts without a witness that is down, and says so', async () => {
    const [, vkey] = witness.split(/=(.*)/s)
    const { log, said } = await start(house.url, { WITNESSES: `http://127.0.0.1:9/log/witness=${vkey}` })
    expect([log !== '', said]).toEqual([
      true,
      expect.stringContaining('does not say what it has seen: whether this log was set back'),
    ])
  }, 60_000)
})
