// Figures as lines of text. Pure.
import type { Memory } from './processes.ts'
import type { Figure, Summary } from './rounds.ts'
import type { Scenario } from './scenarios.ts'

/** The connections at which the targets hold. */
export const JUDGED_AT = 8
export const MEMORY_MB = 400

const text = (value: number, width: number, digits: number) =>
  (Number.isNaN(value) ? '-' : value.toFixed(digits)).padStart(width)

const half = ({ rate, p50, p95, p99, cpu, postgres }: Summary) =>
  `${text(rate, 6, 0)} ${text(p50, 7, 2)} ${text(p95, 7, 2)} ${text(p99, 7, 2)} ${text(cpu, 6, 2)} ${text(postgres, 6, 2)}`
const HALF = ' req/s  p50 ms  p95 ms  p99 ms    CPU   + PG'

export const HEADER = [
  `            | ours${' '.repeat(HALF.length - 4)} | floor${' '.repeat(HALF.length - 5)} | ours / floor            | ours / open`,
  `connections |${HALF} |${HALF} | median  min..max    CPU | median  min..max    CPU`,
].join('\n')

/** CPU is milliseconds per request: of the server process, and of PostgreSQL. */
const shares = ({ median, min, max }: Figure['ratio'], cpu: number) =>
  `${text(median, 6, 2)} ${text(min, 6, 2)}..${max.toFixed(2)} ${text(cpu, 6, 2)}`

export function figureLine({ connections, ours, open, floor, ratio, cpuRatio, kept, keptCpu }: Figure): string {
  const failed = ours.failures + open.failures + floor.failures
  const tail = failed > 0 ? `  ${failed} FAILURES` : ''
  return `${String(connections).padStart(11)} |${half(ours)} |${half(floor)} | ${shares(ratio, cpuRatio)} | ${shares(kept, keptCpu)}${tail}`
}

export const wayLine = (way: string, scenario: Scenario): string =>
  scenario.writes
    ? '  floor: one statement inserts the same rows'
    : way === 'text'
      ? '  floor: fetches the JSON text, picks members in JavaScript (faster than in PostgreSQL)'
      : '  floor: PostgreSQL prints the answer (faster than in JavaScript)'

const verdict = (met: boolean) => (met ? 'met' : 'NOT MET')

/** What consent, labels and audit may cost: a fifth of the open build's rate, and as much of each target; so may the log. */
const LOSS = 0.2
const MILLION = 10_000

const row = (title: string, target: string, measured: string, met: boolean | undefined) =>
  `${title.padEnd(50)} ${target.padStart(10)}  ${measured.padEnd(22)} ${met === undefined ? '' : verdict(met)}`

/** Targets against what was measured. */
export function judgement(
  figures: readonly Figure[],
  scenarios: readonly Scenario[],
  memory: Memory,
  patients: number,
): string {
  const lines = scenarios.flatMap((scenario) => {
    const figure = figures.find((f) => f.scenario === scenario.name && f.connections === JUDGED_AT)
    if (!figure) return []
    const { ratio, kept, ours } = figure
    const range = ({ median, min, max }: Figure['ratio']) =>
      `${median.toFixed(2)}  (${min.toFixed(2)}..${max.toFixed(2)})`
    const target = scenario.target * (1 - LOSS)
    const million = patients >= MILLION
    return [
      ...(scenario.target > 0
        ? [row(`(${scenario.name}) ${scenario.title}`, `>= ${target.toFixed(2)}`, range(ratio), ratio.median >= target)]
        : []),
      row(
        `(${scenario.name})   of the open build`,
        scenario.name === 'b' ? '>= 0.80' : '',
        range(kept),
        scenario.name === 'b' ? kept.median >= 1 - LOSS : undefined,
      ),
      ...(figure.logged
        ? [
            row(
              `(${scenario.name})   of the build without the log`,
              `>= ${(1 - LOSS).toFixed(2)}`,
              `${range(figure.logged)}, CPU ${figure.logged.cpu.toFixed(2)}`,
              figure.logged.median >= 1 - LOSS,
            ),
          ]
        : []),
      ...(scenario.p95
        ? [
            row(
              `(${scenario.name})   p95, ${patients * 100} observations`,
              `<= ${scenario.p95} ms`,
              `${ours.p95.toFixed(1)} ms`,
              million ? ours.p95 <= scenario.p95 : undefined,
            ),
          ]
        : []),
    ]
  })
  const peak = `${memory.peak} MB (now ${memory.rss})`
  const last = row('server memory, peak', `<= ${MEMORY_MB}`, peak, memory.peak <= MEMORY_MB)
  const head = `Targets at ${JUDGED_AT} connections: requests per second as a share of the floor's, less the ${LOSS * 100} % that consent may cost.`
  return [head, ...lines, last].join('\n')
}
