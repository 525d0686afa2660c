// Long work in slices: other requests are answered in between, and what takes too long is cut.
import { elapsed, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'

/** Milliseconds in one go. */
const SLICE = 8

export class Slices {
  readonly #seconds: number
  readonly #end: number
  #next: number

  /** From now on, for so many seconds in all, waiting included. */
  constructor(seconds: number) {
    this.#seconds = seconds
    this.#end = elapsed() + seconds * 1000
    this.#next = elapsed() + SLICE
  }

  /** Whether it is time to let others go on: cheap enough to ask at each step. */
  get due(): boolean {
    return elapsed() >= this.#next
  }

  /** Lets them. @throws HealthChainError too-costly (cut) where the time is up: half an answer would be a wrong one. */
  async turn(): Promise<void> {
    if (elapsed() >= this.#end) throw this.#cut()
    await until(elapsed() + 1)
    this.#next = elapsed() + SLICE
  }

  #cut(): HealthChainError {
    const message = `This was cut after ${this.#seconds} seconds and has no answer: ask about a smaller record, or when there is less to do.`
    return new HealthChainError('too-costly', 'cut', message)
  }
}
