// `_filter`, the part that AND, OR and NOT need: https://hl7.org/fhir/R4/search_filter.html. Pure.
//   date ge 2020-01-01 and date lt 2020-07-01 and not (status eq cancelled or status eq unknown)
// Operators: eq ne gt lt ge le sa eb ap for dates, eq ne for tokens, sw for strings, re for references.
import { HealthChainError } from '../kernel/errors.ts'
import type { Filter, Subject } from './ast.ts'
import { parameterOf, parseValue } from './parameters.ts'

const TOKEN = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y
const NESTING_MAX = 20
const TERMS_MAX = 100

const refuse = (message: string) => new HealthChainError('incorrect', 'bad-filter', message)

interface Token {
  text: string
  quoted: boolean
}

function tokens(text: string): Token[] {
  const out: Token[] = []
  TOKEN.lastIndex = 0
  const end = text.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text)
    if (!match) throw refuse('_filter has an unclosed quote.')
    const quoted = match[2] !== undefined
    out.push({ text: quoted ? match[2]!.replaceAll(/\\(.)/g, '$1') : (match[1] ?? match[3])!, quoted })
  }
  return out
}

const BY_TYPE: Record<string, string[]> = {
  date: ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'],
  token: ['eq', 'ne'],
  string: ['sw'],
  reference: ['re', 'eq'],
}
const typeOf = (subject: Subject) =>
  'parameter' in subject ? subject.parameter.type : subject.column === 'id' ? 'token' : 'date'

/** @throws HealthChainError incorrect, saying which operators the parameter takes. */
export function parseFilter(type: string, text: string, now: number): Filter {
  const list = tokens(text)
  let at = 0
  let terms = 0
  const word = () => (list[at]?.quoted ? undefined : list[at]?.text)

  const group = (op: 'and' | 'or', inner: (depth: number) => Filter, depth: number): Filter => {
    const filters = [inner(depth)]
    while (word() === op) {
      at++
      filters.push(inner(depth))
    }
    return filters.length === 1 ? filters[0]! : { op, filters }
  }
  // `and` binds closer than `or`.
  const either = (depth: number): Filter => group('or', both, depth)
  const both = (depth: number): Filter => group('and', term, depth)
  const term = (depth: number): Filter => {
    if (depth > NESTING_MAX || ++terms > TERMS_MAX) throw refuse('_filter is too long or nested too deeply.')
    if (word() === 'not') {
      at++
      return { op: 'not', filter: term(depth + 1) }
    }
    if (word() !== '(') return comparison()
    at++
    const inner = either(depth + 1)
    if (word() !== ')') throw refuse('_filter has an unclosed parenthesis.')
    at++
    return inner
  }
  const comparison = (): Filter => {
    const [name, operator, value] = [list[at]?.text, list[at + 1]?.text, list[at + 2]?.text]
    at += 3
    if (!name || !operator || value === undefined) throw refuse('_filter is made of: parameter operator value.')
    if (value.trim() === '') throw refuse('_filter holds an empty value: leave its term out.')
    if (value.includes('\0')) throw refuse('_filter holds a character that no FHIR text has (U+0000).')
    const subject = parameterOf(type, name)
    if (!subject) throw refuse(`${type} has no search parameter under a name that _filter uses.`)
    const kind = typeOf(subject)
    if (!BY_TYPE[kind]!.includes(operator)) throw refuse(`In _filter a ${kind} takes: ${BY_TYPE[kind]!.join(' ')}.`)
    const dated = kind === 'date'
    const values = [parseValue(subject, dated ? operator + value : value, now)]
    const test: Filter = { op: 'test', subject, values }
    return operator === 'ne' && !dated ? { op: 'not', filter: test } : test
  }

  const result = either(0)
  if (at < list.length) throw refuse('_filter has something left over: join terms with and, or.')
  return result
}
