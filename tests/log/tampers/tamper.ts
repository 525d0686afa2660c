// A tamper: statements, and what must be named by what is found afterwards.
import type { Found } from '../dumped.ts'
import type { Random } from '../random.ts'
import type { Entry, Leaf, TamperWorld } from './world.ts'

export interface Tamper {
  readonly what: string
  readonly statements: readonly (readonly [sql: string, parameters: readonly unknown[]])[]
  /** Whether what was found names what was done. */
  readonly seen: (found: readonly Found[]) => boolean
  /** What it is done to, and who sees it first; absent: it changes what others would be called. */
  readonly on?: { readonly what: readonly string[]; readonly first: 'tree' | 'versions' }
}

export type Make = (world: TamperWorld, random: Random) => Tamper

export const named =
  (...names: readonly (string | number)[]) =>
  (found: readonly Found[]): boolean =>
    names.every((name) => found.some(({ at }) => at === String(name)))
export const coded =
  (code: string) =>
  (found: readonly Found[]): boolean =>
    found.some((one) => one.code === code)

/** Tampers with one resource, or one entry, or one batch, are not made together: one could hide behind another. */
export const on = (first: 'tree' | 'versions', ...whose: readonly (Entry | Leaf)[]): NonNullable<Tamper['on']> => ({
  first,
  what: whose.map((one) => ('id' in one ? `${one.type}/${one.id}` : one.name)),
})

/** What no row has. */
export const UUID = '00000000-0000-7000-8000-00000000abcd'
export const BY_VERSION = 'where type = $1 and id = $2 and version = $3'
export const keyOf = ({ type, id, version }: Leaf): unknown[] => [type, id, version]

/** A bit of a column, by the parameters behind the first `from`. */
export const flipped = (column: string, from: number): string =>
  `set_byte(${column}, $${from + 1}, get_byte(${column}, $${from + 1}) # $${from + 2}::int)`
export const bit = (random: Random): number => 1 << random.below(8)
export const past = (random: Random): string => `interval '${1 + random.below(100_000)} seconds'`
