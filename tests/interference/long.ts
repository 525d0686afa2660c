// A long run on a cluster of its own: node --import tsx tests/interference/long.ts [documents] [seed]
import 'reflect-metadata'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { elapsed } from '../../src/kernel/clock.ts'
import { openCluster } from '../../src/server/embedded-postgres.ts'
import { makeProgress } from '../../src/server/progress.ts'
import { openDatabase } from '../../src/store/database.ts'
import { at, TEMPLATE } from '../support/cluster.ts'
import { print } from './print.ts'
import { run } from './run.ts'

const [documents = 100_000, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number)
const ASKERS = 6
const EACH = 160

const dataDir = mkdtempSync(join(tmpdir(), 'healthchain-interference-'))
const cluster = await openCluster({ dataDir })
const client = new pg.Client({ connectionString: cluster.url })
await client.connect()
await client.query(`create database ${TEMPLATE}`)
await client.end()
await (await openDatabase({ url: at(cluster.url, TEMPLATE) })).close()

console.log(`seed ${seed}`)
const progress = makeProgress('documents', documents, elapsed)
let differences = 0
const tally = await run({
  cluster,
  seed,
  worlds: Math.ceil(documents / (ASKERS * EACH)),
  askers: ASKERS,
  documents: EACH,
  probeEvery: 10,
  onDocument: (so) => progress.update(so.documents, so.documents + so.followed),
  onDifference(difference) {
    progress.say(print(difference))
    return ++differences < 20
  },
})
progress.stop()
console.log(JSON.stringify({ seed, differences, ...tally }))
await cluster.stop()
rmSync(dataDir, { recursive: true, force: true })
process.exit(differences === 0 ? 0 : 1)
