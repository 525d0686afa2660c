// `npm run bench`: our server against the floor, on the same rows, in one run. Options after `--`:
//   --only a,b         scenarios                 --seconds 2        of one round
//   --connections 8    instead of 1,8,32         --patients 1000    with 100 observations and 5 consents each
//   --json FILE        every figure              --rounds 5         at 8 connections; fewer at the others
// Ends with 0 even where a target is not met: it tells the truth; with 1 if any answer was wrong.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { type BenchDatabase, benchDatabase } from './database.ts'
import { type Memory, memoryOf, type Started, start, stop } from './processes.ts'
import { figureLine, HEADER, JUDGED_AT, judgement, wayLine } from './report.ts'
import { type Bench, type Figure, measure } from './rounds.ts'
import { SCENARIOS } from './scenarios.ts'

const NAMES = SCENARIOS.map(({ name }) => name).join()

/** Ends with 2 and says what there is, where it was asked for something else. */
function refused(why: string): never {
  console.error(`${why}
npm run bench -- [--only ${NAMES}] [--connections 1,8,32] [--rounds 5] [--seconds 2] [--patients 1000] [--json FILE]`)
  process.exit(2)
}

function given() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', default: NAMES },
        connections: { type: 'string', default: '1,8,32' },
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '2' },
        patients: { type: 'string', default: '1000' },
        json: { type: 'string' },
      },
    }).values
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}

const values = given()
const scenarios = SCENARIOS.filter(({ name }) => values.only.split(',').includes(name))
const [rounds, seconds, patients] = [Number(values.rounds), Number(values.seconds), Number(values.patients)]
const connections = values.connections.split(',').map(Number)
if (scenarios.length === 0 || ![rounds, seconds, patients, ...connections].every((n) => n > 0))
  refused(`--only takes ${NAMES}, the others positive numbers.`)
const plans = connections.map((count) => ({ count, rounds: count === JUDGED_AT ? rounds : Math.ceil(rounds / 2) }))

function onRound(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}
function say(line: string): void {
  onRound('')
  console.log(line)
}

interface Result {
  readonly figures: Figure[]
  readonly memory: { readonly ours: Memory; readonly floor: Memory }
}

async function run(db: BenchDatabase, started: Started[]): Promise<Result> {
  const begin = async (file: string, args = [db.url]) => {
    const one = await start(file, args)
    started.push(one)
    return one
  }
  const [ours, open] = [await begin('ours.ts'), await begin('ours.ts', [db.url, 'open'])]
  const writing = scenarios.some(({ writes }) => writes !== undefined)
  const apart = writing ? db.apart : undefined
  const both = apart && {
    logged: await begin('ours.ts', [apart.logged]),
    unlogged: await begin('unlogged.ts', [apart.unlogged, 'unlogged']),
  }
  const [floor, load] = [await begin('floor.ts'), await begin('load.ts')]
  const bench: Bench = { ours, open, floor, load, db, patients, seconds, onRound, ...both }
  const figures: Figure[] = []
  say(`\n${HEADER}`)
  for (const scenario of scenarios) {
    say(`\n(${scenario.name}) ${scenario.title}`)
    const measured = await measure(bench, scenario, plans, (figure) => say(figureLine(figure)))
    say(wayLine(measured[0]!.way, scenario))
    figures.push(...measured)
  }
  return { figures, memory: { ours: memoryOf(ours.pid), floor: memoryOf(floor.pid) } }
}

async function machine(db: BenchDatabase): Promise<Record<string, string>> {
  const names = ['server_version', 'fsync', 'synchronous_commit', 'shared_buffers']
  const settings = names.map((name) => `current_setting('${name}') as "postgresql ${name}"`)
  const { rows } = await db.client.query(`select ${settings.join(', ')}`)
  const [cpu] = cpus()
  return {
    processor: `${cpus().length} x ${cpu?.model.trim()}`,
    node: process.version,
    ...rows[0],
  }
}

const INTERRUPTED = new Error('Interrupted.')

async function main(): Promise<void> {
  const db = await benchDatabase(patients, { copy: scenarios.some(({ writes }) => writes !== undefined) })
  const started: Started[] = []
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(INTERRUPTED))
  })
  try {
    const about = await machine(db)
    console.log(
      `\n${Object.entries(about)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`,
    )
    const result = await Promise.race([run(db, started), interrupted])
    say(`\n${judgement(result.figures, scenarios, result.memory.ours, patients)}`)
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ about, patients, ...result }, null, 2)}\n`)
    for (const { ours, open, floor, scenario, rounds } of result.figures)
      if (
        ours.failures + open.failures + floor.failures > 0 ||
        [...rounds.logged, ...rounds.unlogged].some(({ failures }) => failures > 0)
      ) {
        process.exitCode = 1
        const first = [...rounds.ours, ...rounds.open, ...rounds.logged, ...rounds.unlogged, ...rounds.floor].find(
          ({ failure }) => failure,
        )
        console.error(`(${scenario}) failed: ${first?.failure}`)
      }
  } finally {
    for (const one of started) await stop(one)
    await db.close()
  }
}

await main().catch((error) => {
  console.error(error === INTERRUPTED ? error.message : error)
  process.exitCode = 1
})
