// The second wall: a policy compiled for one asker and one type of resource into masks, so that judging a row takes a
// few integer operations. It says what `decide` says and what the statement says; tests hold the three equal. Pure.
import type { Hearing } from './hearing.ts'
import { hears } from './hearing.ts'
import { LEVELS } from './labels.ts'
import { type Matter, matches } from './matches.ts'
import { isDynamic, type Rule } from './rule.ts'

export interface Verdict {
  /** Per level of confidentiality: sensitivities that a permit opens and no deny shuts. */
  readonly open: readonly number[]
  /** Those that a deny shuts. */
  readonly shut: readonly number[]
  /** Somebody permitted something: silence then means no. */
  readonly onFile: boolean
}

/** Deny overrides at its own depth; only a deeper permit of the same consent lifts it. */
export function weigh(rules: readonly Rule[], onFile: boolean): Verdict {
  const said = LEVELS.map(() => 0)
  const shut = LEVELS.map(() => 0)
  for (const rule of rules) {
    const deeper = rule.deny ? rules.filter((r) => !r.deny && r.consent === rule.consent && r.depth > rule.depth) : []
    for (let level = 0; level < LEVELS.length; level++) {
      const mask = rule.labels[level]!
      said[level]! |= mask
      if (rule.deny) shut[level]! |= mask & ~deeper.reduce((lifted, r) => lifted | r.labels[level]!, 0)
    }
  }
  return { open: said.map((mask, level) => mask & ~shut[level]!), shut, onFile }
}

export const isOnFile = (rules: readonly Rule[], { research }: Hearing): boolean =>
  rules.some((r) => r.depth === 0 && !r.deny && (!r.research || research))

/** One policy, one asker, one type. */
export class Judge {
  readonly #heard: readonly Rule[]
  readonly #fixed: Verdict | undefined
  readonly #onFile: boolean
  /** Resources whose references a rule asks for. */
  readonly related: readonly string[]

  constructor(rules: readonly Rule[], hearing: Hearing, type: string) {
    this.#heard = rules.filter((rule) => hears(rule, hearing, type))
    this.#onFile = isOnFile(rules, hearing)
    this.#fixed = this.#heard.some(isDynamic) ? undefined : weigh(this.#heard, this.#onFile)
    this.related = this.#heard.flatMap((rule) => rule.data?.related ?? [])
  }

  verdict(matter: () => Matter): Verdict {
    if (this.#fixed) return this.#fixed
    const about = matter()
    return weigh(
      this.#heard.filter((rule) => matches(rule, about)),
      this.#onFile,
    )
  }
}
