// Random JSON texts together with what they mean: the tree they were printed from is the oracle.
import fc from 'fast-check'

/** A JSON text before printing. Objects are lists, so that keys may repeat. */
export type Tree =
  | { kind: 'object'; members: [key: string, value: Tree][] }
  | { kind: 'array'; items: Tree[] }
  | { kind: 'string'; text: string; printed: string }
  | { kind: 'number'; printed: string }
  | { kind: 'word'; printed: 'true' | 'false' | 'null' }

const SHORT: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}
const hex = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** One of the ways in which RFC 8259 lets a UTF-16 unit be written. */
function printUnit(unit: string, way: number): string {
  if (way % 4 === 0) return hex(unit)
  if (way % 4 === 1) return hex(unit).toUpperCase().replace('\\U', '\\u')
  if (SHORT[unit]) return SHORT[unit]
  if (unit < ' ') return hex(unit)
  return unit === '/' && way % 4 === 2 ? '\\/' : unit
}

const unit = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  fc.constantFrom('"', '\\', '/', '\0', '\u001f', '\u007f', '\u2028', '\ud800', '\udfff', '\u{1f600}', ' ', 'é'),
)
const printedString = fc.array(fc.tuple(unit, fc.nat(15)), { maxLength: 8 }).map((parts) => ({
  text: parts.map(([u]) => u).join(''),
  printed: `"${parts.flatMap(([u, way]) => u.split('').map((one) => printUnit(one, way))).join('')}"`,
}))

/** Every shape of RFC 8259 section 6, most of them beyond what a double keeps. */
export const decimalText = fc
  .tuple(
    fc.boolean(),
    fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,24}$/)),
    fc.option(fc.stringMatching(/^[0-9]{1,24}$/), { nil: undefined }),
    fc.option(fc.stringMatching(/^[eE][+-]?[0-9]{1,4}$/), { nil: undefined }),
  )
  .map(
    ([minus, whole, fraction, power]) => `${minus ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}${power ?? ''}`,
  )

const KEYS = ['a', 'b', 'given', '', '__proto__', 'constructor', 'toString', 'rawJSON', 'é"\\', '\u0000', '0', '10']

export const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<Tree>(
      { kind: 'word', printed: 'true' },
      { kind: 'word', printed: 'false' },
      { kind: 'word', printed: 'null' },
    ),
    decimalText.map((printed): Tree => ({ kind: 'number', printed })),
    printedString.map((s): Tree => ({ kind: 'string', ...s })),
    fc.array(tie('tree'), { maxLength: 4 }).map((items): Tree => ({ kind: 'array', items })),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 3 })), tie('tree')), { maxLength: 6 })
      .map((members): Tree => ({ kind: 'object', members })),
  ),
})).tree

/** What a tree means. Not asked of JSON.parse: V8 of Node 24.21 confuses keys that are written with escapes. */
export function meaning(node: Tree): unknown {
  if (node.kind === 'array') return node.items.map(meaning)
  if (node.kind === 'string') return node.text
  if (node.kind === 'number') return Number(node.printed)
  if (node.kind === 'word') return node.printed === 'null' ? null : node.printed === 'true'
  // Unlike assignment this takes __proto__ for an ordinary name; the last of equal keys holds.
  return Object.fromEntries(node.members.map(([key, value]) => [key, meaning(value)]))
}

const BLANKS = ['', '', ' ', '\n', '\r\n', '\t  ']

/** The text of a tree; `gap` chooses the white space between its tokens. */
export function print(node: Tree, gap: () => string = () => ''): string {
  if (node.kind === 'array') return `[${gap()}${node.items.map((i) => print(i, gap) + gap()).join(`,${gap()}`)}]`
  if (node.kind !== 'object') return node.printed
  const members = node.members.map(([k, v]) => `${JSON.stringify(k)}${gap()}:${gap()}${print(v, gap)}${gap()}`)
  return `{${gap()}${members.join(`,${gap()}`)}}`
}

/** A tree and one of its texts. */
export const treeAndText = fc.tuple(tree, fc.infiniteStream(fc.nat(BLANKS.length - 1))).map(([made, gaps]) => {
  const gap = () => BLANKS[gaps.next().value as number]!
  return { tree: made, text: gap() + print(made, gap) + gap() }
})

/** Paths of keys that repeat one before them in the same object, in the order in which a reader meets them. */
export function repeatedKeys(node: Tree, path: (string | number)[] = []): (string | number)[][] {
  if (node.kind === 'array') return node.items.flatMap((item, i) => repeatedKeys(item, [...path, i]))
  if (node.kind !== 'object') return []
  return node.members.flatMap(([key, value], i) => {
    const repeats = node.members.slice(0, i).some(([before]) => before === key)
    return [...(repeats ? [[...path, key]] : []), ...repeatedKeys(value, [...path, key])]
  })
}
