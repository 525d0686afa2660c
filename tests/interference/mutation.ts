// Mutants, each in a process of its own, on databases that were made beforehand by code without a leak: documents stop at
// the first difference. Two processes at a time.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { now } from '../../src/kernel/clock.ts'
import { makeSchema } from '../../src/server/schema.ts'
import { Author, type Drawn } from './author.ts'
import { type Cluster, copyDatabase, dropDatabase } from './databases.ts'
import { Dice } from './dice.ts'
import type { Guise, Wish } from './guise.ts'
import { type LaidDown, layDown } from './lay-down.ts'
import { MUTANTS, type Mutant } from './mutants.ts'
import { drawPart, makeBare, stockFor } from './part.ts'
import { WorldBuilder } from './world.ts'

/** What a child process is given, as JSON. */
export interface Prepared {
  readonly url: string
  readonly seed: number
  readonly full: string
  readonly parts: readonly Part[]
}
export interface Part {
  readonly bare: string
  readonly asker: Guise['asker']
  readonly implicit: string
  readonly byCustodian: readonly (readonly [string, string])[]
  readonly packs: readonly string[]
  readonly documents: readonly Drawn[]
}

/** What came of a mutant: after how many documents it was found, with the second wall and without; absent: not at all. */
export interface Outcome {
  readonly walled?: number
  readonly bare?: number
  readonly difference?: string
}

/** Each sees another part of the world, with other elements hidden. */
const OPEN = { implicit: 'all-normal' } as const
const WHO: readonly Wish[] = [
  { role: 'practitioner', ...OPEN },
  { role: 'payer', ...OPEN },
  { role: 'patient', ...OPEN },
  { role: 'practitioner', narrow: true, ...OPEN },
  { role: 'system', purpose: 'HRESCH', ...OPEN },
  { role: 'nurse' },
  { role: 'researcher' },
  { role: 'proxy', ...OPEN },
]
const EACH = 120

export async function prepare(cluster: Cluster, seed: number): Promise<Prepared> {
  const dice = new Dice(seed)
  const builder = new WorldBuilder(dice.seed(), 20, now())
  const world = await layDown(cluster, builder.patients, builder.build())
  const full = await copyDatabase(cluster, world.database)
  const parts: Part[] = []
  for (const wish of WHO) parts.push(await preparePart(cluster, world, dice, wish))
  await dropDatabase(cluster, world.database)
  return { url: cluster.url, seed, full, parts }
}

async function preparePart(cluster: Cluster, world: LaidDown, dice: Dice, wish: Wish): Promise<Part> {
  const part = drawPart(world, dice, wish)
  const { asker, policies } = part.guise
  const bare = await makeBare(cluster, world, part)
  const author = new Author(await makeSchema(), dice, stockFor(part, world, dice))
  return {
    ...{ bare, asker, implicit: policies.implicit.byDefault, byCustodian: [...policies.implicit.byCustodian] },
    packs: policies.packs.map(({ id }) => id),
    documents: Array.from({ length: EACH }, () => author.document()),
  }
}

export async function discard(cluster: Cluster, { full, parts }: Prepared): Promise<void> {
  for (const name of [full, ...parts.map(({ bare }) => bare)]) await dropDatabase(cluster, name)
}

const [HOOK, CHILD] = ['mutant-hook.ts', 'mutant-child.ts'].map((file) => fileURLToPath(new URL(file, import.meta.url)))

function attempt(mutant: Mutant | undefined, file: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', '--import', 'tsx', '--import', HOOK!, CHILD!, file], {
      // Of the environment only what node needs: a test runner leaves settings of its own.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, MUTANT: mutant?.name ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out.trim().split('\n').at(-1)!) as Outcome)
      else reject(new Error(`${mutant?.name ?? 'no mutant'}: exit ${code}\n${err.slice(-2000)}`))
    })
  })
}

export const isKilled = ({ statement }: Mutant, { walled, bare }: Outcome): boolean =>
  walled !== undefined && (statement === undefined || bare !== undefined)

/** All of them, and once none: that run must find nothing. */
export async function runMutants(
  prepared: Prepared,
  onOutcome: (mutant: Mutant | undefined, outcome: Outcome, milliseconds: number) => void,
  only: readonly Mutant[] = MUTANTS,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'healthchain-mutants-'))
  const file = join(folder, 'prepared.json')
  writeFileSync(file, JSON.stringify(prepared))
  const waiting: (Mutant | undefined)[] = [undefined, ...only]
  const worker = async () => {
    while (waiting.length > 0) {
      const mutant = waiting.shift()
      const began = performance.now()
      onOutcome(mutant, await attempt(mutant, file), performance.now() - began)
    }
  }
  try {
    await Promise.all([worker(), worker()])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
