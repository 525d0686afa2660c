// FILE_OR_DIR arguments.
import { mkdir, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findSources, totalBytes } from '../../src/interactions/import/sources.ts'
import { folder } from './folder.ts'

const names = async (...paths: string[]) => (await findSources(paths)).map(({ path }) => basename(path))

describe('a folder gives its importable files', () => {
  it('at any depth, of the known names only, hidden ones left out', async () => {
    const wanted = ['a.ndjson', 'b.jsonl', 'sub/c.json', 'sub/deep/d.ndjson.gz', 'e.json.bz2', 'F.NDJSON.GZ']
    const others = ['notes.md', 'x.ndjson.zip', 'y.txt', '.hidden.json', '.cache/z.json', 'json']
    const path = await folder(Object.fromEntries([...wanted, ...others].map((name) => [name, '{}'])))
    expect((await findSources([path])).map((source) => source.path).sort()).toEqual(
      wanted.map((name) => join(path, name)).sort(),
    )
  })

  it('those first that others refer to', async () => {
    const files = ['Observation.ndjson', 'patient.ndjson.gz', 'Practitioner.ndjson', 'PractitionerRole.ndjson']
    const more = ['Organization.ndjson', 'Encounter.000.ndjson', 'hospitalInformation17.json', 'Location.ndjson']
    const path = await folder(Object.fromEntries([...files, ...more].map((name) => [name, '{}'])))
    expect(await names(path)).toEqual([
      'Organization.ndjson',
      'hospitalInformation17.json',
      'Location.ndjson',
      'Practitioner.ndjson',
      'PractitionerRole.ndjson',
      'patient.ndjson.gz',
      'Encounter.000.ndjson',
      'Observation.ndjson',
    ])
  })

  it('each once, though it is named twice, linked, or the folder holds itself', async () => {
    const path = await folder({ 'a.json': '{}', 'sub/b.json': '{}' })
    for (const up of ['up', 'up2']) await symlink(path, join(path, 'sub', up))
    await symlink(join(path, 'a.json'), join(path, 'same.json'))
    await symlink(join(path, 'nowhere'), join(path, 'dangling.json'))
    expect(await names(path, join(path, 'a.json'), join(path, 'sub'))).toEqual(['a.json', 'b.json'])
  })
})

it('a named file may have any name', async () => {
  const path = await folder({ 'export 2024': '{}', 'x.txt': '{"a":1}' })
  const sources = await findSources([join(path, 'export 2024'), join(path, 'x.txt')])
  expect(totalBytes(sources)).toBe(9)
})

describe('what cannot be imported is refused with the reason', () => {
  it.each([
    ['nothing named', () => [], 'import-nothing', /name at least one/],
    ['a missing path', (path: string) => [join(path, 'no')], 'import-not-found', /no such file/],
    ['an empty file', (path: string) => [join(path, 'empty')], 'import-empty', /the file is empty/],
    ['a folder without data', (path: string) => [join(path, 'none')], 'import-empty', /no .ndjson/],
    ['a device', () => ['/dev/null'], 'import-not-a-file', /neither a file nor a folder/],
    ['a path through a file', (path: string) => [join(path, 'empty', 'x')], 'import-unreadable', /ENOTDIR/],
  ])('%s', async (_title, paths, code, message) => {
    const path = await folder({ empty: '' })
    await mkdir(join(path, 'none'))
    await expect(findSources(paths(path))).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})
