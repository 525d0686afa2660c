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
  /** Paths of repeated keys, a thousand at most, outermost first: `['variables', 'res', 'name', 0, 'family']`. */
  duplicates: (string | number)[][]
}

const MAX_DEPTH = 200
/** More paths than anyone reads; without an end a short text could name its keys at great length. */
const DUPLICATES_MAX = 1000
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// The longest run that needs no unescaping; JSON forbids control characters inside strings.
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 section 7 names exactly these
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPES: Record<string, string | undefined> = {
  __proto__: null as never,
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
  const reader = new JsonReader(text)
  const value = reader.whole()
  return { value, lossless: reader.lossless, duplicates: reader.duplicates }
}

const QUOTE = 34
const BACKSLASH = 92

/** A recursive descent over one text. A class, not closures: those would be made anew for every request. */
class JsonReader {
  readonly text: string
  at = 0
  lossless = false
  readonly duplicates: (string | number)[][] = []
  readonly path: (string | number)[] = []

  constructor(text: string) {
    this.text = text
  }

  fail(what: string): never {
    throw new JsonError(`${what} at character ${this.at}`, this.at)
  }

  whole(): Json {
    const value = this.value()
    this.blank()
    if (this.at < this.text.length) this.fail('unexpected text after the value')
    return value
  }

  /** Skips white space; the code of what stands there. */
  blank(): number {
    for (;;) {
      const c = this.text.charCodeAt(this.at)
      if (c === 32 || c === 10 || c === 13 || c === 9) this.at++
      else return c
    }
  }

  value(): Json {
    if (this.path.length > MAX_DEPTH) this.fail(`nested deeper than ${MAX_DEPTH} levels`)
    switch (this.blank()) {
      case 123:
        return this.object()
      case 91:
        return this.array()
      case QUOTE:
        return this.string()
      case 116:
        return this.word('true', true)
      case 102:
        return this.word('false', false)
      case 110:
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  string(): string {
    this.at++
    let out = ''
    for (;;) {
      PLAIN.lastIndex = this.at
      PLAIN.test(this.text)
      const end = PLAIN.lastIndex
      const run = this.text.slice(this.at, end)
      this.at = end
      const c = this.text.charCodeAt(end)
      if (c === QUOTE) {
        this.at++
        return out === '' ? run : out + run
      }
      if (c !== BACKSLASH) this.fail(end >= this.text.length ? 'unterminated string' : 'control character in a string')
      out += run + this.unescaped()
    }
  }

  unescaped(): string {
    const c = this.text[this.at + 1] ?? ''
    if (c !== 'u') {
      const plain = ESCAPES[c]
      if (plain === undefined) this.fail('unknown escape')
      this.at += 2
      return plain
    }
    const hex = this.text.slice(this.at + 2, this.at + 6)
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail('malformed \\u escape')
    this.at += 6
    return String.fromCharCode(Number.parseInt(hex, 16))
  }

  number(): number | RawNumber {
    NUMBER.lastIndex = this.at
    if (!NUMBER.test(this.text)) this.fail('unexpected character')
    const source = this.text.slice(this.at, NUMBER.lastIndex)
    this.at = NUMBER.lastIndex
    const value = numberFrom(source)
    if (typeof value !== 'number') this.lossless = true
    return value
  }

  object(): Json {
    this.at++
    const out: { [key: string]: Json } = {}
    if (this.blank() === 125) {
      this.at++
      return out
    }
    for (;;) {
      if (this.blank() !== QUOTE) this.fail('expected a property name')
      const key = this.string()
      if (this.blank() !== 58) this.fail('expected a colon')
      this.at++
      this.member(out, key)
      if (this.ends(125, 'object')) return out
    }
  }

  member(out: { [key: string]: Json }, key: string): void {
    this.path.push(key)
    if (Object.hasOwn(out, key) && this.duplicates.length < DUPLICATES_MAX) this.duplicates.push([...this.path])
    const value = this.value()
    this.path.pop()
    // __proto__ is an ordinary name in JSON; assignment would swap the prototype instead.
    if (key === '__proto__')
      Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true })
    else out[key] = value
  }

  array(): Json {
    this.at++
    const out: Json[] = []
    if (this.blank() === 93) {
      this.at++
      return out
    }
    for (;;) {
      this.path.push(out.length)
      out.push(this.value())
      this.path.pop()
      if (this.ends(93, 'array')) return out
    }
  }

  /** After a member: true at the closing bracket, false at a comma. */
  ends(bracket: number, what: string): boolean {
    const c = this.blank()
    if (c !== bracket && c !== 44) this.fail(`expected a comma or the end of the ${what}`)
    this.at++
    return c === bracket
  }

  word(expected: string, result: boolean | null): boolean | null {
    if (!this.text.startsWith(expected, this.at)) this.fail('unexpected character')
    this.at += expected.length
    return result
  }
}

/** Reads text that this server wrote: no duplicates to look for, and the fast path where doubles suffice. */
export const readStored = (text: string, lossless: boolean): unknown =>
  lossless ? parseJson(text).value : JSON.parse(text)
