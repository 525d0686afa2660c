// node --import tsx tests/log/kill-many.ts ROUNDS: kill.test.ts for as long as one likes, on a cluster of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCluster } from '../../src/server/embedded-postgres.ts'
import { openDatabase } from '../../src/store/database.ts'
import { killProgram } from './kill-program.ts'
import { killRound } from './kill-rounds.ts'

const rounds = Number(process.argv[2] ?? 100)
const dataDir = mkdtempSync(join(tmpdir(), 'healthchain-kill-'))
const cluster = await openCluster({ dataDir })
const database = await openDatabase({ url: cluster.url })
const program = await killProgram()
const target = { url: cluster.url, database, program: program.file }
try {
  for (let round = 0; round < rounds; round++) {
    const found = await killRound(target, round, 10 + Math.random() * 800)
    console.log(JSON.stringify({ round, ...found }))
    if (found.lost + found.alone + found.findings.length > 0) process.exitCode = 1
  }
} finally {
  program.remove()
  await database.close()
  await cluster.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
