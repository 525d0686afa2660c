// A folder of files for one test, and what reading them gives.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { BundleStart, ImportEvent, ImportItem, ImportProblem } from '../../src/interactions/import/events.ts'
import { type ReadSourcesOptions, readSources } from '../../src/interactions/import/read.ts'
import { findSources } from '../../src/interactions/import/sources.ts'

/** @returns the path of the folder, removed after the test */
export async function folder(files: Record<string, string | Buffer> = {}): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'import-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), content)
  }
  return path
}

export interface Import {
  events: ImportEvent[]
  items: ImportItem[]
  problems: ImportProblem[]
  starts: BundleStart[]
}

export async function readAll(path: string, options: ReadSourcesOptions = {}): Promise<Import> {
  const events = (await Array.fromAsync(readSources(await findSources([path]), options))).flat()
  return {
    events,
    items: events.filter((event) => event.kind === 'item'),
    problems: events.filter((event) => event.kind === 'problem'),
    starts: events.filter((event) => event.kind === 'bundle-start'),
  }
}

/** Reads one file of that name and content. */
export const readOne = async (name: string, content: string | Buffer, options: ReadSourcesOptions = {}) =>
  readAll(join(await folder({ [name]: content }), name), options)

export const bundle = (type: string, entry: object[], more: object = {}) =>
  JSON.stringify({ resourceType: 'Bundle', type, ...more, entry })

export const told = (problems: ImportProblem[]) => problems.map(({ line, message }) => `${line}: ${message}`)
