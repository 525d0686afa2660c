// The second wall: what the consents of a patient say to one asker about one type of resource, as masks, so that judging
// a row takes a few integer operations. It says what `decide` and the statement say; tests hold the three equal. Pure.
import { type Hearing, hears } from './hearing.ts'
import { LEVELS } from './labels.ts'
import { type Matter, matches } from './matches.ts'
import { grants } from './policy.ts'
import { isDynamic, type Rule } from './rule.ts'

/** What one consent says, per level of confidentiality: sensitivities that it speaks of, and those that it shuts. */
export interface Said {
  readonly about: readonly number[]
  readonly shut: readonly number[]
}

export interface Verdict {
  /** Per level of confidentiality: sensitivities that a permit opens and no deny shuts. */
  readonly open: readonly number[]
  /** Those that a deny shuts. */
  readonly shut: readonly number[]
  /** Somebody permitted something: silence then means no. */
  readonly onFile: boolean
}

const none = () => LEVELS.map(() => 0)

/** One consent. Deny overrides at its own depth; only a deeper permit lifts it. */
export function weigh(rules: readonly Rule[]): Said {
  const [about, shut] = [none(), none()]
  for (const rule of rules) {
    const deeper = rule.deny ? rules.filter((r) => !r.deny && r.depth > rule.depth) : []
    for (let level = 0; level < LEVELS.length; level++) {
      const mask = rule.labels[level]!
      about[level]! |= mask
      if (rule.deny) shut[level]! |= mask & ~deeper.reduce((lifted, r) => lifted | r.labels[level]!, 0)
    }
  }
  return { about, shut }
}

/** All consents of a patient: what one of them shuts is shut. */
function combine(said: readonly Said[], onFile: boolean): Verdict {
  const [about, shut] = [none(), none()]
  for (const one of said)
    for (let level = 0; level < LEVELS.length; level++) {
      about[level]! |= one.about[level]!
      shut[level]! |= one.shut[level]!
    }
  return { open: about.map((mask, level) => mask & ~shut[level]!), shut, onFile }
}

/** The policies of one patient, one asker, one type. */
export class Judge {
  readonly #heard: readonly (readonly Rule[])[]
  readonly #fixed: Verdict | undefined
  readonly #onFile: boolean
  /** Resources whose references a rule asks for. */
  readonly related: readonly string[]

  constructor(policies: readonly (readonly Rule[])[], hearing: Hearing, type: string) {
    this.#heard = policies.map((rules) => rules.filter((rule) => hears(rule, hearing, type)))
    this.#onFile = policies.some((rules) => grants(rules, hearing.research))
    const heard = this.#heard.flat()
    this.#fixed = heard.some(isDynamic) ? undefined : combine(this.#heard.map(weigh), this.#onFile)
    this.related = heard.flatMap((rule) => rule.data?.related ?? [])
  }

  verdict(matter: () => Matter): Verdict {
    if (this.#fixed) return this.#fixed
    const about = matter()
    return combine(
      this.#heard.map((rules) => weigh(rules.filter((rule) => matches(rule, about)))),
      this.#onFile,
    )
  }
}
