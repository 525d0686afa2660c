// A small seeded generator of pseudo-random numbers (sfc32, http://pracrand.sourceforge.net). Pure: the same seed
// gives the same numbers on every machine. It makes demo data and must never make a key, a token or an id of the server.

export interface Seeded {
  /** Uniform in [0, 1). */
  next(): number
  /** A whole number from low to high, both included. */
  int(low: number, high: number): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** One of the items, in proportion to its weight. */
  weighted<T>(items: readonly (readonly [T, number])[]): T
  /** Bell-shaped around the mean, never further away than three deviations. */
  normal(mean: number, deviation: number): number
  /** An independent generator: what one part draws never shifts what another part draws. */
  branch(label: string | number): Seeded
}

/** Spreads the points of a sequence evenly over [0, 1): any first n of them already cover the whole range. */
export const spread = (index: number, start: number): number => (start + index * 0.6180339887498949) % 1

function hash(text: string): number {
  let h = 0x811c9dc5
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193)
  return (h ^ (h >>> 15)) >>> 0
}

function sfc32(seed: number, stream: number): () => number {
  let [a, b, c, d] = [seed | 0, stream | 0, 0x9e3779b9 | 0, 1]
  const next = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let warm = 0; warm < 12; warm++) next()
  return next
}

export function seeded(seed: number, path = ''): Seeded {
  const next = sfc32(seed, hash(path))
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    int,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]) => items[int(0, items.length - 1)] as T,
    weighted: <T>(items: readonly (readonly [T, number])[]) => {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [item, weight] of items) {
        left -= weight
        if (left < 0) return item
      }
      return (items[items.length - 1] as readonly [T, number])[0]
    },
    // The sum of three uniform draws is a bell with deviation 1/2 and an end, unlike the real one.
    normal: (mean, deviation) => mean + (next() + next() + next() - 1.5) * 2 * deviation,
    branch: (label) => seeded(seed, `${path}/${label}`),
  }
}
