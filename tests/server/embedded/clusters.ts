// Clusters and processes for the tests of the embedded PostgreSQL: made once, copied, cleaned up after each test.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { residents, signal } from '../../../src/server/embedded/processes.ts'
import { openCluster } from '../../../src/server/embedded-postgres.ts'
import { makeDataDir } from '../../support/data-dir.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

export const root = process.getuid?.() === 0
export const folders: string[] = []
export const processes: ChildProcess[] = []
export let template: string

let parent: string | undefined
/** For what a crash leaves behind: clusters lie on a disk, whose fsync is one. */
export const keepOnDisk = () => {
  parent = tmpdir()
}

export const folder = () => {
  const path = makeDataDir(parent)
  folders.push(path)
  return path
}
/** A DATA_DIR with a cluster that was made once, filled with table `t` and stopped. */
export const copied = () => {
  const path = folder()
  execFileSync('cp', ['-a', `${template}/.`, path])
  return path
}
export const data = (dataDir: string) => join(dataDir, 'postgres', 'data')
export const pidOf = (dataDir: string) =>
  Number(readFileSync(join(data(dataDir), 'postmaster.pid'), 'utf8').split('\n')[0])
export const running = async (dataDir: string) => (await residents(data(dataDir))).size > 0

export async function until(what: () => boolean | Promise<boolean>) {
  for (let waited = 0; !(await what()); waited += 5) {
    if (waited > 15_000) throw new Error(`waited in vain: ${what}`)
    await pause(5)
  }
}

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

const MODULE = fileURLToPath(new URL('../../../src/server/embedded-postgres.ts', import.meta.url))
const USER = `
  const { openCluster } = await import(${JSON.stringify(MODULE)})
  try {
    const cluster = await openCluster({ dataDir: process.argv[1], onProgress: (line) => console.log('- ' + line) })
    console.log(cluster.url)
    process.stdin.once('data', async () => { await cluster.stop(); process.exit() })
  } catch (error) { console.log('! ' + error.code + ' ' + error.message); process.exit() }`

/** Another process that opens the cluster. */
export function user(dataDir: string, options: { detached?: boolean; uid?: number } = {}) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', USER, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...options,
  })
  processes.push(child)
  const said: string[] = []
  const opened = new Promise<string>((resolve, reject) => {
    const lines = createInterface(child.stdout!)
    lines.on('line', (line) => (line.startsWith('postgres:') ? resolve(line) : said.push(line)))
    lines.on('close', () => reject(new Error(said.join('\n') || 'ended')))
  })
  opened.catch(() => {})
  const ended = once(child, 'exit')
  return {
    said,
    opened,
    child,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async stop() {
      child.stdin!.write('stop\n')
      await ended
    },
  }
}

beforeAll(async () => {
  template = folder()
  const cluster = await openCluster({ dataDir: template })
  await query(cluster.url, 'CREATE TABLE t AS SELECT 42 AS n')
  await cluster.stop()
})

afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL')
  for (const path of folders.filter((path) => path !== template)) {
    for (const pid of await residents(data(path))) signal(pid, 'SIGQUIT')
    await until(async () => !(await running(path)))
    rmSync(path, { recursive: true, force: true })
    folders.splice(folders.indexOf(path), 1)
  }
})
afterAll(() => rmSync(template, { recursive: true, force: true }))
