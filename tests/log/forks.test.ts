// Who holds the database and the key rebuilds whatever they like: nothing in the log contradicts it. It is found by who kept a
// checkpoint; without the key, by the signature.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EMPTY_FRONTIER, frontierBytes } from '../../src/provenance/frontier.ts'
import { appendLeaves, frontierRoot, leafHash } from '../../src/provenance/merkle.ts'
import type { Session } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { versionLine } from '../../src/store/log/version-line.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { DumpFolder, type Found } from './dumped.ts'
import { observation, sign } from './world.ts'

const TABLES = ['log_leaf', 'log_salt', 'log_tile', 'log_checkpoint', 'log_state', 'resource_version']
const [FIRST, SIZE] = [20, 40]
class Undone extends Error {}

let db: TestDatabase
let folder: string
const dumps = new DumpFolder()
let memory: string
beforeAll(async () => {
  db = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'healthchain-fork-'))
  memory = join(folder, 'memory.json')
  const put = (n: number) => write(db.database, [{ type: 'Observation', id: `o${n}`, resource: observation(n) }])
  for (let n = 0; n < FIRST; n++) await put(n)
  await sequence(db.database, sign, 1000)
  for (let n = FIRST; n < SIZE; n++) await put(n)
  await sequence(db.database, sign, 1000)
  for (const table of TABLES) await run(db.owner, `alter table ${table} disable trigger user`)
  await run(db.owner, 'alter table resource_version drop constraint resource_version_logged')
  expect(await verified(db.owner)).toEqual([])
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  dumps.drop()
  await db.drop()
})

const run = <T>(session: Session, sql: string, parameters: readonly unknown[] = []) =>
  session.query<T>({ sql, parameters })
const verified = (session: Session, remember = memory): Promise<Found[]> =>
  dumps.whole(session, ['Observation'], { remember })

/** Another content for one version, with the leaf, the salt and the row to fit. */
async function rewrite(session: Session, id: string): Promise<void> {
  const sql = `update resource_version set content = replace(content, '"final"', '"amended"') where id = $1 returning content, last_updated`
  const [row] = await run<{ content: string; last_updated: string }>(session, sql, [id])
  await run(session, `update observation set content = $2, status = 'amended' where id = $1`, [id, row!.content])
  const about = { type: 'Observation', id, version: 1, op: 'create' } as const
  const { leaf, entry, salt, secret } = versionLine(about, row!.content, new Date(row!.last_updated).getTime())
  await run(session, 'delete from log_salt where id = (select salt from log_leaf where id = $1)', [id])
  await run(session, 'insert into log_salt (id, salt) values ($1, $2)', [salt, secret])
  const parameters = [id, entry, Buffer.from(leaf), salt]
  await run(session, 'update log_leaf set entry = $2, leaf = $3, salt = $4 where id = $1', parameters)
}

/** Tiles and state of the leaves as they are now. */
async function rebuild(session: Session): Promise<{ size: number; root: Uint8Array }> {
  const rows = await run<{ leaf: Buffer }>(
    session,
    'select leaf from log_leaf where leaf_index is not null order by leaf_index',
  )
  const { frontier, tiles } = appendLeaves(
    EMPTY_FRONTIER,
    rows.map(({ leaf }) => leafHash(leaf)),
  )
  await run(session, 'delete from log_tile')
  for (const { level, index, added } of tiles)
    await run(session, 'insert into log_tile values ($1, $2, $3)', [level, index, Buffer.from(added)])
  const root = Buffer.from(frontierRoot(frontier))
  const state = [frontier.size, Buffer.from(frontierBytes(frontier)), root]
  await run(session, 'update log_state set size = $1, frontier = $2, root = $3', state)
  return { size: frontier.size, root }
}

/** The checkpoints that are kept, signed anew: an older one that does not fit any more would tell. */
async function resign(session: Session, tree: { size: number; root: Uint8Array }, keepOlder = false): Promise<void> {
  await run(session, `delete from log_checkpoint ${keepOlder ? `where size > ${FIRST}` : ''}`)
  await run(session, 'insert into log_checkpoint (size, note) values ($1, $2)', [tree.size, await sign(tree)])
}

async function forked(act: (session: Session) => Promise<unknown>, remember?: string): Promise<Found[]> {
  let found: Found[] = []
  const work = db.owner.transaction(async (session) => {
    await act(session)
    found = await verified(session, remember)
    throw new Undone()
  })
  await work.catch((error) => {
    if (!(error instanceof Undone)) throw error
  })
  return found
}

describe('an insider with the database, who has no key', () => {
  test('rewrites a version with all that proves it: the tree is not what was signed, from the next checkpoint on', async () => {
    const found = await forked(async (session) => {
      await rewrite(session, 'o7')
      await rebuild(session)
    })
    expect(found).toContainEqual({ code: 'root-differs', at: String(SIZE) })
    // Every checkpoint tells between which sizes it happened.
    expect(found.filter(({ code }) => code === 'checkpoint-differs').map(({ at }) => at)).toEqual(['20', '40'])
    const later = await forked(async (session) => {
      await rewrite(session, 'o27')
      await rebuild(session)
    })
    expect(later.filter(({ code }) => code === 'checkpoint-differs').map(({ at }) => at)).toEqual(['40'])
  })

  test('puts the whole log back to an earlier day: it shrank', async () => {
    const back = async (session: Session) => {
      await run(session, 'delete from log_salt where id in (select salt from log_leaf where leaf_index >= $1)', [FIRST])
      await run(session, `delete from observation where id in (select id from log_leaf where leaf_index >= $1)`, [
        FIRST,
      ])
      await run(session, `delete from resource_version where id in (select id from log_leaf where leaf_index >= $1)`, [
        FIRST,
      ])
      await run(session, 'delete from log_leaf where leaf_index >= $1', [FIRST])
      await run(session, 'delete from log_checkpoint where size > $1', [FIRST])
      await rebuild(session)
    }
    expect(await forked(back)).toEqual([{ code: 'log-shrank', at: String(SIZE) }])
  })
})

describe('an insider with the database and the key', () => {
  const fork = async (session: Session) => {
    await rewrite(session, 'o7')
    await resign(session, await rebuild(session))
  }

  test('is found by who remembers a checkpoint', async () => {
    expect(await forked(fork)).toEqual([{ code: 'history-rewritten', at: String(SIZE) }])
  })
  test('and by nobody else: this is what witnesses are for', async () => {
    expect(await forked(fork, join(folder, 'new-memory.json'))).toEqual([])
  })
  test('is found without any memory where an older checkpoint was left in its place', async () => {
    const careless = async (session: Session) => {
      await rewrite(session, 'o7')
      await resign(session, await rebuild(session), true)
    }
    expect(await forked(careless, join(folder, 'other-memory.json'))).toEqual([
      { code: 'checkpoint-differs', at: String(FIRST) },
    ])
  })
})
