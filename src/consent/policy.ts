// All consents of a patient -> policies: which rules hold from when until when. A policy stands under the hash of its
// rules, so what is remembered of one can never be stale: a new consent gives the patient another policy. Pure.
import { hash } from 'node:crypto'
import { type ConsentRules, readConsent } from './read-consent.ts'
import type { Rule } from './rule.ts'

type Node = Record<string, unknown>

export interface Policy {
  /** UUID form of the first half of the rules' SHA-256. */
  readonly id: string
  /** JSON of the rules. */
  readonly text: string
  readonly rules: readonly Rule[]
}

export interface Slice {
  /** Milliseconds, half-open; infinite at the ends. */
  readonly from: number
  readonly until: number
  readonly policy: Policy
}

const within = ({ low, high }: { low: number; high: number }, at: number) => low <= at && at < high

/** Orders a before b. */
function before(a: ConsentRules, b: ConsentRules): boolean {
  const i = a.order.findIndex((value, n) => value !== b.order[n])
  return i >= 0 && a.order[i]! < b.order[i]!
}

/** Consents that are heard at a time: in force, and not replaced by a later signed one of the same kind. */
export function heardAt(consents: readonly ConsentRules[], at: number): ConsentRules[] {
  const candidates = consents.filter(({ period }) => within(period, at))
  return candidates.filter((c) => !candidates.some((other) => other.signed && other.key === c.key && before(c, other)))
}

function rulesAt(consents: readonly ConsentRules[], at: number): Rule[] {
  const said = heardAt(consents, at)
    .map(({ rules }) => rules.filter(({ period }) => !period || within(period, at)).map(({ rule }) => rule))
    .filter((rules) => rules.length > 0)
    .map((rules) => JSON.stringify(rules))
  // Without their order and who signed them: patients who agreed to the same share a policy.
  const unique = [...new Set(said)].sort()
  return unique.flatMap((text, consent) =>
    (JSON.parse(text) as Omit<Rule, 'consent'>[]).map((rule) => ({ ...rule, consent })),
  )
}

export function policyOf(rules: readonly Rule[]): Policy {
  const text = JSON.stringify(rules)
  const hex = hash('sha256', text, 'hex')
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
  return { id, text, rules }
}

/** The policies of a patient over time, those without any rule left out. */
export function policiesOf(consents: readonly Node[]): Slice[] {
  const read = consents.map(readConsent).filter((c) => c !== undefined)
  if (read.length === 0) return []
  const bounds = read.flatMap(({ period, rules }) => [period, ...rules.flatMap((r) => r.period ?? [])])
  const times = [...new Set([-Infinity, ...bounds.flatMap(({ low, high }) => [low, high])])]
    .filter((t) => t < Infinity)
    .sort((a, b) => a - b)
  const slices = times.map((from, i) => ({
    from,
    until: times[i + 1] ?? Infinity,
    policy: policyOf(rulesAt(read, from)),
  }))
  return merge(slices).filter(({ policy }) => policy.rules.length > 0)
}

function merge(slices: readonly Slice[]): Slice[] {
  const made: Slice[] = []
  for (const slice of slices) {
    const last = made.at(-1)
    if (last && last.policy.id === slice.policy.id) made[made.length - 1] = { ...last, until: slice.until }
    else made.push(slice)
  }
  return made
}
