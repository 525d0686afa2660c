// JSON (RFC 8259) that loses nothing: decimals keep their digits, repeated keys are found instead of dropped. Pure.
// A number that a double would rewrite (1.10, 1.0e2, twenty digits) becomes a RawNumber, the platform's JSON.rawJSON,
// which JSON.stringify prints digit for digit. https://hl7.org/fhir/R4/json.html#decimal

/** A number whose text a double cannot reproduce; `rawJSON` is that text. */
export interface RawNumber {
  readonly rawJSON: string
}

export type Json = string | number | boolean | null | RawNumber | Json[] | { [key: string]: Json }

interface RawJson {
  rawJSON(text: string): RawNumber
  isRawJSON(value: unknown): value is RawNumber
}
const native = JSON as typeof JSON & RawJson

export const isRawNumber = (value: unknown): value is RawNumber => native.isRawJSON(value)
export const isNumber = (value: unknown): value is number | RawNumber =>
  typeof value === 'number' || native.isRawJSON(value)

/** The decimal text of a JSON number, as it was written. */
export const numberText = (value: number | RawNumber): string =>
  typeof value === 'number' ? String(value) : value.rawJSON

/** The value that prints as `text`: a plain number wherever a double reproduces the text, else a RawNumber. */
export function numberFrom(text: string): number | RawNumber {
  const number = Number(text)
  return String(number) === text ? number : native.rawJSON(text)
}

/** A JSON object: not null, not an array, not a RawNumber. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !native.isRawJSON(value)

export class JsonError extends Error {
  /** Offset in UTF-16 units where reading stopped. */
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** What `parseJson` found: the value, whether a plain JSON.parse would have rewritten a number, repeated keys. */
export interface ParsedJson {
  value: Json
  /** True when some number needs the lossless reading. */
  lossless: boolean
  /** Paths of repeated keys, outermost first: `['variables', 'res', 'name', 0, 'family']`. */
  duplicates: (string | number)[][]
}

const MAX_DEPTH = 200
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// The longest run that needs no unescaping; JSON forbids control characters inside strings.
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 section 7 names exactly these
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** Reads one JSON text strictly. @throws JsonError with the offset; the message never quotes the text. */
export function parseJson(text: string): ParsedJson {
  let at = 0
  let lossless = false
  const duplicates: (string | number)[][] = []
  const path: (string | number)[] = []

  const fail = (what: string): never => {
    throw new JsonError(`${what} at character ${at}`, at)
  }
  const blank = () => {
    for (;;) {
      const c = text.charCodeAt(at)
      if (c === 32 || c === 10 || c === 13 || c === 9) at++
      else return c
    }
  }
  const string = (): string => {
    at++
    let out = ''
    for (;;) {
      PLAIN.lastIndex = at
      PLAIN.test(text)
      const end = PLAIN.lastIndex
      const run = text.slice(at, end)
      at = end
      const c = text.charCodeAt(at)
      if (c === 34) {
        at++
        return out === '' ? run : out + run
      }
      if (c !== 92) return fail(at >= text.length ? 'unterminated string' : 'control character in a string')
      out += run + unescaped()
    }
  }
  const unescaped = (): string => {
    const c = text[at + 1] ?? ''
    if (c !== 'u') {
      const plain = ESCAPES[c]
      if (plain === undefined) return fail('unknown escape')
      at += 2
      return plain
    }
    const hex = text.slice(at + 2, at + 6)
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) return fail('malformed \\u escape')
    at += 6
    return String.fromCharCode(Number.parseInt(hex, 16))
  }
  const number = (): number | RawNumber => {
    NUMBER.lastIndex = at
    if (!NUMBER.test(text)) return fail('unexpected character')
    const source = text.slice(at, NUMBER.lastIndex)
    at = NUMBER.lastIndex
    const value = numberFrom(source)
    if (typeof value !== 'number') lossless = true
    return value
  }
  const object = (): Json => {
    at++
    const out: { [key: string]: Json } = {}
    if (blank() === 125) {
      at++
      return out
    }
    for (;;) {
      if (blank() !== 34) return fail('expected a property name')
      const key = string()
      if (blank() !== 58) return fail('expected a colon')
      at++
      path.push(key)
      if (Object.hasOwn(out, key)) duplicates.push([...path])
      const member = value()
      path.pop()
      // __proto__ is an ordinary name in JSON; assignment would swap the prototype instead.
      if (key === '__proto__') Object.defineProperty(out, key, { value: member, enumerable: true, writable: true })
      else out[key] = member
      const c = blank()
      at++
      if (c === 125) return out
      if (c !== 44) {
        at--
        return fail('expected a comma or the end of the object')
      }
    }
  }
  const array = (): Json => {
    at++
    const out: Json[] = []
    if (blank() === 93) {
      at++
      return out
    }
    for (;;) {
      path.push(out.length)
      out.push(value())
      path.pop()
      const c = blank()
      at++
      if (c === 93) return out
      if (c !== 44) {
        at--
        return fail('expected a comma or the end of the array')
      }
    }
  }
  const word = (expected: string, result: boolean | null): boolean | null => {
    if (!text.startsWith(expected, at)) return fail('unexpected character')
    at += expected.length
    return result
  }
  const value = (): Json => {
    if (path.length > MAX_DEPTH) return fail(`nested deeper than ${MAX_DEPTH} levels`)
    switch (blank()) {
      case 123:
        return object()
      case 91:
        return array()
      case 34:
        return string()
      case 116:
        return word('true', true)
      case 102:
        return word('false', false)
      case 110:
        return word('null', null)
      default:
        return number()
    }
  }

  const result = value()
  blank()
  if (at < text.length) fail('unexpected text after the value')
  return { value: result, lossless, duplicates }
}

/** Reads text that this server wrote: no duplicates to look for, and the fast path where doubles suffice. */
export const readStored = (text: string, lossless: boolean): unknown =>
  lossless ? parseJson(text).value : JSON.parse(text)
