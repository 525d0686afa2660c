// Where our server spends its CPU in one scenario: `node --import tsx tests/bench/profile.ts b`.
// Options: --seconds 5 --connections 8 --patients 200 --top 25 --out FILE.cpuprofile
import { writeFileSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { parseArgs } from 'node:util'
import { benchDatabase } from './database.ts'
import type { Load, Order } from './load.ts'
import { ask, cpuOf, cpuOfPostgres, type Started, start, stop } from './processes.ts'
import { SCENARIOS } from './scenarios.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '8' },
    patients: { type: 'string', default: '200' },
    top: { type: 'string', default: '25' },
    out: { type: 'string' },
  },
})

/** Self time by name, in shares of the time that the processor was busy. */
type Shares = [name: string, share: number][]

const IDLE = ['(idle)', '(root)']
const PROFILER = 'node:inspector'

/** `package` or the path below the repository. */
function home(url: string): string {
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  return inPackage ?? url.replace(new URL('../../', import.meta.url).href, '')
}

function shares(profile: Profiler.Profile, name: (frame: Profiler.ProfileNode['callFrame']) => string): Shares {
  const self = new Map<number, number>()
  for (const [i, id] of (profile.samples ?? []).entries())
    self.set(id, (self.get(id) ?? 0) + (profile.timeDeltas?.[i] ?? 0))
  const sums = new Map<string, number>()
  let busy = 0
  for (const { id, callFrame } of profile.nodes) {
    if (IDLE.includes(callFrame.functionName) || callFrame.url === PROFILER) continue
    const time = self.get(id) ?? 0
    busy += time
    sums.set(name(callFrame), (sums.get(name(callFrame)) ?? 0) + time)
  }
  return [...sums].map(([key, time]): [string, number] => [key, time / busy]).sort((a, b) => b[1] - a[1])
}

const ofFunctions = (profile: Profiler.Profile) =>
  shares(profile, ({ functionName, url }) => `${functionName || '(anonymous)'}  ${home(url)}`)
const ofModules = (profile: Profiler.Profile) =>
  shares(profile, ({ functionName, url }) => home(url) || functionName || '(native)')

function print(title: string, table: Shares, top: number, perRequest: number): void {
  console.log(`\n${title}`)
  for (const [name, share] of table.slice(0, top))
    console.log(
      `${(share * 100).toFixed(1).padStart(5)} %  ${(share * perRequest * 1000).toFixed(0).padStart(5)} µs  ${name}`,
    )
}

async function main(): Promise<void> {
  const scenario = SCENARIOS.find(({ name }) => name === (positionals[0] ?? 'a'))
  if (!scenario) throw new Error(`Scenarios are ${SCENARIOS.map(({ name }) => name).join()}.`)
  const [patients, seconds, top] = [Number(values.patients), Number(values.seconds), Number(values.top)]
  const db = await benchDatabase(patients)
  const started: Started[] = []
  try {
    const ours = await start('profiled.ts', [db.url])
    started.push(ours)
    const load = await start('load.ts')
    started.push(load)
    const order: Order = {
      scenario: scenario.name,
      port: ours.port,
      side: { who: 'ours', token: ours.token! },
      patients,
      seed: 1,
      connections: Number(values.connections),
      seconds,
      least: 0,
    }
    await ask<Load>(load, { ...order, seconds: 3 })
    await ask(ours, { profile: true })
    const before = [cpuOf(ours.pid), cpuOfPostgres(db.backend)] as const
    const done = await ask<Load>(load, { ...order, seed: 2 })
    const cpu = (cpuOf(ours.pid) - before[0]) / done.requests
    const postgres = (cpuOfPostgres(db.backend) - before[1]) / done.requests
    const profile = await ask<Profiler.Profile>(ours, { profile: false })
    if (values.out) writeFileSync(values.out, JSON.stringify(profile))
    console.log(`\n(${scenario.name}) ${scenario.title}: ${done.requests} requests, ${done.failures} failures`)
    console.log(
      `CPU per request: server ${cpu.toFixed(3)} ms (profiler included), PostgreSQL ${postgres.toFixed(3)} ms`,
    )
    print('Functions, self time', ofFunctions(profile), top, cpu)
    print('Modules', ofModules(profile), 15, cpu)
  } finally {
    for (const one of started) await stop(one)
    await db.close()
  }
}

await main()
