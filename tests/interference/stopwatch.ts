// Whether two kinds of request differ in time, on a machine that is busy with other things: they are asked in turn, each
// round in another order, and every round has a vote. Where the votes leave a doubt, more rounds are held.

export interface Difference {
  /** Median of what the first takes longer than the second, as a part of the median of the second. */
  readonly excess: number
  /** How far the votes are from those of a tossed coin, in its standard deviations. */
  readonly votes: number
  readonly rounds: number
}

type Request = (round: number) => Promise<unknown>

const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!

async function timed(request: Request, round: number): Promise<number> {
  const began = performance.now()
  await request(round)
  return performance.now() - began
}

/** Each so many times in turn: the fastest was disturbed least. */
const TURNS = 3

async function raced(requests: readonly [Request, Request], round: number): Promise<[number, number]> {
  const times: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let turn = 0; turn < TURNS; turn++)
    // Who comes first pays for what the other finds warm.
    for (const who of (turn + round) % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
      times[who] = Math.min(times[who], await timed(requests[who], round))
  return times
}

class Race {
  readonly #first: number[] = []
  readonly #second: number[] = []

  async hold(one: Request, two: Request, rounds: number): Promise<Difference> {
    for (let n = 0; n < rounds; n++) {
      const [first, second] = await raced([one, two], n)
      this.#first.push(first)
      this.#second.push(second)
    }
    const all = this.#first.length
    const longer = this.#first.map((time, n) => time - this.#second[n]!)
    return {
      excess: median(longer) / median(this.#second),
      votes: (longer.filter((time) => time > 0).length - all / 2) / Math.sqrt(all / 4),
      rounds: all,
    }
  }
}

/** A coin says more than `CLEAR` once in sixteen thousand times, and more than `DOUBT` once in twenty. */
const [CLEAR, DOUBT, EXCESS] = [4, 2, 0.02]
const SERIES = 30
const SERIES_MAX = 10

/** Undefined where none is found; `patient`: not given up before all rounds were held. */
export async function differenceOf(one: Request, two: Request, patient = false): Promise<Difference | undefined> {
  const race = new Race()
  for (let n = 0; n < SERIES_MAX; n++) {
    const found = await race.hold(one, two, SERIES)
    if (Math.abs(found.votes) > CLEAR && Math.abs(found.excess) > EXCESS) return found
    if (!patient && Math.abs(found.votes) < DOUBT) return undefined
  }
  return undefined
}
