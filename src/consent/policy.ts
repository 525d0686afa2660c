// All consents of a patient -> policies: which hold from when until when. A policy is what one consent says, under the
// hash of its rules: patients who signed the same share it, and what is remembered of one can never be stale. Pure.
import { hash } from 'node:crypto'
import { type ConsentRules, readConsent } from './read-consent.ts'
import type { Rule } from './rule.ts'

type Node = Record<string, unknown>

/**
 * Version of this reading of consents: what stored policies are settled by. Whoever changes what a Consent is read as
 * counts it up, and every database settles its policies anew (src/store/consent/settle-all.ts).
 */
export const READING = '2026.11.6'

/** What one consent says at one time. */
export interface Policy {
  /** UUID form of the first half of the rules' SHA-256. */
  readonly hash: string
  /** JSON of the rules. */
  readonly text: string
  readonly rules: readonly Rule[]
}

export interface Slice {
  /** Milliseconds, half-open; infinite at the ends. */
  readonly from: number
  readonly until: number
  /** Every consent that is heard, in the order of their hashes. */
  readonly policies: readonly Policy[]
}

const within = ({ low, high }: { low: number; high: number }, at: number) => low <= at && at < high

/** Surely before: a date that says the year alone does not tell. Of the same date, in the order of recording. */
function before(a: ConsentRules, b: ConsentRules): boolean {
  if (a.given.low !== b.given.low || a.given.high !== b.given.high) return a.given.high <= b.given.low
  return a.recorded === b.recorded ? a.id < b.id : a.recorded < b.recorded
}

/** Two who signed together are not one who changed their mind: either could have been named by the other. */
const sameGiver = (a: ConsentRules, b: ConsentRules) =>
  a.givers.length === 1 && b.givers.length === 1 && a.givers[0] === b.givers[0]

/** What remains of a consent that was overtaken: whom it lets through, it no longer says. */
const deniesOf = (consent: ConsentRules): ConsentRules => ({
  ...consent,
  rules: consent.rules.filter(({ rule }) => rule.deny),
})

/** What somebody denied themselves they take back themselves; what the patient denied on paper, one of its signers. */
function takesBack(other: ConsentRules, consent: ConsentRules): boolean {
  if (consent.givers.length > 0) return sameGiver(consent, other)
  return other.givers.length <= 1 && other.signers.some((who) => consent.signers.includes(who))
}

/** Given by somebody themselves, or signed by the patient: another hand does not end what it denies. */
const isKept = ({ givers, signers }: ConsentRules) =>
  givers.length > 0 || signers.some((who) => who.startsWith('Patient/'))

/**
 * One consent among those that were given after it about the same matter. They replace it. But a deny is taken back only by
 * a hand that gave it: whatever another recorded since, the deny is heard beside it, and wins.
 */
function remains(consent: ConsentRules, later: readonly ConsentRules[]): ConsentRules | undefined {
  if (later.length === 0) return consent
  return isKept(consent) && !later.some((other) => takesBack(other, consent)) ? deniesOf(consent) : undefined
}

/** What is heard at a time: consents in force, less what a later signed one of the same kind has replaced. */
export function heardAt(consents: readonly ConsentRules[], at: number): ConsentRules[] {
  const candidates = consents.filter(({ period }) => within(period, at))
  return candidates.flatMap((c) => {
    const later = candidates.filter((other) => other.signed && other.key === c.key && before(c, other))
    return remains(c, later) ?? []
  })
}

/** Who signed it, and in which order they stand, is left out: patients who agreed to the same share a policy. */
function policiesAt(consents: readonly ConsentRules[], at: number): Policy[] {
  const said = heardAt(consents, at)
    .map(({ rules }) => rules.filter(({ period }) => !period || within(period, at)).map(({ rule }) => rule))
    .filter((rules) => rules.length > 0)
    .map(policyOf)
  return [...new Map(said.map((policy) => [policy.hash, policy])).values()].sort((a, b) => (a.hash < b.hash ? -1 : 1))
}

export function policyOf(rules: readonly Rule[]): Policy {
  const text = JSON.stringify(rules)
  const hex = hash('sha256', text, 'hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)]
  return { hash: parts.join('-'), text, rules }
}

/** Somebody is permitted something by its root: whom it does not name is not told by default. */
export const grants = (rules: readonly Rule[], research: boolean): boolean =>
  rules.some((rule) => rule.depth === 0 && !rule.deny && (!rule.research || research))

/** Names resources of one patient: of use to nobody else. */
export const isParticular = (rules: readonly Rule[]): boolean => rules.some(({ data }) => data !== undefined)

/** The policies of a patient over time, the times without any left out. */
export function policiesOf(consents: readonly Node[]): Slice[] {
  const read = consents.map(readConsent).filter((c) => c !== undefined)
  if (read.length === 0) return []
  const bounds = read.flatMap(({ period, rules }) => [period, ...rules.flatMap((r) => r.period ?? [])])
  const times = [...new Set([-Infinity, ...bounds.flatMap(({ low, high }) => [low, high])])]
    .filter((t) => t < Infinity)
    .sort((a, b) => a - b)
  const slices = times.map((from, i) => ({ from, until: times[i + 1] ?? Infinity, policies: policiesAt(read, from) }))
  return merge(slices).filter(({ policies }) => policies.length > 0)
}

const same = (a: Slice, b: Slice) =>
  String(a.policies.map(({ hash }) => hash)) === String(b.policies.map(({ hash }) => hash))

function merge(slices: readonly Slice[]): Slice[] {
  const made: Slice[] = []
  for (const slice of slices) {
    const last = made.at(-1)
    if (last && same(last, slice)) made[made.length - 1] = { ...last, until: slice.until }
    else made.push(slice)
  }
  return made
}
