// R4 search over resources in memory, written from the specification and sharing nothing with src/search.
// https://hl7.org/fhir/R4/search.html
import { type Span, spanOf } from '../fhir/calendar.ts'

export type Node = Record<string, unknown>

/** A code as a resource holds it. The system of a plain code is that of its value set. */
export interface Token {
  system?: string | undefined
  code?: string | undefined
}

/** What a search parameter sees of a resource. */
export type Parameter =
  | { type: 'token'; of: (r: Node) => Token[]; sort?: (r: Node) => string | undefined }
  | { type: 'date'; of: (r: Node) => Span[]; sort?: (r: Node) => number | undefined }
  | { type: 'string'; of: (r: Node) => string[]; sort?: (r: Node) => string | undefined }
  | { type: 'reference'; of: (r: Node) => string[]; targets: string[]; sort?: (r: Node) => string | undefined }

/** A condition: any of the values of one parameter, and how conditions join. */
export type Condition =
  | { op: 'and' | 'or'; parts: Condition[] }
  | { op: 'not'; part: Condition }
  | { op: 'test'; name: string; values: string[] }

// token, https://hl7.org/fhir/R4/search.html#token
function hasToken(tokens: Token[], asked: string): boolean {
  const bar = asked.indexOf('|')
  if (bar < 0) return tokens.some(({ code }) => code === asked)
  const [system, code] = [asked.slice(0, bar), asked.slice(bar + 1)]
  if (system === '') return tokens.some((t) => t.system === undefined && t.code === code)
  return tokens.some((t) => t.system === system && (code === '' || t.code === code))
}

// date, https://hl7.org/fhir/R4/search.html#prefix; ranges as in "Range semantics" of the specification
function hasDate(spans: Span[], asked: string, now: number): boolean {
  const prefix = /^[a-z]{2}/.exec(asked)?.[0] ?? 'eq'
  const s = spanOf(asked.replace(/^[a-z]{2}/, ''))!
  const contained = (t: Span) => s.from <= t.from && t.to <= s.to
  const above = (t: Span) => t.to > s.to
  const below = (t: Span) => t.from < s.from
  const overlaps = (a: Span, b: Span) => a.from < b.to && b.from < a.to
  const tenth = Math.abs(now - s.from) / 10
  const tests: Record<string, (t: Span) => boolean> = {
    eq: contained,
    ne: (t) => !contained(t),
    gt: above,
    lt: below,
    ge: (t) => above(t) || contained(t),
    le: (t) => below(t) || contained(t),
    sa: (t) => t.from >= s.to,
    eb: (t) => t.to <= s.from,
    ap: (t) => overlaps(t, { from: s.from - tenth, to: s.to + tenth }),
  }
  return spans.some(tests[prefix]!)
}

// string, https://hl7.org/fhir/R4/search.html#string
const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').split(/\s+/).filter(Boolean).join(' ')
function hasString(texts: string[], asked: string): boolean {
  const beginning = new RegExp(`^${plain(asked).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}`, 'iu')
  return texts.some((text) => beginning.test(plain(text)))
}
/** In the order of code points, whatever the case. */
export const sortable = (text: string) => [...plain(text)].map((c) => c.toUpperCase().toLowerCase()).join('')

// reference, https://hl7.org/fhir/R4/search.html#reference
const withoutVersion = (reference: string) => reference.split('/_history/')[0]!
function hasReference(references: string[], asked: string, targets: string[]): boolean {
  const wanted =
    asked.includes('/') || asked.includes(':') ? [withoutVersion(asked)] : targets.map((t) => `${t}/${asked}`)
  return references.some((reference) => wanted.includes(withoutVersion(reference)))
}

function holds(resource: Node, parameter: Parameter, asked: string, now: number): boolean {
  switch (parameter.type) {
    case 'token':
      return hasToken(parameter.of(resource), asked)
    case 'date':
      return hasDate(parameter.of(resource), asked, now)
    case 'string':
      return hasString(parameter.of(resource), asked)
    case 'reference':
      return hasReference(parameter.of(resource), asked, parameter.targets)
  }
}

export function matches(r: Node, condition: Condition, parameters: Record<string, Parameter>, now: number): boolean {
  switch (condition.op) {
    case 'and':
      return condition.parts.every((part) => matches(r, part, parameters, now))
    case 'or':
      return condition.parts.some((part) => matches(r, part, parameters, now))
    case 'not':
      return !matches(r, condition.part, parameters, now)
    case 'test':
      return condition.values.some((asked) => holds(r, parameters[condition.name]!, asked, now))
  }
}

export interface SortKey {
  name: string
  descending: boolean
}

/** By code point, as UTF-8 sorts; a resource without a value is the smallest. */
function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1
  if (typeof a === 'number' || typeof b === 'number') return a < b ? -1 : 1
  const [left, right] = [[...a], [...b]].map((t) => t.map((c) => c.codePointAt(0)!)) as [number[], number[]]
  for (let i = 0; i < Math.min(left.length, right.length); i++) if (left[i] !== right[i]) return left[i]! - right[i]!
  return left.length - right.length
}

/** In order, with the id last, which goes the way of the first key. */
export function inOrder(resources: Node[], keys: SortKey[], parameters: Record<string, Parameter>): Node[] {
  const first = keys[0]?.descending ? -1 : 1
  return resources.toSorted((a, b) => {
    for (const { name, descending } of keys) {
      const { sort } = parameters[name]!
      const order = compare(sort!(a), sort!(b))
      if (order !== 0) return descending ? -order : order
    }
    return first * compare(String(a.id), String(b.id))
  })
}
