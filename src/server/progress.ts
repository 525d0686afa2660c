// Progress of long work on a terminal: a bar with rate and time left; in a log, a line now and then.
import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** `done` of the total, and a count of `things` for the rate. */
  update(done: number, count: number): void
  /** A line of its own, above the bar. */
  say(line: string): void
  stop(): void
}

/** `total` in whatever unit `update` counts. */
export function makeProgress(label: string, total: number, elapsed: () => number, things = 'resources'): Progress {
  const out = process.stderr
  const began = elapsed()
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}% | {count} ${things} | {rate}/s | {left} left`,
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
  const rate = (count: number) => Math.round(count / Math.max((elapsed() - began) / 1000, 0.001))
  const left = (done: number) => (done === 0 ? '…' : seconds(((elapsed() - began) / 1000) * (total / done - 1)))
  bar.start(total, 0, { count: 0, rate: 0, left: '…' })
  return {
    update: (done, count) => bar.update(Math.min(done, total), { count, rate: rate(count), left: left(done) }),
    say(line) {
      if (out.isTTY) out.write('\r\x1b[K')
      out.write(`${line}\n`)
    },
    stop: () => bar.stop(),
  }
}

const seconds = (s: number) => (s < 90 ? `${Math.max(0, Math.round(s))} s` : `${Math.round(s / 60)} min`)
