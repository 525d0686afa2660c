// Several processes on one DATA_DIR: one cluster, the last one out shuts it down.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { exclusively } from '../../../src/server/embedded/lock.ts'
import { type Cluster, openCluster } from '../../../src/server/embedded-postgres.ts'
import { copied, folder, processes, query, running, user } from './clusters.ts'

describe('several processes', () => {
  it('share one cluster that one of them makes, though all start at the same moment', async () => {
    const dataDir = folder()
    const users = [user(dataDir), user(dataDir), user(dataDir)]
    const urls = await Promise.all(users.map(({ opened }) => opened))
    expect(new Set(urls).size).toBe(1)
    expect(users.flatMap(({ said }) => said).filter((line) => line.includes('Creating'))).toHaveLength(1)
    expect(readFileSync(join(dataDir, 'postgres', 'postgres.log'), 'utf8').match(/ready to accept/g)).toHaveLength(1)
    await Promise.all(users.map(({ stop }) => stop()))
    expect(await running(dataDir)).toBe(false)
  })

  it('leave it running until the last is gone, and a killed one does not count', async () => {
    const dataDir = copied()
    const [first, second, killed] = [user(dataDir), user(dataDir), user(dataDir)]
    await Promise.all([first.opened, second.opened, killed.opened])
    await first.stop()
    expect(await running(dataDir)).toBe(true)
    await killed.kill()
    expect(await query(await second.opened, 'SELECT n FROM t')).toEqual([42])
    await second.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('count a process that opened it twice until it has left twice', async () => {
    const dataDir = copied()
    const [one, two] = [await openCluster({ dataDir }), await openCluster({ dataDir })]
    const other = user(dataDir)
    await other.opened
    await other.stop()
    expect(await running(dataDir)).toBe(true)
    await one.stop()
    await one.stop()
    expect(await query(two.url, 'SELECT n FROM t')).toEqual([42])
    await two.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('come and go in any order', async () => {
    const dataDir = copied()
    const visit = async () => {
      const cluster: Cluster = await openCluster({ dataDir })
      expect(await query(cluster.url, 'SELECT n FROM t')).toEqual([42])
      await cluster.stop()
    }
    await Promise.all(Array.from({ length: 8 }, visit))
    expect(await running(dataDir)).toBe(false)
  })

  it('are not held up by one that was killed inside the lock', async () => {
    const file = join(folder(), 'lock')
    writeFileSync(file, '')
    const lock = fileURLToPath(new URL('../../../src/server/embedded/lock.ts', import.meta.url))
    const code = `const { exclusively } = await import(${JSON.stringify(lock)})
      await exclusively(process.argv[1], () => {}, async () => { console.log('in'); setInterval(() => {}, 1e6); await new Promise(() => {}) })`
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', code, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    processes.push(holder)
    await once(holder.stdout!, 'data')
    const inside: string[] = []
    const mine = exclusively(
      file,
      () => {},
      async () => inside.push('we'),
    )
    await pause(200)
    expect(inside).toEqual([])
    holder.kill('SIGKILL')
    await mine
    expect(inside).toEqual(['we'])
  })
})
