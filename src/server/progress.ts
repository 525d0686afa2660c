// Progress of long work on a terminal: a bar with rate and time left; in a log, a line now and then.
import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** `done` of the total, and a count of resources for the rate. */
  update(done: number, resources: number): void
  /** A line of its own, above the bar. */
  say(line: string): void
  stop(): void
}

/** `total` in whatever unit `update` counts. */
export function makeProgress(label: string, total: number, elapsed: () => number): Progress {
  const out = process.stderr
  const began = elapsed()
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}% | {resources} resources | {rate}/s | {left} left`,
      stream: out,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 2000,
      fps: 5,
      etaBuffer: 100,
      linewrap: false,
    },
    Presets.shades_classic,
  )
  const rate = (resources: number) => Math.round(resources / Math.max((elapsed() - began) / 1000, 0.001))
  const left = (done: number) => (done === 0 ? '…' : seconds(((elapsed() - began) / 1000) * (total / done - 1)))
  bar.start(total, 0, { resources: 0, rate: 0, left: '…' })
  return {
    update: (done, resources) =>
      bar.update(Math.min(done, total), { resources, rate: rate(resources), left: left(done) }),
    say(line) {
      if (out.isTTY) out.write('\r\x1b[K')
      out.write(`${line}\n`)
    },
    stop: () => bar.stop(),
  }
}

const seconds = (s: number) => (s < 90 ? `${Math.max(0, Math.round(s))} s` : `${Math.round(s / 60)} min`)
