// Figures as lines of text. Pure.
import type { Memory } from './processes.ts'
import type { Figure, Summary } from './rounds.ts'
import type { Scenario } from './scenarios.ts'

/** The connections at which the targets hold. */
export const JUDGED_AT = 8
export const MEMORY_MB = 400

const text = (value: number, width: number, digits: number) =>
  (Number.isNaN(value) ? '-' : value.toFixed(digits)).padStart(width)

const half = ({ rate, p50, p99, cpu, postgres }: Summary) =>
  `${text(rate, 6, 0)} ${text(p50, 7, 2)} ${text(p99, 7, 2)} ${text(cpu, 6, 2)} ${text(postgres, 6, 2)}`
const HALF = ' req/s  p50 ms  p99 ms    CPU   + PG'

export const HEADER = [
  `            | ours${' '.repeat(HALF.length - 4)} | floor${' '.repeat(HALF.length - 5)} | ours / floor`,
  `connections |${HALF} |${HALF} | median  min..max    CPU`,
].join('\n')

/** CPU is milliseconds per request: of the server process, and of PostgreSQL. */
export function figureLine({ connections, ours, floor, ratio, cpuRatio }: Figure): string {
  const range = `${text(ratio.min, 6, 2)}..${ratio.max.toFixed(2)} ${text(cpuRatio, 6, 2)}`
  const failed = ours.failures + floor.failures
  const tail = failed > 0 ? `  ${failed} FAILURES` : ''
  return `${String(connections).padStart(11)} |${half(ours)} |${half(floor)} | ${text(ratio.median, 6, 2)} ${range}${tail}`
}

export const wayLine = (way: string, scenario: Scenario): string =>
  scenario.writes
    ? '  floor: one statement inserts the same rows'
    : way === 'text'
      ? '  floor: fetches the JSON text, picks members in JavaScript (faster than in PostgreSQL)'
      : '  floor: PostgreSQL prints the answer (faster than in JavaScript)'

const verdict = (met: boolean) => (met ? 'met' : 'NOT MET')

/** Targets against what was measured. */
export function judgement(figures: readonly Figure[], scenarios: readonly Scenario[], memory: Memory): string {
  const lines = scenarios.flatMap((scenario) => {
    const figure = figures.find((f) => f.scenario === scenario.name && f.connections === JUDGED_AT)
    if (!figure) return []
    const { median, min, max } = figure.ratio
    const measured = `${median.toFixed(2)}  (${min.toFixed(2)}..${max.toFixed(2)})`
    const target = `>= ${scenario.target.toFixed(2)}`
    return [
      `(${scenario.name}) ${scenario.title.padEnd(44)} ${target.padStart(9)}  ${measured.padEnd(20)} ${verdict(median >= scenario.target)}`,
    ]
  })
  const peak = `${memory.peak} MB (now ${memory.rss})`
  const last = `    ${'server memory, peak'.padEnd(44)} ${`<= ${MEMORY_MB}`.padStart(9)}  ${peak.padEnd(20)} ${verdict(memory.peak <= MEMORY_MB)}`
  return [`Targets at ${JUDGED_AT} connections, requests per second as a share of the floor's:`, ...lines, last].join(
    '\n',
  )
}
