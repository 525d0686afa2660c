// Refusals that anybody can cause without a valid token. Written down like everything else, but a flood of them must fill
// neither the disk nor the queue of the log: the first of an address are events of their own, on disk before the answer; the
// rest is counted, and told as one event for each address and reason a minute. A crash loses the count of that minute.

import { instant } from '../kernel/clock.ts'
import type { HealthChainError } from '../kernel/errors.ts'
import { newId } from '../kernel/random.ts'
import type { AuditRow } from '../store/audit/columns.ts'
import { auditEvents } from '../store/audit/event.ts'
import type { AuditLog } from '../store/audit/log.ts'
import { networkOf } from './client-address.ts'
import type { RequestFacts } from './interaction-for.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

const EVERY = 60_000
/** Events of their own in that time: of one address for one reason, and in all. */
export const EACH_MAX = 10
export const ALL_MAX = 300
/** Addresses and reasons that are counted apart; what comes from further ones is counted by its reason alone. */
export const APART_MAX = 300

interface Count {
  readonly code: string
  readonly network: string
  /** When the first one came that has no event yet. */
  since: string
  each: number
  together: number
}

interface Parts {
  readonly audit: AuditLog
  readonly observer: string
  readonly metrics: Pick<Metrics, 'refused'>
  readonly log: Pick<Logger, 'fault'>
}

export class Refusals {
  readonly #parts: Parts
  readonly #timer: NodeJS.Timeout
  #counts = new Map<string, Count>()
  #each = 0
  #telling = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#timer = setInterval(() => void this.tell().catch(parts.log.fault), EVERY)
    this.#timer.unref()
  }

  /** Whether this one is to have an event of its own; it has been counted otherwise. `code`: one of ours. */
  admit(code: string, address = ''): boolean {
    const count = this.#countOf(code, networkOf(address))
    const own = count.each < EACH_MAX && this.#each < ALL_MAX
    this.#parts.metrics.refused(own ? 'each' : 'together')
    if (own) {
      count.each++
      this.#each++
    } else {
      if (count.together === 0) count.since = instant()
      count.together++
    }
    return own
  }

  /** Of a request that was refused before anything ran. Resolves when the event is on disk. */
  async record({ code }: HealthChainError, { requestId, address }: RequestFacts): Promise<void> {
    if (this.admit(code, address)) await this.#parts.audit.record(this.#rows(code, address ?? '', requestId))
  }

  /** Writes down what was counted. @throws what the log throws; the counts are kept for the next time then. */
  tell(): Promise<void> {
    this.#telling = this.#telling.catch(() => {}).then(() => this.#tell())
    return this.#telling
  }

  /** Stops the clock, and writes down what was counted so far. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.tell()
  }

  async #tell(): Promise<void> {
    const counted = [...this.#counts.values()].filter(({ together }) => together > 0)
    this.#counts = new Map()
    this.#each = 0
    const rows = counted.flatMap(({ code, network, since, together }) =>
      this.#rows(`${code}; ${together} more since ${since}`, network),
    )
    await this.#parts.audit.record(rows).catch((error) => {
      for (const { code, network, since, together } of counted) {
        const count = this.#countOf(code, network)
        if (count.together === 0 || since < count.since) count.since = since
        count.together += together
      }
      throw error
    })
  }

  #countOf(code: string, network: string): Count {
    const key = `${code} ${network}`
    const known = this.#counts.get(key)
    if (known) return known
    if (network !== '' && this.#counts.size >= APART_MAX) return this.#countOf(code, '')
    const made = { code, network, since: '', each: 0, together: 0 }
    this.#counts.set(key, made)
    return made
  }

  #rows(outcomeDesc: string, address: string, requestId = newId()): AuditRow[] {
    const about = { at: instant(), requestId, observer: this.#parts.observer, ...(address !== '' && { address }) }
    return auditEvents(about, [{ kind: 'refused', outcomeDesc }])
  }
}
