// `npm run verify` against a live server and against folders: what it finds, what it remembers, how it ends.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { cosigner } from '../../src/provenance/note-signer.ts'
import { inWords } from '../../src/server/log/in-words.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import { readArguments } from '../../src/server/verify.ts'
import { makeLeaf } from '../../src/store/log/make-leaf.ts'
import { checkpoint } from '../../src/store/log/reader.ts'
import { Log, seed } from '../provenance/log.ts'
import { CREATE, type LogServer, logServer } from './log-server.ts'

const CONTENT = {
  ...{ resourceType: 'Patient', id: 'x', versionId: '1', op: 'create' as const, resource: '{}' },
  ...{ provenance: '', decision: '' },
} as const

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

describe('witnesses', () => {
  const log = new Log(
    'a.example/log',
    [1, 2].map((n) => cosigner(`w${n}.example`, seed(n + 1))),
  )
  const [one, two, three] = [...log.witnesses, cosigner('w3.example', seed(4))].map(({ vkey }) => vkey) as [
    string,
    string,
    string,
  ]
  let place: string
  beforeAll(async () => {
    log.append([makeLeaf('fhir.write', CONTENT, 0).leaf])
    place = join(folder, 'cosigned')
    mkdirSync(join(place, 'tile/0/000.p'), { recursive: true })
    mkdirSync(join(place, 'tile/entries/000.p'), { recursive: true })
    for (const path of ['checkpoint', 'tile/0/000.p/1', 'tile/entries/000.p/1'])
      writeFileSync(join(place, path), await log.read(path))
  })
  const wanted = () => ({ place, vkey: log.signer.vkey })

  it('are enough or too few, and it is said how many', async () => {
    const said: string[] = []
    const enough = { ...wanted(), witnesses: [one, two, three], quorum: 2 }
    expect(await verify(enough, (line) => said.push(line))).toEqual([])
    expect(said).toContain('2 of 3 witnesses have cosigned, and 2 must: w1.example, w2.example.')
    expect(await codes({ ...wanted(), witnesses: [one, two] })).toEqual([])
    const found = await verify({ ...wanted(), witnesses: [one, two, three] }, quiet)
    expect(found.map(inWords)).toEqual([
      'The checkpoint is not to be believed: too few witnesses have cosigned it (2 of 3, and 3 must).',
    ])
  })

  it('attack: one of them counted twice, or the log as its own witness', async () => {
    for (const witnesses of [[one, one], [log.signer.vkey]])
      await expect(verify({ ...wanted(), witnesses }, quiet)).rejects.toMatchObject({ code: 'bad-policy' })
    await expect(verify({ ...wanted(), witnesses: [one], quorum: 2 }, quiet)).rejects.toMatchObject({
      code: 'bad-policy',
    })
  })

  it('are remembered, and not exchanged for others', async () => {
    const file = join(folder, 'memory-of-witnesses.json')
    expect(await codes({ ...wanted(), remember: file })).toEqual([])
    expect(await codes({ ...wanted(), remember: file, witnesses: [one, two, three], quorum: 2 })).toEqual([])
    const said: string[] = []
    expect(await verify({ place, remember: file }, (line) => said.push(line))).toEqual([])
    expect(said.join()).toContain('2 of 3 witnesses have cosigned')
    const kept = readFileSync(file, 'utf8')
    for (const other of [{ witnesses: [one] }, { quorum: 1 }, { witnesses: [one, two, three], quorum: 3 }])
      await expect(verify({ place, remember: file, ...other }, quiet)).rejects.toMatchObject({
        code: 'other-witnesses',
      })
    expect(readFileSync(file, 'utf8')).toBe(kept)
    const alone = new Log('a.example/log')
    alone.append(log.entries)
    writeFileSync(join(place, 'checkpoint'), await alone.checkpoint())
    expect(await codes({ place, remember: file })).toEqual(['checkpoint-not-believed'])
    expect(readFileSync(file, 'utf8')).toBe(kept)
    writeFileSync(file, kept.replace('"quorum": 2', '"quorum": "two"'))
    await expect(verify({ place, remember: file }, quiet)).rejects.toMatchObject({ code: 'bad-memory' })
  })
})

describe('an export', () => {
  async function disclosed(change: (text: string) => string = (text) => text): Promise<string> {
    const { data } = await server.ask(CREATE, { wait: true })
    const { id } = data.PatientCreate
    const exported = await server.ask(`{ exportProof(patient: "${id}") { versions } }`)
    const file = join(folder, `${id}.ndjson`)
    writeFileSync(file, change(exported.data.exportProof.versions))
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
    ['--whole of an address alone', ['https://a.example/log', '--whole']],
    ['a quorum that is no number', ['a', '--witness', 'b', '--quorum', 'all']],
    ['a quorum of none', ['a', '--witness', 'b', '--quorum', '0']],
  ])('refuses %s', ([, args]) => {
    expect(() => readArguments(args as string[])).toThrow(expect.objectContaining({ code: 'bad-arguments' }))
  })
  it('speaks http and https only', async () => {
    await expect(verify({ place: 'ftp://example.org/log' }, quiet)).rejects.toMatchObject({ code: 'bad-arguments' })
  })
})
