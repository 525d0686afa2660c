// Whether a rule is about these data, labels apart. Pure. SQL says the same in consent_verdict (migrations).
import type { DateBounds } from '../fhir/dates.ts'
import { authorWord, codeWord, type Facts, linkWord, profileWord } from './facts.ts'
import type { DataCriterion, Rule } from './rule.ts'

/** Local references that a resource of this server holds; for `related`. */
export type Links = (reference: string) => ReadonlySet<string>

export interface Matter {
  readonly facts: Facts
  /** Bits of what is asked: access, and disclose where the recipient is not the custodian. */
  readonly actions: number
  readonly links: Links
}

export function matches(rule: Rule, { facts, actions, links }: Matter): boolean {
  const any = <T>(list: readonly T[] | undefined, holds: (value: T) => boolean) =>
    list === undefined || list.some(holds)
  return (
    (rule.deny ? (rule.actions & actions) !== 0 : (rule.actions & actions) === actions) &&
    isOfClass(rule, facts) &&
    any(rule.custodians, (id) => id === facts.custodian) &&
    any(rule.authors, (reference) => facts.words().has(authorWord(reference))) &&
    any(rule.codes, (code) => facts.words().has(codeWord(...split(code)))) &&
    (rule.dataPeriod === undefined || inPeriod(rule, facts.clinical())) &&
    (rule.data === undefined || isNamed(rule.data, facts, links))
  )
}

/** Codes hold no `|`, systems may. */
function split(token: string): [string, string] {
  const bar = token.lastIndexOf('|')
  return [token.slice(0, bar), token.slice(bar + 1)]
}

function isOfClass({ types, profiles }: Rule, facts: Facts): boolean {
  if (!types && !profiles) return true
  return (types?.includes(facts.type) ?? false) || (profiles?.some((p) => facts.words().has(profileWord(p))) ?? false)
}

/** A permit wants the data to lie within, a deny to touch; data without a time touch everything and lie in nothing. */
function inPeriod({ deny, dataPeriod }: Rule, clinical: DateBounds | undefined): boolean {
  if (!clinical) return deny
  const [from, until] = [dataPeriod!.from ?? -Infinity, dataPeriod!.until ?? Infinity]
  return deny ? clinical.low < until && clinical.high > from : clinical.low >= from && clinical.high <= until
}

function isNamed(data: DataCriterion, facts: Facts, links: Links): boolean {
  const self = `${facts.type}/${facts.id}`
  return (
    data.instances.includes(self) ||
    data.dependents.some((reference) => facts.words().has(linkWord(reference))) ||
    data.authors.some((reference) => facts.words().has(authorWord(reference))) ||
    data.related.some((reference) => links(reference).has(self))
  )
}
