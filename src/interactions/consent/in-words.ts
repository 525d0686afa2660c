// A rule of a consent as a sentence, for those who ask why. References and codes only, as they stand in the Consent. Pure.
import { ALL, LEVELS, sensitivityCodes, sensitivityMask } from '../../consent/labels.ts'
import type { ProvisionRule } from '../../consent/provision.ts'
import { ACTIONS, ANY_ACTION, type Rule } from '../../consent/rule.ts'

type Criteria = Omit<Rule, 'consent'>

const listed = (items: readonly string[], word = 'or') =>
  items.length < 2 ? (items[0] ?? 'nobody') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`

/** Codes that no other code of the set stands above. */
function topmost(mask: number): string[] {
  const codes = sensitivityCodes(mask)
  return codes.filter((code) => !codes.some((other) => other !== code && isAbove(other, code)))
}
const isAbove = (other: string, code: string) =>
  (sensitivityMask(other) & sensitivityMask(code)) === sensitivityMask(code)

function labels({ labels: masks, deny }: Criteria): string[] {
  const whole = masks.flatMap((mask, level) => (mask === ALL ? [level] : []))
  if (whole.length === masks.length) return []
  const codes = topmost(masks.find((mask) => mask !== ALL) ?? 0)
  const level = whole.length === 0 ? undefined : LEVELS[deny ? Math.min(...whole) : Math.max(...whole)]
  const parts = [
    ...(level === undefined ? [] : [`confidentiality ${level} ${deny ? 'and above' : 'and below'}`]),
    ...(codes.length === 0 ? [] : [`sensitivity ${listed(codes)}`]),
  ]
  return [parts.length === 0 ? 'of no label: it grants nothing' : `of ${parts.join(' or ')}`]
}

const day = (at: number | null) => (at === null || !Number.isFinite(at) ? undefined : new Date(at).toISOString())

function span(from: number | null, until: number | null): string {
  const [start, end] = [day(from), day(until)]
  return [...(start ? [`from ${start}`] : []), ...(end ? [`before ${end}`] : [])].join(' ')
}

function named({ data }: Criteria): string[] {
  if (!data) return []
  const { instances, dependents, related, authors } = data
  const parts = [
    ...(instances.length > 0 ? [`that are ${listed(instances)}`] : []),
    ...(dependents.length > 0 ? [`that refer to ${listed(dependents)}`] : []),
    ...(related.length > 0 ? [`that ${listed(related)} refers to`] : []),
    ...(authors.length > 0 ? [`written by ${listed(authors)}`] : []),
  ]
  return [parts.join(' or ')]
}

function matter(rule: Criteria): string {
  const { types = [], profiles = [], codes, authors, custodians, dataPeriod } = rule
  const classes = [...types, ...profiles]
  return [
    classes.length > 0 ? listed(classes) : 'all data',
    ...labels(rule),
    ...(codes ? [`coded ${listed(codes)}`] : []),
    ...(authors ? [`made by ${listed(authors)}`] : []),
    ...(custodians ? [`held by ${listed(custodians.map((id) => `Organization/${id}`))}`] : []),
    ...(dataPeriod ? [`about the time ${span(dataPeriod.from, dataPeriod.until)}`] : []),
    ...named(rule),
  ].join(', ')
}

function acts({ actions }: Criteria): string {
  if (actions === ANY_ACTION) return ''
  const named = Object.entries(ACTIONS).flatMap(([action, bit]) => ((actions & bit) === 0 ? [] : [action]))
  return ` to ${listed(named)}`
}

/** `Denies anybody all data, of sensitivity HIV, for any purpose.` */
export function inWords({ rule, period }: ProvisionRule): string {
  const who = rule.recipients ? listed(rule.recipients) : 'anybody'
  const why = rule.purposes ? `for ${listed(rule.purposes)}` : rule.research ? 'for research' : 'for any purpose'
  const when = period ? span(period.low, period.high) : ''
  return `${rule.deny ? 'Denies' : 'Permits'} ${who}${acts(rule)} ${matter(rule)}, ${why}${when && `, ${when}`}.`
}
