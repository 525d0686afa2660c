// Load: keep-alive connections, each with one request under way, in a process of its own. Raw sockets, because the
// generator shares the machine with those it measures and should leave the processor to them. Argument: none.
import { connect, type Socket } from 'node:net'
import { requests, SCENARIOS, type Side } from './scenarios.ts'

export interface Order {
  port: number
  scenario: string
  side: Side
  patients: number
  seed: number
  connections: number
  seconds: number
  /** An answer shorter than this counts as a failure. */
  least: number
}
export interface Load {
  requests: number
  seconds: number
  /** Milliseconds. */
  p50: number
  p95: number
  p99: number
  /** Answers that were not 200, did not begin as they must, or were too short. */
  failures: number
  /** The first of them. */
  failure?: string
}

/** Different requests per round; they are asked in turn. */
const VARIETY = 1000
const HEAD = /^HTTP\/1\.1 200 [\s\S]*?\r\ncontent-length: (\d+)/i

class Connection {
  readonly #socket: Socket
  readonly #begins: string
  readonly #least: number
  readonly ready: Promise<void>
  #done: ((failure?: string) => void) | undefined
  /** What has come of an answer whose beginning is not complete. */
  #start: Buffer = Buffer.alloc(0)
  /** Bytes still to come of an answer whose beginning is complete. */
  #left = 0

  constructor(port: number, begins: string, least: number) {
    this.#begins = begins
    this.#least = least
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.ready = new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve).once('error', reject)
    })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('close', () => this.#finish('connection closed'))
    this.#socket.on('error', () => {})
  }

  #take(chunk: Buffer): void {
    if (this.#left > 0) this.#left -= chunk.length
    else if (!this.#begin(chunk)) return
    if (this.#left === 0) this.#finish()
  }

  /** True once the head and the first words of the body are there and as they must be. */
  #begin(chunk: Buffer): boolean {
    this.#start = this.#start.length === 0 ? chunk : Buffer.concat([this.#start, chunk])
    const head = this.#start.toString('latin1', 0, 1000)
    const body = head.indexOf('\r\n\r\n') + 4
    if (body < 4) return false
    const length = Number(HEAD.exec(head)?.[1])
    const come = this.#start.length - body
    if (come < Math.min(length, this.#begins.length)) return false
    const good = length >= this.#least && head.startsWith(this.#begins, body)
    if (good) this.#left = length - come
    else this.#finish(head)
    return good
  }

  #finish(failure?: string): void {
    const done = this.#done
    this.#done = undefined
    this.#start = Buffer.alloc(0)
    if (failure !== undefined) this.#socket.destroy()
    done?.(failure)
  }

  ask(request: Buffer): Promise<string | undefined> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve('connection closed')
      this.#done = resolve
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

async function run({ port, scenario, side, patients, seed, connections, seconds, least }: Order): Promise<Load> {
  const chosen = SCENARIOS.find(({ name }) => name === scenario)!
  const texts = requests(chosen, side, VARIETY, patients, seed).map((text) => Buffer.from(text))
  const open = Array.from({ length: connections }, () => new Connection(port, chosen.begins, least))
  await Promise.all(open.map(({ ready }) => ready))
  const times: number[] = []
  const failures: string[] = []
  let next = 0
  const began = performance.now()
  const until = began + seconds * 1000
  const ask = async (connection: Connection) => {
    for (let now = performance.now(); now < until; ) {
      const failure = await connection.ask(texts[next++ % texts.length]!)
      const then = now
      now = performance.now()
      times.push(now - then)
      if (failure === undefined) continue
      failures.push(failure)
      return
    }
  }
  await Promise.all(open.map(ask))
  const took = (performance.now() - began) / 1000
  for (const connection of open) connection.close()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
  return {
    requests: times.length - failures.length,
    seconds: took,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    failures: failures.length,
    ...(failures[0] !== undefined && { failure: failures[0].slice(0, 1000) }),
  }
}

process.on('message', (order: Order) => void run(order).then((load) => process.send!(load)))
process.on('disconnect', () => process.exit(0))
process.send!({ port: 0 })
