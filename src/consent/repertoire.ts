// Every policy that is on file, and what those that hear an asker say, grouped by what they say: so few groups that a
// statement can hold them as constants, and tells rows apart by which policies their patients have. Pure.
import { type Hearing, hears } from './hearing.ts'
import { weigh } from './judge.ts'
import { isParticular } from './policy.ts'
import { isDynamic, type Rule } from './rule.ts'

/** Policies that say the same to this asker about this type. */
export interface Voice {
  /** Numbers of the policies. */
  readonly policies: readonly number[]
  /** Per level of confidentiality, as in src/consent/judge.ts. */
  readonly about: readonly number[]
  readonly shut: readonly number[]
}

export interface Voices {
  readonly voices: readonly Voice[]
  /** Policies that must be asked about each row. */
  readonly dynamic: readonly number[]
  /** Policies up to this number are known; later ones must be asked about each row. */
  readonly newest: number
}

/** More groups than this would make statements slow: the rest is asked row by row. */
const VOICES_MAX = 24

export class Repertoire {
  readonly newest: number
  readonly #policies: ReadonlyMap<number, readonly Rule[]>
  readonly #heard = new WeakMap<Hearing, Map<string, Voices>>()

  /** Policies that name single resources may be left out: their patients are asked row by row. */
  constructor(policies: ReadonlyMap<number, readonly Rule[]>, newest: number) {
    this.#policies = policies
    this.newest = newest
  }

  /** With what came since. */
  grown(more: ReadonlyMap<number, readonly Rule[]>, newest: number): Repertoire {
    return new Repertoire(new Map([...this.#policies, ...more]), newest)
  }

  rulesOf(number: number): readonly Rule[] | undefined {
    return this.#policies.get(number)
  }

  voices(hearing: Hearing, type: string): Voices {
    const mine = this.#heard.get(hearing) ?? new Map<string, Voices>()
    this.#heard.set(hearing, mine)
    const made = mine.get(type) ?? this.#listen(hearing, type)
    mine.set(type, made)
    return made
  }

  #listen(hearing: Hearing, type: string): Voices {
    const groups = new Map<string, Voice & { policies: number[] }>()
    const dynamic: number[] = []
    for (const [number, rules] of this.#policies) {
      const heard = rules.filter((rule) => hears(rule, hearing, type))
      if (heard.length === 0 || isParticular(rules)) continue
      const said = heard.some(isDynamic) ? undefined : weigh(heard)
      const key = JSON.stringify(said)
      const group = groups.get(key)
      if (group) group.policies.push(number)
      else if (said && groups.size < VOICES_MAX) groups.set(key, { policies: [number], ...said })
      else dynamic.push(number)
    }
    // In an order of their own: the text of statements holds the masks, and is to be the same whoever came first.
    const voices = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
    return { voices, dynamic, newest: this.newest }
  }
}

export const SILENCE = new Repertoire(new Map(), 0)
