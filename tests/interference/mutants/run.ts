// All mutants, by two processes that take one after the other.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MUTANTS } from './index.ts'
import type { Mutant } from './mutant.ts'
import type { Prepared } from './prepare.ts'

/** What came of a mutant: after how many documents it was found, with the second wall and without; absent: not at all. */
export interface Outcome {
  readonly walled?: number
  readonly bare?: number
  readonly difference?: string
}

export const isKilled = ({ statement }: Mutant, { walled, bare }: Outcome): boolean =>
  walled !== undefined && (statement === undefined || bare !== undefined)

type OnOutcome = (mutant: Mutant | undefined, outcome: Outcome, milliseconds: number) => void

const PROCESSES = 2
const [HOOK, CHILD] = ['hook.ts', 'child.ts'].map((file) => fileURLToPath(new URL(file, import.meta.url)))

interface Worker {
  become(n: number): Promise<Outcome>
  stop(): void
}

function start(file: string): Worker {
  const child = fork(CHILD!, [file], {
    execArgv: ['--no-warnings', '--import', 'tsx', '--import', HOOK!],
    // Of the environment only what node needs: a test runner leaves settings of its own.
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let settle: (answer: Outcome | { readonly failed: string }) => void = () => {}
  child.on('message', (answer: Outcome) => settle(answer))
  child.on('exit', (code) => settle({ failed: `The process has ended with ${code}.` }))
  return {
    async become(n) {
      const answer = await new Promise<Outcome | { readonly failed: string }>((resolve) => {
        settle = resolve
        child.send(n)
      })
      if ('failed' in answer) throw new Error(`${MUTANTS[n]?.name ?? 'no mutant'}: ${answer.failed}`)
      return answer
    },
    stop: () => void child.kill(),
  }
}

/** All of them, and once none: that run must find nothing. */
export async function runMutants(
  prepared: Prepared,
  onOutcome: OnOutcome,
  only: readonly Mutant[] = MUTANTS,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'healthchain-mutants-'))
  const file = join(folder, 'prepared.json')
  writeFileSync(file, JSON.stringify(prepared))
  const waiting = [-1, ...only.map((mutant) => MUTANTS.indexOf(mutant))]
  const workers = Array.from({ length: PROCESSES }, () => start(file))
  const work = async (worker: Worker) => {
    for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) {
      const began = performance.now()
      onOutcome(MUTANTS[n], await worker.become(n), performance.now() - began)
    }
  }
  try {
    await Promise.all(workers.map(work))
  } finally {
    for (const worker of workers) worker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
