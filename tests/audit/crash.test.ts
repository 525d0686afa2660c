// kill -9 of the server process, and of PostgreSQL: what was acknowledged is in the table.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { residents, signal } from '../../src/server/embedded/processes.ts'
import { openCluster } from '../../src/server/embedded-postgres.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import type { Program } from '../support/one-file.ts'
import { killedRecorder, missing, recorder, startRecorder } from './crash.ts'

const ROUNDS = 50
const DATABASE_ROUNDS = 3

let test_: TestDatabase
let folder: string
let program: Program
beforeAll(async () => {
  test_ = await testDatabase()
  program = await recorder()
  folder = mkdtempSync(join(tmpdir(), 'healthchain-audit-'))
})
afterAll(async () => {
  await test_.drop()
  program.remove()
  // Only a test that failed leaves any behind.
  for (const pid of await residents(join(folder, 'postgres', 'data'))) signal(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

it(`no acknowledged event is lost when the recording process is killed, ${ROUNDS} times`, async () => {
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const told = await killedRecorder(program, test_.url)
    expect(told.length).toBeGreaterThan(0)
    acknowledged.push(...told)
  }
  expect(await missing(test_.url, acknowledged)).toEqual([])
}, 180_000)

it(`nor when every process of PostgreSQL is killed, ${DATABASE_ROUNDS} times`, async () => {
  const data = join(folder, 'postgres', 'data')
  const acknowledged: string[] = []
  for (let round = 0; round < DATABASE_ROUNDS; round++) {
    const cluster = await openCluster({ dataDir: folder })
    await (await openDatabase({ url: cluster.url, poolSize: 1 })).close()
    const { first, ended } = startRecorder(program, cluster.url)
    await Promise.race([first, ended])
    await pause(100 + Math.random() * 200)
    for (const pid of await residents(data)) signal(pid, 'SIGKILL')
    const told = await ended
    expect(told.length).toBeGreaterThan(0)
    acknowledged.push(...told)
    while ((await residents(data)).size > 0) await pause(10)
    const again = await openCluster({ dataDir: folder })
    expect(await missing(again.url, acknowledged)).toEqual([])
    await again.stop()
    await cluster.stop()
  }
}, 120_000)
