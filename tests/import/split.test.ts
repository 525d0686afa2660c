// Splitting against slow oracles: the whole text cut at line ends; the whole document parsed at once. With parseJson:
// JSON.parse of Node 24 takes `{"a":1,"\"":1}` for `{"a":1,"\\":1}` once it has seen the latter (V8 13.6).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Piece } from '../../src/interactions/import/piece.ts'
import { type DocumentPiece, DocumentSplitter } from '../../src/interactions/import/split-document.ts'
import { LineSplitter } from '../../src/interactions/import/split-lines.ts'
import { parseJson } from '../../src/kernel/json.ts'
import { chunks } from './chunked.ts'

function lines(bytes: Buffer | string, cuts: number[] = [], limit?: number): Piece[] {
  const splitter = new LineSplitter(limit)
  return [...chunks(Buffer.from(bytes), cuts).flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]
}

function pieces(bytes: Buffer | string, cuts: number[] = [], bundle = (_root: number) => true, limit?: number) {
  const splitter = new DocumentSplitter(bundle, limit)
  return [...chunks(Buffer.from(bytes), cuts).flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]
}

const of = (all: DocumentPiece[], kind: DocumentPiece['kind']) => all.filter((piece) => piece.kind === kind)
const cuts = fc.array(fc.nat(2000), { maxLength: 60 })
const space = fc.constantFrom('', ' ', '\n', '\r\n', '\t', '\n  ')
/** JSON with everything that could mislead: brackets, quotes and backslashes in strings, `entry` at every depth. */
const tricky = fc.constantFrom('entry', '"', '\\', '\\"', '{', '}', '[', ']', ',', ':', '\n', 'é', '😀', '\u2028', '')
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value))
const text = fc.oneof(
  json,
  fc.array(tricky).map((parts) => JSON.stringify(parts.join(''))),
  fc.dictionary(tricky, fc.array(tricky)).map((value) => JSON.stringify(value, null, 1)),
)
const object = fc.tuple(tricky, text, space).map(([key, value, gap]) => `{${gap}${JSON.stringify(key)}:${gap}${value}}`)

describe('NDJSON is split at its line ends', () => {
  const line = fc
    .array(fc.oneof(tricky, fc.constant(' ')), { maxLength: 8 })
    .map((parts) => parts.join('').replace(/\n/g, ''))

  it('wherever the chunks are cut, through characters too', () => {
    const ends = fc.constantFrom('\n', '\r\n')
    fc.assert(
      fc.property(fc.array(line), ends, fc.boolean(), fc.boolean(), cuts, (texts, end, ended, mark, at) => {
        const whole = (mark ? '\uFEFF' : '') + texts.join(end) + (ended ? end : '')
        const expected = whole
          .replace(/^\uFEFF/, '')
          .split(/\r?\n/)
          .map((each, index) => ({ line: index + 1, text: each }))
          .filter((each) => !/^[ \t]*$/.test(each.text))
        expect(lines(whole, at)).toEqual(expected)
      }),
    )
  })

  it('malformed UTF-8, an encoded surrogate too, is a fault of its line only', () => {
    const bytes = Buffer.concat([
      Buffer.from('"a"\n"'),
      Buffer.from('ff', 'hex'),
      Buffer.from('"\n"'),
      Buffer.from('eda080', 'hex'),
      Buffer.from('"\n"b"'),
    ])
    expect(lines(bytes)).toEqual([
      { line: 1, text: '"a"' },
      { line: 2, fault: 'not valid UTF-8' },
      { line: 3, fault: 'not valid UTF-8' },
      { line: 4, text: '"b"' },
    ])
  })

  it('a line above the limit is a fault and the next is read, however it arrives', () => {
    const bytes = `"a"\n"${'x'.repeat(1_000_000)}"\n"b"`
    for (const at of [[], [1, 2, 3, 500_000, 1_000_008], Array.from({ length: 1000 }, (_, index) => index * 1000)]) {
      const [a, b, c, ...more] = lines(bytes, at, 999_999)
      expect([a, c, more]).toEqual([{ line: 1, text: '"a"' }, { line: 3, text: '"b"' }, []])
      expect(b).toMatchObject({ line: 2, fault: expect.stringMatching(/larger than 1 MB/) })
    }
    expect(lines(bytes, [], 1_000_002).map(({ line }) => line)).toEqual([1, 2, 3])
  })
})

describe('a Bundle is split into its entries', () => {
  const key = fc.constantFrom('type', 'id', 'meta', 'link', 'Entry', 'entry ', 'resourceType', '\\u0065ntries')
  const member = fc.tuple(key, text).map(([name, value]) => `"${name}":${value}`)
  const entryName = fc.constantFrom('entry', '\\u0065ntry', 'entr\\u0079')

  it('as a parser of the whole would find them, wherever the chunks are cut', () => {
    const args = [fc.array(object), fc.array(member), fc.array(member), entryName, space, cuts] as const
    fc.assert(
      fc.property(...args, (entries, before, after, name, gap, at) => {
        const list = `"${name}"${gap}:${gap}[${gap}${entries.join(`${gap},${gap}`)}${gap}]`
        const whole = `${gap}{${gap}${[...before, list, ...after].join(`${gap},${gap}`)}${gap}}${gap}`
        const found = pieces(whole, at)
        const elements = of(found, 'element')
        expect(elements.map((piece) => piece.text)).toEqual(entries)
        const oracle = parseJson(whole).value as { entry: unknown[] }
        expect(elements.map((piece) => parseJson(piece.text!).value)).toEqual(oracle.entry)
        const [root, ...more] = of(found, 'root')
        expect(more).toEqual([])
        expect(root).toMatchObject({ closed: true, elements: entries.length, root: 0 })
        expect(parseJson(root!.text!).value).toEqual({ ...oracle, entry: entries.map(() => ({})) })
      }),
      { numRuns: 500 },
    )
  })

  it('and each is told with the line where it starts', () => {
    fc.assert(
      fc.property(fc.array(object, { minLength: 1 }), cuts, (entries, at) => {
        const whole = `{\n"id":"x",\n"entry":[\n${entries.join(',\n\n')}\n]}`
        let line = 4
        for (const [index, piece] of of(pieces(whole, at), 'element').entries()) {
          expect(piece.line).toBe(line)
          line += entries[index]!.split('\n').length + 1
        }
      }),
    )
  })

  it('an element named entry deeper down, or the entry of a List, stays where it is', () => {
    const list = '{"resourceType":"List","entry":[{"item":{"reference":"Patient/1"}}]}'
    expect(
      of(
        pieces(list, [], () => false),
        'element',
      ),
    ).toEqual([{ kind: 'element', root: 0, line: 1, text: list }])
    const deep = '{"meta":{"entry":[{"a":1}]},"x":["entry",[{"b":1}]],"entry":{"entry":[{"c":1}]}}'
    expect(of(pieces(deep), 'element')).toEqual([])
    expect(of(pieces(deep), 'root')[0]?.text).toBe(deep)
  })

  it('an entry above the limit is a fault and the next is read', () => {
    const whole = `{"entry":[{"a":1},{"b":"${'x'.repeat(2000)}"},{"c":1}]}`
    for (const at of [[], [20, 500, 1500], Array.from({ length: 200 }, (_, index) => index * 10)]) {
      const [a, b, c] = of(
        pieces(whole, at, () => true, 1000),
        'element',
      )
      expect([a?.text, b?.text, c?.text]).toEqual(['{"a":1}', undefined, '{"c":1}'])
      expect(b?.fault).toMatch(/larger than/)
    }
  })

  it('malformed UTF-8 is a fault of its entry only', () => {
    const whole = Buffer.from('{"entry":[{"a":"?"},{"c":1}]}')
    whole[whole.indexOf('?')] = 0xff
    expect(of(pieces(whole), 'element').map(({ text, fault }) => text ?? fault)).toEqual(['not valid UTF-8', '{"c":1}'])
  })

  it('the end of the file inside tells where that began, and how far the rest got', () => {
    const within = (start: number, size: number, length: number) => length > start && length < start + size
    const whole = '{"id":1,\n"entry":[{"a":1},\n{"b":[1,"x"]}]}'
    for (let length = 1; length < whole.length; length++) {
      const found = pieces(whole.slice(0, length))
      const line = within(whole.indexOf('{"a'), 7, length) ? 2 : within(whole.indexOf('{"b'), 13, length) ? 3 : 1
      expect(of(found, 'broken')).toEqual([expect.objectContaining({ line })])
      expect(of(found, 'root')).toMatchObject([{ closed: false }])
    }
  })
})

describe('other documents', () => {
  it('a list is split into its elements', () => {
    fc.assert(
      fc.property(fc.array(object), space, cuts, (objects, gap, at) => {
        const found = pieces(`${gap}[${gap}${objects.join(`${gap},${gap}`)}${gap}]`, at)
        expect(of(found, 'element').map((piece) => piece.text)).toEqual(objects)
        expect(JSON.parse(of(found, 'root')[0]!.text!)).toEqual(objects.map(() => ({})))
      }),
    )
  })

  it('objects one behind the other are told apart, a byte order mark before them is skipped', () => {
    fc.assert(
      fc.property(fc.array(object, { minLength: 1 }), space, cuts, (objects, gap, at) => {
        const found = pieces(`\uFEFF${objects.join(gap)}`, at, () => false)
        expect(found.map(({ kind, text }) => [kind, text])).toEqual(objects.map((each) => ['element', each]))
      }),
    )
  })

  it.each([
    ['no JSON', '', 1, /no JSON/],
    ['white space only', '\n \n', 3, /no JSON/],
    ['another text', 'id,name\n1,x\n', 1, /expected a JSON object/],
    ['a bracket too many', '{"a":1}\n}\n{"b":1}', 2, /expected a JSON object/],
    ['half a byte order mark', Buffer.from('efbb7b7d', 'hex'), 1, /expected a JSON object/],
  ])('%s is told, once', (_title, bytes, line, fault) => {
    expect(of(pieces(bytes), 'broken')).toEqual([{ kind: 'broken', line, fault: expect.stringMatching(fault) }])
  })
})
