// Random searches: arguments, `_filter` text, order. Each knows the condition that it stands for.
import fc from 'fast-check'
import type { Condition, Parameter, SortKey } from './oracle.ts'
import { PARAMETERS } from './parameters.ts'
import { CODES, dateText, HOST, IDS, SYSTEMS, TEXTS } from './resources.ts'

const PREFIXES = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']
const PLAIN_CODES: Record<string, string[]> = {
  gender: ['male', 'female'],
  'address-use': ['home', 'work'],
  category: ['food', 'medication'],
  severity: ['mild', 'severe'],
  status: ['final', 'amended', 'active', 'stopped', 'planned', 'finished'],
  intent: ['order', 'plan'],
  priority: ['routine', 'urgent'],
  criticality: ['low', 'high'],
  active: ['true', 'false'],
  deceased: ['true', 'false'],
}
const from = <T>(...some: T[]) => fc.constantFrom(...some)

/** The system that a plain code has without saying so. */
function systemOf(parameter: Extract<Parameter, { type: 'token' }>, sample: Record<string, unknown>[]) {
  return sample.flatMap((r) => parameter.of(r)).find((t) => t.system?.startsWith('http://hl7.org/fhir/'))?.system
}

function tokenText(name: string, parameter: Extract<Parameter, { type: 'token' }>, sample: Record<string, unknown>[]) {
  if (name === '_id') return from(...IDS, 'none', '%', 'http://s|1', ...sample.map((r) => String(r.id)))
  if (['telecom', 'email', 'phone'].includes(name)) return from('1', '555 1', 'a@b.c', 'A@B.C')
  if (name === 'active' || name === 'deceased') return from('true', 'false', 'http://s/1|true')
  const held = sample.flatMap((r) => parameter.of(r))
  const heldText = from(...(held.length > 0 ? held : [{ system: 'http://s/1', code: 'none' }])).chain(
    ({ system, code }) =>
      from(...(code === undefined ? [] : [code, `${system ?? ''}|${code}`]), ...(system ? [`${system}|`] : ['none'])),
  )
  const codes = from(...(PLAIN_CODES[name] ?? CODES), 'none')
  const other = fc
    .tuple(codes, from('', '|', `${systemOf(parameter, sample) ?? 'http://s/2'}|`, ...SYSTEMS.map((s) => `${s}|`)))
    .map(([code, before]) => before + code)
  return fc.oneof({ weight: 3, arbitrary: heldText }, other)
}

type How = 'as is' | 'upper' | 'lower' | 'bare' | 'composed'
/** The beginning of one of the texts, with case, accents and spaces as people type them. */
const stringText = (texts: string[]) =>
  fc
    .tuple(
      from(...TEXTS, 'none', ...texts, ...texts),
      fc.nat(5),
      from<How>('as is', 'upper', 'lower', 'bare', 'composed'),
      from('', ' ', '  '),
    )
    .map(([text, length, how, space]) => {
      const start = [...text].slice(0, length + 1).join('')
      const changed = {
        'as is': start,
        upper: start.toUpperCase(),
        lower: start.toLowerCase(),
        bare: start.normalize('NFD').replace(/\p{M}/gu, ''),
        composed: start.normalize('NFC'),
      }[how]
      return space + changed.replace(' ', space || ' ') + space
    })
    .filter((text) => text.trim() !== '')

function valueText(name: string, parameter: Parameter, sample: Record<string, unknown>[]): fc.Arbitrary<string> {
  switch (parameter.type) {
    case 'token':
      return tokenText(name, parameter, sample)
    case 'string':
      return stringText(sample.flatMap((r) => parameter.of(r)))
    case 'date': {
      const stamps = sample.map((r) => String((r.meta as { lastUpdated: string }).lastUpdated))
      const texts = name === '_lastUpdated' ? from(...stamps, stamps[0]!.slice(0, 10), '2020') : dateText
      // Nothing compares with the last moment that can be written.
      return fc
        .tuple(
          from(...PREFIXES),
          texts.filter((t) => !t.startsWith('9999')),
        )
        .map(([p, text]) => p + text)
    }
    case 'reference': {
      const types = from(...parameter.targets, 'Basic')
      const held = sample.flatMap((r) => parameter.of(r)).filter((text) => !text.includes('/_history/'))
      const ways = ['id', 'local', 'held', 'held', ...(name === 'patient' ? [] : ['absolute', 'uuid'])]
      return fc
        .tuple(types, from(...IDS, 'none'), from(...ways), from('Basic/1', ...held))
        .map(([type, id, way, text]) => {
          if (way === 'id') return id
          if (way === 'held') return text
          if (way === 'uuid') return 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'
          return `${way === 'absolute' ? `${HOST}/` : ''}${type}/${id}`
        })
    }
  }
}

type Test = Extract<Condition, { op: 'test' }>
const test = (type: string, sample: Record<string, unknown>[], most: number): fc.Arbitrary<Test> =>
  fc.constantFrom(...Object.keys(PARAMETERS[type]!)).chain((name) => testOf(type, sample, most, name))

const testOf = (type: string, sample: Record<string, unknown>[], most: number, name: string): fc.Arbitrary<Test> =>
  fc
    .array(valueText(name, PARAMETERS[type]![name]!, sample), { minLength: 1, maxLength: most })
    .map((values): Test => ({ op: 'test', name, values }))

/** A condition of `_filter`: one value to a test. */
const filter = (type: string, sample: Record<string, unknown>[]) =>
  fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      test(type, sample, 1),
      fc
        .tuple(from('and' as const, 'or' as const), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
        .map(([op, parts]): Condition => ({ op, parts })),
      tie('condition').map((part): Condition => ({ op: 'not', part })),
    ),
  })).condition

/** `_filter` text; `way` varies what the grammar leaves free. https://hl7.org/fhir/R4/search_filter.html */
export function filterText(condition: Condition, type: string, way: () => number): string {
  const inner = (part: Condition, binds: boolean) => {
    const text = filterText(part, type, way)
    return binds && way() % 3 > 0 ? text : `(${way() % 2 ? ' ' : ''}${text})`
  }
  switch (condition.op) {
    case 'and':
      return condition.parts.map((p) => inner(p, p.op === 'test' || p.op === 'not')).join(' and ')
    case 'or':
      return condition.parts.map((p) => inner(p, p.op !== 'or')).join(way() % 4 ? ' or ' : '  or\n')
    case 'not':
      return `not ${inner(condition.part, condition.part.op === 'test' || condition.part.op === 'not')}`
    case 'test':
      return comparison(condition, PARAMETERS[type]![condition.name]!, way)
  }
}

function comparison({ name, values: [value] }: Test, parameter: Parameter, way: () => number): string {
  const spelled = way() % 2 ? name.replaceAll('-', '_') : name
  const date = parameter.type === 'date' ? /^([a-z]{2})?(.*)$/.exec(value!)! : undefined
  const operator = { token: 'eq', string: 'sw', reference: way() % 2 ? 're' : 'eq', date: date?.[1] ?? 'eq' }[
    parameter.type
  ]
  const text = date?.[2] ?? value!
  const bare = /^[^\s()"]+$/.test(text) && way() % 2
  return `${spelled} ${operator} ${bare ? text : `"${text.replace(/["\\]/g, '\\$&')}"`}`
}

export interface Question {
  type: string
  given: Record<string, unknown>
  condition: Condition
  sort: SortKey[]
}

/** `sample`: resources of the type as stored, at least one. */
export function question(type: string, sample: Record<string, unknown>[]): fc.Arbitrary<Question> {
  const sorts = Object.entries(PARAMETERS[type]!).filter(([, p]) => p.sort)
  const key = fc.record({ name: from(...sorts.map(([name]) => name)), descending: fc.boolean() })
  const arguments_ = fc.oneof(
    { weight: 3, arbitrary: test(type, sample, 3).map((one) => ({ tests: [one], more: undefined })) },
    { weight: 3, arbitrary: filter(type, sample).map((more) => ({ tests: [], more })) },
    fc.record({
      tests: fc.uniqueArray(test(type, sample, 3), { maxLength: 2, selector: (t) => t.name }),
      more: filter(type, sample),
    }),
  )
  return fc
    .tuple(arguments_, fc.array(key, { maxLength: 3 }), fc.array(fc.nat(99), { minLength: 16, maxLength: 16 }))
    .map(([{ tests, more }, sort, ways]) => {
      let used = 0
      const way = () => ways[used++ % ways.length]!
      const given: Record<string, unknown> = {}
      for (const { name, values } of tests)
        given[name.replaceAll('-', '_')] = values.length === 1 && way() % 2 ? values[0] : values
      if (more) given._filter = filterText(more, type, way)
      if (sort.length > 0)
        given._sort = sort.map((k) => (k.descending ? '-' : '') + k.name).join(way() % 2 ? ',' : ', ')
      return { type, given, condition: { op: 'and', parts: more ? [...tests, more] : [...tests] }, sort }
    })
}

/** By code, mostly by date as well, in the order of the index that serves it. */
export function codedQuestion(type: string, sample: Record<string, unknown>[]): fc.Arbitrary<Question> {
  const date = fc.option(testOf(type, sample, 2, 'date'), { freq: 4, nil: undefined })
  const more = fc.option(test(type, sample, 1), { freq: 1, nil: undefined })
  const sort = from<SortKey[]>([], [{ name: 'date', descending: true }], [{ name: 'date', descending: false }])
  return fc.tuple(testOf(type, sample, 2, 'code'), date, more, sort).map(([code, ...[when, other, order]]) => {
    const further = other && !['code', 'date'].includes(other.name) ? [other] : []
    const parts = [code, ...(when ? [when] : []), ...further]
    const given: Record<string, unknown> = Object.fromEntries(
      parts.map(({ name, values }) => [name.replaceAll('-', '_'), values]),
    )
    if (order.length > 0) given._sort = order.map((k) => (k.descending ? '-' : '') + k.name).join()
    return { type, given, condition: { op: 'and', parts }, sort: order }
  })
}
