// Alternating rounds of both sides in one run, so that a machine whose speed drifts treats them alike.
import { check } from './check.ts'
import type { BenchDatabase } from './database.ts'
import type { Load, Order } from './load.ts'
import { ask, cpuOf, cpuOfPostgres, type Started } from './processes.ts'
import type { Scenario, Side } from './scenarios.ts'

export interface Bench {
  readonly ours: Started
  /** The same build that permits everything and audits nothing. */
  readonly open: Started
  /** The same build with and without the provenance log, each alone on a database; absent where nothing is written. */
  readonly logged?: Started
  readonly unlogged?: Started
  readonly floor: Started
  readonly load: Started
  readonly db: BenchDatabase
  readonly patients: number
  /** Of one round. */
  readonly seconds: number
  onRound(line: string): void
}

/** CPU milliseconds of the server process and of PostgreSQL. */
export type Round = Load & { readonly cpu: number; readonly postgres: number }

/** Medians over rounds; CPU is that of all rounds by the requests of all rounds. */
export interface Summary {
  readonly rate: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Milliseconds per request. */
  readonly cpu: number
  readonly postgres: number
  readonly failures: number
}

export interface Figure {
  readonly scenario: string
  readonly connections: number
  /** How the floor read, see floor-reads.ts. */
  readonly way: string
  readonly ours: Summary
  readonly open: Summary
  readonly floor: Summary
  /** Requests per second of ours by those of the floor, round by round. */
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number }
  /** CPU of the floor by ours, server and PostgreSQL together: moves less than the rate when others use the machine. */
  readonly cpuRatio: number
  /** Requests per second of ours by those of the open build: what consent, labels and audit leave. */
  readonly kept: { readonly median: number; readonly min: number; readonly max: number }
  /** CPU of the open build by ours. */
  readonly keptCpu: number
  /** Requests per second of ours, alone on its database, by those of the build without the log: what the log leaves. */
  readonly logged?: { readonly median: number; readonly min: number; readonly max: number; readonly cpu: number }
  readonly rounds: { readonly [who in Side['who']]: readonly Round[] }
}

/** What every round of a scenario shares. */
type Plan = Pick<Order, 'scenario' | 'patients' | 'least'>

type Built = Exclude<Side['who'], 'floor'>
const mine = (bench: Bench, who: Built): Side => ({ who, token: bench[who]!.token! })
const floor = (way: string): Side => ({ who: 'floor', way })
/** Connections of the warm-up: the judged ones. */
const WARM = 8

async function round(bench: Bench, plan: Plan, side: Side, connections: number, seed: number): Promise<Round> {
  const server = bench[side.who]!
  if (side.who !== 'floor') await ask(server, { measured: true })
  const before = [cpuOf(server.pid), cpuOfPostgres(bench.db.backend)] as const
  const { seconds } = bench
  const order: Order = { ...plan, port: server.port, side, connections, seconds, seed }
  const load = await ask<Load>(bench.load, order)
  const [cpu, postgres] = [cpuOf(server.pid) - before[0], cpuOfPostgres(bench.db.backend) - before[1]]
  if (side.who !== 'floor') await ask(server, { measured: false })
  return { ...load, cpu, postgres }
}

const rate = ({ requests, seconds }: Load) => requests / seconds
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

function summary(rounds: readonly Round[]): Summary {
  const requests = sum(rounds.map((r) => r.requests))
  return {
    rate: median(rounds.map(rate)),
    p50: median(rounds.map((r) => r.p50)),
    p95: median(rounds.map((r) => r.p95)),
    p99: median(rounds.map((r) => r.p99)),
    cpu: sum(rounds.map((r) => r.cpu)) / requests,
    postgres: sum(rounds.map((r) => r.postgres)) / requests,
    failures: sum(rounds.map((r) => r.failures)),
  }
}

const built = ({ unlogged }: Bench, { writes }: Scenario): Built[] =>
  writes && unlogged ? ['ours', 'open', 'logged', 'unlogged'] : ['ours', 'open']

/** Checks that both sides agree, warms them up, and finds the floor's faster way. */
async function prepare(bench: Bench, scenario: Scenario): Promise<{ plan: Plan; way: string }> {
  const ways = scenario.writes ? ['text'] : ['text', 'sql']
  const floors = ways.map((way) => ({ port: bench.floor.port, side: floor(way) }))
  const { patients, db } = bench
  const least = await check(scenario, { port: bench.ours.port, side: mine(bench, 'ours') }, floors, patients, db.client)
  const plan = { scenario: scenario.name, patients, least }
  bench.onRound(`(${scenario.name}) warming up`)
  for (const who of built(bench, scenario)) await round(bench, plan, mine(bench, who), WARM, 1)
  const best = { way: ways[0]!, rate: 0 }
  // Each way twice: the first time it is cold.
  for (const way of [...ways, ...ways]) {
    const tried = rate(await round(bench, plan, floor(way), WARM, 1))
    if (tried > best.rate) Object.assign(best, { way, rate: tried })
  }
  return { plan, way: best.way }
}

const cpuOfAll = (rounds: readonly Round[]): number => {
  const { cpu, postgres } = summary(rounds)
  return cpu + postgres
}

/** One figure for each number of connections; `onFigure` hears it at once. */
export async function measure(
  bench: Bench,
  scenario: Scenario,
  connections: readonly { count: number; rounds: number }[],
  onFigure: (figure: Figure) => void,
): Promise<Figure[]> {
  const { plan, way } = await prepare(bench, scenario)
  const figures: Figure[] = []
  for (const { count, rounds } of connections) {
    const done: { readonly [who in Side['who']]: Round[] } = { ours: [], open: [], logged: [], unlogged: [], floor: [] }
    const [first, ...others] = built(bench, scenario).map((who) => mine(bench, who))
    const sides = [first!, floor(way), ...others]
    for (let i = 0; i < rounds; i++) {
      bench.onRound(`(${scenario.name}) ${count} connections, round ${i + 1} of ${rounds}`)
      // Who begins changes, so that none always finds what another left behind.
      for (const side of [...sides.slice(i % sides.length), ...sides.slice(0, i % sides.length)])
        done[side.who].push(await round(bench, plan, side, count, i + 2))
    }
    const share = (of: readonly Round[], by: readonly Round[]) => {
      const ratios = of.map((one, i) => rate(one) / rate(by[i]!))
      return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) }
    }
    const [ours, open, other] = [summary(done.ours), summary(done.open), summary(done.floor)]
    const spent = ours.cpu + ours.postgres
    const figure: Figure = {
      scenario: scenario.name,
      connections: count,
      way,
      ours,
      open,
      floor: other,
      cpuRatio: (other.cpu + other.postgres) / spent,
      ratio: share(done.ours, done.floor),
      kept: share(done.ours, done.open),
      keptCpu: (open.cpu + open.postgres) / spent,
      ...(done.unlogged.length > 0 && {
        logged: { ...share(done.logged, done.unlogged), cpu: cpuOfAll(done.unlogged) / cpuOfAll(done.logged) },
      }),
      rounds: done,
    }
    figures.push(figure)
    onFigure(figure)
  }
  return figures
}
