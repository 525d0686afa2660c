// `npm run verify` against a live server and against folders: what it finds, what it remembers, how it ends.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { disclosedLine } from '../../src/provenance/disclosed-version.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import { readArguments } from '../../src/server/verify.ts'
import { checkpoint, leafOf, saltOf } from '../../src/store/log/reader.ts'
import { CREATE, type LogServer, logServer } from './log-server.ts'

let server: LogServer
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'log-'))
  server = await logServer()
  for (let i = 0; i < 3; i++) await server.ask(CREATE, { wait: true })
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await server.close()
})

const quiet = () => {}
const codes = async (wanted: Parameters<typeof verify>[0]) => (await verify(wanted, quiet)).map(({ code }) => code)

/** A copy of the log as files. */
async function mirror(name: string): Promise<string> {
  const size = (await checkpoint(server.database))!.size
  for (const path of ['checkpoint', 'vkey', `tile/0/000.p/${size}`, `tile/entries/000.p/${size}`]) {
    const file = join(folder, name, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, Buffer.from(await (await server.get(path)).arrayBuffer()))
  }
  return join(folder, name)
}

describe('a log', () => {
  it('of a server has no findings, its key given or asked for', async () => {
    const said: string[] = []
    expect(await verify({ place: server.log }, (line) => said.push(line))).toEqual([])
    expect(said.join('\n')).toMatch(/The key is what the log says itself[\s\S]*healthchain\.local\/log: entries \d+/)
    expect(await codes({ place: `${server.log}/`, vkey: server.vkey })).toEqual([])
  })

  it('in a folder is verified like one that is served', async () => {
    expect(await codes({ place: await mirror('honest'), vkey: server.vkey })).toEqual([])
  })

  it('in which an entry was changed is found out', async () => {
    const place = await mirror('changed')
    const file = join(place, 'tile/entries', readdir(place)!)
    const bytes = readFileSync(file)
    bytes[20]! ^= 1
    writeFileSync(file, bytes)
    const memory = join(folder, 'of-the-changed.json')
    expect(await codes({ place, remember: memory })).toEqual(['entry-not-in-tile', 'root-differs'])
    expect(existsSync(memory)).toBe(false)
  })

  it('signed by another key is not believed', async () => {
    const place = await mirror('forged')
    const file = join(place, 'checkpoint')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/\n(\d+)\n/, (_, n) => `\n${Number(n) + 1}\n`),
    )
    expect(await codes({ place })).toEqual(['checkpoint-not-believed'])
  })

  it('is held to what was remembered of it', async () => {
    const file = join(folder, 'memory.json')
    expect(await codes({ place: server.log, remember: file })).toEqual([])
    const early = await mirror('early')
    await server.ask(CREATE, { wait: true })
    expect(await codes({ place: server.log, remember: file })).toEqual([])
    const kept = readFileSync(file, 'utf8')
    expect(await codes({ place: early, remember: file })).toEqual(['log-shrank'])
    expect(readFileSync(file, 'utf8')).toBe(kept)
  })

  it('may not change its key', async () => {
    const file = join(folder, 'memory-of-key.json')
    await verify({ place: server.log, remember: file }, quiet)
    const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
    await expect(verify({ place: server.log, remember: file, vkey }, quiet)).rejects.toMatchObject({
      code: 'other-key',
    })
  })

  it('is not verified against a memory that is damaged', async () => {
    const file = join(folder, 'damaged.json')
    writeFileSync(file, '{"vkey": "')
    await expect(verify({ place: server.log, remember: file }, quiet)).rejects.toMatchObject({ code: 'bad-memory' })
  })
})

const readdir = (place: string) => /000\.p\/\d+/.exec(`000.p/${readSize(place)}`)?.[0]
const readSize = (place: string) => readFileSync(join(place, 'checkpoint'), 'utf8').split('\n')[1]

describe('an export', () => {
  async function disclosed(change: (text: string) => string = (text) => text): Promise<string> {
    const { data } = await server.ask(CREATE, { wait: true })
    const { id } = data.PatientCreate
    const leaf = (await leafOf(server.database, { type: 'Patient', id, version: 1 }))!
    const salt = (await saltOf(server.database, leaf))!
    const [row] = await server.database.query<{ content: string }>({
      sql: "select content from resource_version where type = 'Patient' and id = $1",
      parameters: [id],
    })
    const about = { resourceType: 'Patient', id, versionId: '1', op: 'create' as const, decision: leaf.decision }
    const file = join(folder, `${id}.ndjson`)
    const line = disclosedLine({ ...about, entry: leaf.entry, salt, resource: change(row!.content), provenance: '' })
    writeFileSync(file, `${line}\n`)
    return file
  }

  it('holds what was logged', async () => {
    expect(await codes({ place: server.log, versions: await disclosed() })).toEqual([])
  })
  it('in which a letter was changed is found out', async () => {
    const versions = await disclosed((text) => text.replace('Ash', 'Asp'))
    expect(await codes({ place: server.log, versions })).toEqual(['commitment-differs'])
  })
  it('that claims to be whole and is not is found out', async () => {
    const found = await codes({ place: server.log, versions: await disclosed(), whole: true })
    expect(new Set(found)).toEqual(new Set(['leaf-without-version']))
  })
  it('that cannot be read is none', async () => {
    await expect(verify({ place: server.log, versions: join(folder, 'nothing') }, quiet)).rejects.toThrow()
  })
})

describe('the command', () => {
  const run = promisify(execFile)
  const command = (...args: string[]) =>
    run(process.execPath, ['--import', 'tsx', 'src/server/verify.ts', ...args]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code: code as number, stdout, stderr }),
    )

  it('ends with 0, 1 or 2', async () => {
    expect(await command(server.log, '--vkey', server.vkey)).toMatchObject({ code: 0, stderr: '' })
    const other = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
    expect(await command(server.log, '--vkey', other)).toMatchObject({
      code: 1,
      stderr: 'checkpoint-not-believed: The checkpoint is not to be believed: no key that you believe has signed it.\n',
    })
    expect(await command(join(folder, 'nothing'))).toMatchObject({ code: 2 })
  }, 30_000)

  test.for([
    ['no log', []],
    ['two logs', ['a', 'b']],
    ['a flag that is none', ['a', '--believe']],
    ['--whole alone', ['a', '--whole']],
  ])('refuses %s', ([, args]) => {
    expect(() => readArguments(args as string[])).toThrow(expect.objectContaining({ code: 'bad-arguments' }))
  })
  it('speaks http and https only', async () => {
    await expect(verify({ place: 'ftp://example.org/log' }, quiet)).rejects.toMatchObject({ code: 'bad-arguments' })
  })
})
