// node --import tsx tests/log/tamper-many.ts COUNT SEED: random-tampers.test.ts for as long as one likes, on a cluster of its own.
// A tenth of them with a log of two levels of tiles.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCluster } from '../../src/server/embedded-postgres.ts'
import { migrateDatabase, openDatabase } from '../../src/store/database.ts'
import { SERVING } from '../../src/store/roles.ts'
import { TamperRounds } from './tamper-rounds.ts'

const [count, seed] = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? Date.now() % 2 ** 32)]
const dataDir = mkdtempSync(join(tmpdir(), 'healthchain-tamper-many-'))
const cluster = await openCluster({ dataDir })

async function rounds(name: string, more: number, some: number): Promise<void> {
  const url = new URL(cluster.url)
  const server = await openDatabase({ url: cluster.url })
  await server.query({ sql: `create database ${name}`, parameters: [] })
  await server.close()
  url.pathname = `/${name}`
  await migrateDatabase(url.href)
  const owner = await openDatabase({ url: url.href, migrate: false })
  const database = await openDatabase({ url: url.href, role: SERVING, migrate: false })
  const made = await TamperRounds.begin({ database, owner }, more)
  const honest = await made.honest()
  if (honest.length > 0) throw new Error(`without a tamper: ${JSON.stringify(honest)}`)
  await made.run(some, seed)
  for (const [what, times] of [...made.made].sort()) console.log(`${name} ${what}: ${times}`)
  for (const missed of made.missed) console.log(`MISSED (seed ${seed}) ${JSON.stringify(missed)}`)
  if (made.missed.length > 0) process.exitCode = 1
  made.end()
  await Promise.all([owner.close(), database.close()])
}

const few = Math.round(count / 10)
const start = performance.now()
try {
  await rounds('small', 20, count - few)
  await rounds('two_levels', 256, few)
  console.log(`${count} tampers (seed ${seed}) in ${Math.round((performance.now() - start) / 1000)} s`)
} finally {
  await cluster.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
