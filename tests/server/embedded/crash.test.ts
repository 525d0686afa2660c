// After kill -9 of anything, the next process recovers or adopts what it finds.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { residents } from '../../../src/server/embedded/processes.ts'
import { openCluster } from '../../../src/server/embedded-postgres.ts'
import {
  copied,
  data,
  folder,
  keepOnDisk,
  pidOf,
  processes,
  query,
  root,
  running,
  template,
  until,
  user,
} from './clusters.ts'

keepOnDisk()

describe('after a crash', () => {
  it('recovers what was committed when the postmaster was killed, even under a busy server process', async () => {
    const dataDir = copied()
    const { url, stop } = await openCluster({ dataDir })
    await query(url, 'INSERT INTO t VALUES (43)')
    // Does not look up to notice that its postmaster is gone.
    query(url, 'SELECT count(*) FROM generate_series(1, 100000000000)').catch(() => {})
    await until(
      async () =>
        Number((await query(url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%series%'"))[0]) > 1,
    )
    const before = pidOf(dataDir)
    process.kill(before, 'SIGKILL')
    await until(async () => !(await residents(data(dataDir))).has(before))
    const again = await openCluster({ dataDir })
    expect(again.url).toBe(url)
    expect(await query(again.url, 'SELECT n FROM t ORDER BY n')).toEqual([42, 43])
    expect(pidOf(dataDir)).not.toBe(before)
    await stop()
    expect(await running(dataDir)).toBe(true)
    await again.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('adopts the cluster of a killed process', async () => {
    const dataDir = copied()
    const killed = user(dataDir)
    const url = await killed.opened
    const postmaster = pidOf(dataDir)
    await killed.kill()
    await pause(100)
    const cluster = await openCluster({ dataDir })
    expect(cluster.url).toBe(url)
    expect(pidOf(dataDir)).toBe(postmaster)
    await cluster.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('does not pass Ctrl-C in the terminal on to PostgreSQL', async () => {
    const dataDir = copied()
    const interrupted = user(dataDir, { detached: true })
    await interrupted.opened
    const postmaster = pidOf(dataDir)
    process.kill(-interrupted.child.pid!, 'SIGINT')
    await once(interrupted.child, 'exit')
    await pause(300)
    expect(await residents(data(dataDir))).toContain(postmaster)
  })

  it('starts over when the first start was killed half-way', async () => {
    const dataDir = folder()
    const killed = user(dataDir)
    const unfinished = () => readdirSync(join(dataDir, 'postgres')).find((name) => name.startsWith('data.init-'))
    await until(() => existsSync(join(dataDir, 'postgres')) && unfinished() !== undefined)
    await pause(150)
    await killed.kill()
    expect(existsSync(data(dataDir))).toBe(false)
    const left = unfinished()
    const cluster = await openCluster({ dataDir })
    expect(await query(cluster.url, 'SELECT current_database()')).toEqual(['healthchain'])
    await cluster.stop()
    expect(unfinished()).not.toBe(left)
  })

  const foreign = () => {
    // A process of the cluster's own user: PostgreSQL itself takes it for its predecessor and refuses to start.
    const { uid, gid } = statSync(data(template))
    const child = spawn('sleep', ['60'], root ? { uid, gid } : {})
    processes.push(child)
    return String(child.pid)
  }
  const lockFile = (pid: string) => `${pid}\n/nowhere\n1700000000\n28000\n\n127.0.0.1\n  1234567         5\nready   \n`

  it('starts, whatever a killed predecessor left in postmaster.pid', async () => {
    const dataDir = copied()
    const left = {
      'a process of the same user': lockFile(foreign()),
      'no process': lockFile('4194000'),
      nothing: '',
      'a half-written pid': '12',
      'no pid': 'x\u0000y\n',
    }
    for (const [what, content] of Object.entries(left)) {
      writeFileSync(join(data(dataDir), 'postmaster.pid'), content)
      const cluster = await openCluster({ dataDir })
      expect(await query(cluster.url, 'SELECT n FROM t'), what).toEqual([42])
      await cluster.stop()
    }
  })

  it('comes back when postmaster.pid was damaged under a running server', async () => {
    const dataDir = copied()
    const { url, stop } = await openCluster({ dataDir })
    await query(url, 'INSERT INTO t VALUES (43)')
    writeFileSync(join(data(dataDir), 'postmaster.pid'), '')
    const again = await openCluster({ dataDir })
    expect(await query(again.url, 'SELECT n FROM t ORDER BY n')).toEqual([42, 43])
    await Promise.all([stop(), again.stop()])
    expect(await running(dataDir)).toBe(false)
  })
})
