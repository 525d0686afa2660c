// Attacks on `npm run verify` with what lies in a folder: nothing there makes it wait, take memory without bound, or write
// where it was not told to.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { disclosedLine } from '../../src/provenance/disclosed-version.ts'
import { recall, remember } from '../../src/server/log/memory.ts'
import { linesOf } from '../../src/server/log/regular-file.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import { makeLeaf } from '../../src/store/log/make-leaf.ts'
import { Log } from '../provenance/log.ts'

const CONTENT = {
  ...{ resourceType: 'Patient', id: 'x', versionId: '1', op: 'create' as const, provenance: '', decision: '' },
  // A text of JSON may hold what other readers take for the end of a line.
  resource: '{"resourceType":"Patient","id":"x","name":[{"text":"A\u2028B\u2029C\u0085D"}]}',
}
const log = new Log('a.example/log')
const { leaf, entry, secret } = makeLeaf('fhir.write', CONTENT, 0)
log.append([leaf])
const LINE = disclosedLine({ ...CONTENT, entry, salt: secret })

const FILES = ['checkpoint', 'tile/0/000.p/1', 'tile/entries/000.p/1']
let root: string
let place: string
let count = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hostile-'))
})
afterAll(() => rmSync(root, { recursive: true }))
beforeEach(async () => {
  place = join(root, String(++count))
  for (const path of FILES) put(path, await log.read(path))
  put('vkey', `${log.signer.vkey}\n`)
  put('versions.ndjson', `${LINE}\n`)
  for (const name of ['events', 'checkpoints', 'unlogged-events']) put(`${name}.ndjson`, '')
})

function put(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(place, path)), { recursive: true })
  writeFileSync(join(place, path), bytes)
}

const quiet = () => {}
const run = (more: object = {}) => verify({ place, whole: true, ...more }, quiet)
const ended = (more: object = {}) =>
  run(more).then(
    (found) => found.map(({ code, at }) => `${code} ${at}`).join(),
    ({ code, message }) => `${code}: ${message}`,
  )

it('a folder of the dump, with separators of other kinds inside of a version, has no findings', async () => {
  expect(await run()).toEqual([])
})

const ODD: [string, (file: string) => void, string][] = [
  ['a pipe', (file) => execFileSync('mkfifo', [file]), 'no-regular-file'],
  ['a link to a device that never ends', (file) => symlinkSync('/dev/zero', file), 'no-regular-file'],
  ['a folder', (file) => mkdirSync(file), 'no-regular-file'],
  ['a link to nothing', (file) => symlinkSync('nothing', file), 'no-'],
  ['a link to itself', (file) => symlinkSync(file, file), 'unreadable-file'],
  ['a file of 40 GB', (file) => sparse(file, 40e9), 'too-large'],
]

function sparse(file: string, size: number): void {
  const fd = openSync(file, 'w')
  ftruncateSync(fd, size)
  closeSync(fd)
}

describe('attack: instead of a file', () => {
  const before = process.memoryUsage().rss
  test.for(ODD)('%s', async ([, make, code]) => {
    for (const path of ['checkpoint', 'vkey', 'versions.ndjson', 'checkpoints.ndjson', 'events.ndjson']) {
      const [file, kept] = [join(place, path), readFileSync(join(place, path))]
      rmSync(file)
      make(file)
      expect([path, await ended()]).toEqual([path, expect.stringMatching(new RegExp(`^${code}.*: [A-Z].*[.]$`, 'i'))])
      rmSync(file, { recursive: true })
      writeFileSync(file, kept)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(800e6)
  })

  test.for(ODD)('of a tile, %s', async ([, make]) => {
    for (const [path, found] of [
      [FILES[1], `tile-differs ${FILES[1]}`],
      [FILES[2], `not-served ${FILES[2]}`],
    ] as const) {
      const [file, kept] = [join(place, path!), readFileSync(join(place, path!))]
      rmSync(file)
      make(file)
      expect(await ended()).toBe(found)
      rmSync(file, { recursive: true })
      writeFileSync(file, kept)
    }
  })
})

describe('lines', () => {
  const lines = async (text: string | Buffer, max?: number) => {
    put('lines', text)
    return Array.fromAsync(linesOf(join(place, 'lines'), max))
  }
  it('are what stands between newlines, wherever pieces of the file begin', async () => {
    expect(await lines('')).toEqual([])
    expect(await lines('\n\r\na\u2028b\r\n\nc')).toEqual(['a\u2028b', 'c'])
    const long = 'é'.repeat(100_000)
    expect(await lines(`x${long}\n${long}\n`)).toEqual([`x${long}`, long])
  })
  it('attack: one without end is not kept', async () => {
    for (const text of ['abcde', 'a\nabcde\n', 'a\nabcde'])
      await expect(lines(text, 4)).rejects.toMatchObject({ code: 'too-large' })
    await expect(lines('a\nabcde', 4)).rejects.toThrow(/^Line 2 of lines is longer/)
    expect(await lines('abcd\nabcd', 4)).toEqual(['abcd', 'abcd'])
  })
  it('attack: a number or a text of megabytes in a line is a finding, or is refused', async () => {
    for (const salt of ['A'.repeat(40_000_000), '['.repeat(10_000_000)]) {
      put('versions.ndjson', `${JSON.stringify({ ...JSON.parse(LINE), salt })}\n${'['.repeat(1_000_000)}\n`)
      expect(await ended()).toMatch(/^version-unreadable 1/)
    }
  }, 30_000)
})

describe('attack: findings without end', () => {
  it('in an export: it is not read further than is of use', async () => {
    put('versions.ndjson', '{}\n'.repeat(1500))
    const found = await run()
    const codes = found.map(({ code }) => code)
    expect([codes.length, codes[0], codes[999], codes[1000]]).toEqual([
      ...[1001, 'version-unreadable', 'version-unreadable', 'too-many'],
    ])
    put('versions.ndjson', `${LINE}\n`)
    for (const name of ['events', 'checkpoints']) {
      put(`${name}.ndjson`, '{}\n'.repeat(1500))
      expect((await run()).at(-1)).toMatchObject({ code: 'too-many' })
      put(`${name}.ndjson`, '')
    }
  })
})

describe('what is remembered', () => {
  const file = () => join(place, 'log.json')
  const memory = { vkey: 'a', checkpoint: 'b' }

  it('attack: through a link to a file of somebody else', async () => {
    for (const name of ['log.json', 'log.json.new']) {
      put('precious', 'precious')
      symlinkSync(join(place, 'precious'), join(place, name))
      expect(await ended({ remember: file() })).toMatch(/^(?:no-regular-file|not-remembered): /)
      expect(readFileSync(join(place, 'precious'), 'utf8')).toBe('precious')
      rmSync(join(place, name))
      expect(existsSync(file())).toBe(false)
    }
  })
  it('attack: in a link to nothing, a folder or a pipe', async () => {
    for (const [, make] of ODD.filter(([, , code]) => code.startsWith('no-'))) {
      make(file())
      expect(await ended({ remember: file() })).toMatch(/^no-regular-file: /)
      rmSync(file(), { recursive: true })
    }
    sparse(file(), 40e9)
    expect(await ended({ remember: file() })).toMatch(/^too-large: /)
  })
  it('is not older than what another run has remembered meanwhile', async () => {
    await remember(file(), memory, undefined)
    const newer = { ...memory, checkpoint: 'c' }
    await remember(file(), newer, memory)
    for (const before of [memory, undefined])
      await expect(remember(file(), memory, before)).rejects.toMatchObject({ code: 'not-remembered' })
    expect(await recall(file())).toEqual(newer)
    expect(existsSync(`${file()}.new`)).toBe(false)
  })
  it('of two runs at once, one has remembered and the other says that it has not', async () => {
    const both = await Promise.allSettled(
      ['b', 'c'].map((checkpoint) => remember(file(), { vkey: 'a', checkpoint }, undefined)),
    )
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await recall(file())).toBeDefined()
  })
  it('is whole, and where nothing could be written it is what it was', async () => {
    expect(await run({ remember: file() })).toEqual([])
    const kept = readFileSync(file(), 'utf8')
    writeFileSync(`${file()}.new`, '{"vkey"')
    expect(await ended({ remember: file() })).toMatch(/^not-remembered: .*log.json.new is there.*Remove it/)
    expect(readFileSync(file(), 'utf8')).toBe(kept)
    rmSync(`${file()}.new`)
    expect(await run({ remember: file() })).toEqual([])
    expect(lstatSync(file()).isFile()).toBe(true)
    appendFileSync(file(), 'x')
    expect(await ended({ remember: file() })).toMatch(/^bad-memory: /)
  })
})
