// `npm run dump`: one moment of everything, in a folder that verify reads, for nobody else's eyes.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dumpInto, readArguments } from '../../src/server/dump.ts'
import { logSigner } from '../../src/server/log/key.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import type { Database } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { signWith } from '../../src/store/log/sign-tree.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { observation } from './world.ts'

let db: TestDatabase
let folder: string
const names = {}
const put = (id: string) => write(db.database, [{ type: 'Observation', id, resource: observation(1) }])
const sequenced = async () => sequence(db.database, signWith(await logSigner(db.owner, names)), 1000)
beforeAll(async () => {
  db = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'healthchain-dump-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await db.drop()
})

const said: string[] = []
const verified = (place: string) => verify({ place, whole: true }, (line) => said.push(line))

test('where nothing was signed yet there is nothing to dump', async () => {
  await put('o0')
  await expect(dumpInto(join(folder, 'none'), db.owner, names)).rejects.toMatchObject({ code: 'nothing-signed' })
})

describe('a dump', () => {
  test('has every version and what opens its leaf; what waits is counted and left out', async () => {
    await sequenced()
    for (let n = 1; n < 300; n++) await put(`o${n}`)
    await sequenced()
    await put('waits')
    const place = join(folder, 'whole')
    expect(await dumpInto(place, db.owner, names)).toEqual({
      entries: 300,
      versions: 301,
      events: 0,
      waiting: 1,
      found: [],
    })
    expect(await verified(place)).toEqual([])
    expect(said.join('\n')).toMatch(/entries 300,[\s\S]*Versions of the export, each as it was logged: 300\./)
    const files = ['checkpoint', 'checkpoints.ndjson', 'events.ndjson', 'tile', 'versions.ndjson', 'vkey']
    expect(readdirSync(place).sort()).toEqual(files)
  })

  test('leaves out what has its place and is not signed yet', async () => {
    await expect(sequence(db.database, () => Promise.reject(new Error('no key')), 1000)).rejects.toThrow('no key')
    const place = join(folder, 'unsigned')
    expect(await dumpInto(place, db.owner, names)).toMatchObject({ entries: 300, versions: 301, waiting: 1, found: [] })
    expect(await verified(place)).toEqual([])
    await sequenced()
  })

  test('is for its owner alone', async () => {
    const place = join(folder, 'whole')
    const files = readdirSync(place, { recursive: true, encoding: 'utf8' }).map((path) => statSync(join(place, path)))
    const modes = new Set(files.map((file) => [file.isFile(), (file.mode & 0o777).toString(8)].join()))
    expect(modes).toEqual(new Set(['true,600', 'false,700']))
    expect((statSync(place).mode & 0o777).toString(8)).toBe('700')
  })

  test('in which a version or a letter of one is missing is found out', async () => {
    const place = join(folder, 'whole')
    const [file, text] = [join(place, 'versions.ndjson'), readFileSync(join(place, 'versions.ndjson'), 'utf8')]
    writeFileSync(file, text.slice(text.indexOf('\n') + 1))
    expect((await verified(place)).map(({ code }) => code)).toEqual(['leaf-without-version'])
    writeFileSync(file, text.replace('final', 'fatal'))
    expect((await verified(place)).map(({ code }) => code)).toEqual(['commitment-differs'])
    writeFileSync(file, text)
    expect(await verified(place)).toEqual([])
  })

  test('goes into an empty folder only', async () => {
    await expect(dumpInto(join(folder, 'whole'), db.owner, names)).rejects.toMatchObject({ code: 'not-empty' })
    mkdirSync(join(folder, 'empty'))
    await dumpInto(join(folder, 'empty'), db.owner, names)
  })

  test('is of one moment, whatever is written meanwhile', async () => {
    let pages = 0
    const meanwhile: Database = {
      ...db.owner,
      transaction: (work) =>
        db.owner.transaction((session) =>
          work({
            async query(statement) {
              if (pages++ < 12 && !statement.sql.startsWith('set')) {
                await put(`meanwhile-${pages}`)
                await sequenced()
              }
              return session.query(statement)
            },
          }),
        ),
    }
    const { entries, versions, waiting, found } = await dumpInto(join(folder, 'moment'), meanwhile, names)
    expect(found).toEqual([])
    expect(versions).toBe(entries + waiting)
    expect(await verified(join(folder, 'moment'))).toEqual([])
    const { length } = readFileSync(join(folder, 'moment', 'versions.ndjson'), 'utf8')
      .trim()
      .split('\n')
    expect(length).toBe(entries)
  })

  test('attack: a version is put there as if it were of before there was a log', async () => {
    const run = (sql: string) => db.owner.query({ sql, parameters: [] })
    await run('alter table resource_version drop constraint resource_version_logged')
    await run(`insert into resource_version (type, id, version, last_updated, operation, lossless, content)
select type, 'early', 1, now() - interval '1 year', operation, lossless, content from resource_version where id = 'o1'`)
    await dumpInto(join(folder, 'early'), db.owner, names)
    expect((await verified(join(folder, 'early'))).map(({ code }) => code)).toEqual(['version-without-leaf'])
  })
})

test.for([
  ['no folder', []],
  ['two folders', ['a', 'b']],
  ['a flag', ['--all']],
])('the command refuses %s', ([, args]) => {
  expect(() => readArguments(args as string[])).toThrow(expect.objectContaining({ code: 'bad-arguments' }))
})
