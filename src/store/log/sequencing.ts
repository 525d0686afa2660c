// Runs the sequencer for as long as a server runs: twice a second, and at once when somebody waits. Once an hour it makes
// the old checkpoints fewer.
import { elapsed } from '../../kernel/clock.ts'
import type { Database } from '../database.ts'
import { thinCheckpoints } from './retention.ts'
import { checkTree, sequence } from './sequencer.ts'
import type { Sign } from './sign-tree.ts'
import { isBroken } from './tree.ts'

export interface SequencingOptions {
  /** Milliseconds between two runs at most; default 500. */
  readonly interval?: number
  /** Leaves of one run; default 5000. */
  readonly limit?: number
  /** Told of every run that failed. `stopped`: the log is damaged, and nothing more will be added or signed. */
  readonly onFault?: (error: unknown, stopped: boolean) => void
}

const HOUR = 3_600_000
/** Checkpoints that go at once: a tenth of a second, for nobody is to wait long for the next one. */
const THINNED = 1000

export class Sequencing {
  readonly #database: Database
  readonly #sign: Sign
  readonly #options: SequencingOptions
  readonly #limit: number
  #running: Promise<void> | undefined
  #stopping = false
  #broken = false
  #woken = false
  /** A moment of `elapsed`. */
  #thins = 0
  #rouse: () => void = () => {}

  constructor(database: Database, sign: Sign, options: SequencingOptions = {}) {
    this.#database = database
    this.#sign = sign
    this.#options = options
    this.#limit = options.limit ?? 5000
  }

  /** True once the log was found damaged. */
  get broken(): boolean {
    return this.#broken
  }

  /** Looks the tree over, then runs until it is stopped. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Runs again without waiting for the interval. */
  wake(): void {
    this.#woken = true
    this.#rouse()
  }

  /** Resolves when the run under way has ended. The database stays open. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#rouse()
    await this.#running
  }

  async #run(): Promise<void> {
    let looked = false
    while (!this.#stopping && !this.#broken) {
      this.#woken = false
      try {
        if (!looked) await checkTree(this.#database)
        looked = true
        const { added } = await sequence(this.#database, this.#sign, this.#limit)
        if (added === this.#limit) continue
        await this.#thin()
      } catch (error) {
        this.#broken = isBroken(error)
        this.#options.onFault?.(error, this.#broken)
        // What failed will fail again at once.
        this.#woken = false
      }
      await this.#pause()
    }
  }

  async #thin(): Promise<void> {
    if (elapsed() < this.#thins) return
    if ((await thinCheckpoints(this.#database, THINNED)) < THINNED) this.#thins = elapsed() + HOUR
  }

  #pause(): Promise<void> {
    if (this.#stopping || this.#woken || this.#broken) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.interval ?? 500)
      this.#rouse = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
