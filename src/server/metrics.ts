// What operators watch, https://prometheus.io/docs/instrumenting/exposition_formats/. Counts only: no names, no ids, no
// queries. One registry for each server, so that two in one process do not mix.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

export interface Metrics {
  /** Answers by outcome: `told`, `refused`, `failed`. */
  answered(outcome: 'told' | 'refused' | 'failed'): void
  /** Of callers without a valid token: `each` has an event of its own, `together` are counted into one. */
  refused(audited: 'each' | 'together'): void
  /** Requests that were turned away by their head, whoever made them: the code of the refusal. */
  turnedAway(reason: TurnedAway): void
  /** An issuer elsewhere that could not be asked for its keys, or where it signs people in. */
  issuerFailed(asked: 'keys' | 'discovery'): void
  /** The statement told a row that the rules do not: nothing left the server, and somebody must look at once. */
  wallDisagreed(): void
  /** A run of the provenance log, or one of its witnesses. `stopped`: it is damaged, and nothing more is signed. */
  logFailed(stopped: boolean): void
  /** The text that a scraper reads, and its content type. */
  read(): Promise<{ text: string; type: string }>
}

export type TurnedAway = 'foreign-host' | 'forwarded-twice'

export function makeMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'healthchain_' })
  const registers = [registry]
  const answers = new Counter({
    name: 'healthchain_answers_total',
    help: 'GraphQL answers by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const refusals = new Counter({
    name: 'healthchain_refusals_total',
    help: 'Refusals of callers without a valid token: each with an audit event of its own, or together in one a minute.',
    labelNames: ['audited'],
    registers,
  })
  const heads = new Counter({
    name: 'healthchain_requests_turned_away_total',
    help: 'Requests refused by their head: a Host that is not ours (DNS rebinding, or a proxy that does not pass it on), or proxies that contradict each other.',
    labelNames: ['reason'],
    registers,
  })
  const issuers = new Counter({
    name: 'healthchain_issuer_failures_total',
    help: 'Calls to trusted issuers that failed; the log says why, once a minute for each issuer.',
    labelNames: ['asked'],
    registers,
  })
  const disagreements = new Counter({
    name: 'healthchain_second_wall_disagreements_total',
    help: 'Answers refused because the second wall did not agree with the statement. Anything but 0 is a fault.',
    registers,
  })
  const logFailures = new Counter({
    name: 'healthchain_log_failures_total',
    help: 'Runs of the provenance log that failed, and witnesses that did not cosign.',
    registers,
  })
  const logStopped = new Gauge({
    name: 'healthchain_log_stopped',
    help: '1: the provenance log is damaged, so nothing more is signed, and what is written stays pending.',
    registers,
  })
  return {
    answered: (outcome) => answers.inc({ outcome }),
    refused: (audited) => refusals.inc({ audited }),
    turnedAway: (reason) => heads.inc({ reason }),
    issuerFailed: (asked) => issuers.inc({ asked }),
    wallDisagreed: () => disagreements.inc(),
    logFailed(stopped) {
      logFailures.inc()
      if (stopped) logStopped.set(1)
    },
    read: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  }
}
