// What operators watch, https://prometheus.io/docs/instrumenting/exposition_formats/. Counts only: no names, no ids, no
// queries. One registry for each server, so that two in one process do not mix.
import { Counter, collectDefaultMetrics, Registry } from 'prom-client'

export interface Metrics {
  /** Answers by outcome: `told`, `refused`, `failed`. */
  answered(outcome: 'told' | 'refused' | 'failed'): void
  /** Of callers without a valid token: `each` has an event of its own, `together` are counted into one. */
  refused(audited: 'each' | 'together'): void
  /** The statement told a row that the rules do not: nothing left the server, and somebody must look at once. */
  wallDisagreed(): void
  /** The text that a scraper reads, and its content type. */
  read(): Promise<{ text: string; type: string }>
}

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
  const disagreements = new Counter({
    name: 'healthchain_second_wall_disagreements_total',
    help: 'Answers refused because the second wall did not agree with the statement. Anything but 0 is a fault.',
    registers,
  })
  return {
    answered: (outcome) => answers.inc({ outcome }),
    refused: (audited) => refusals.inc({ audited }),
    wallDisagreed: () => disagreements.inc(),
    read: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  }
}
