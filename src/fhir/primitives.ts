// FHIR R4 primitive types: what may stand in each, https://hl7.org/fhir/R4/datatypes.html#primitive. Pure.
import { isNumber } from '../kernel/json.ts'
import { isNarrative } from './narrative.ts'

const DATE = /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?$/
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?$/
const ZONE = /(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: FHIR strings exclude exactly these
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/
const INT_MAX = 2_147_483_647
const STRING_MAX = 1_048_576

/** True for a calendar date of any precision; year 0000 is none. */
function isDate(text: string): boolean {
  const match = DATE.exec(text)
  if (!match || match[1] === '0000') return false
  if (!match[3]) return true
  const days = new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate()
  return Number(match[3]) <= days
}

function isDateTime(text: string): boolean {
  const t = text.indexOf('T')
  if (t < 0) return isDate(text)
  const zone = ZONE.exec(text)
  return t === 10 && zone !== null && isDate(text.slice(0, 10)) && TIME.test(text.slice(11, zone.index))
}

const isInteger = (value: unknown, min: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= INT_MAX

const isText = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= STRING_MAX &&
  /\S/.test(value) &&
  !CONTROL.test(value) &&
  value.isWellFormed()

const matching = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const uri = (value: unknown) => isText(value) && !/\s/.test(value)

function isBase64(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const packed = value.replaceAll(/\s/g, '')
  return packed.length > 0 && packed.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(packed)
}

const isXhtml = (value: unknown) => isText(value) && isNarrative(value)

interface Primitive {
  readonly test: (value: unknown) => boolean
  /** What the person at the keyboard should write instead. */
  readonly wants: string
}

const PRIMITIVES: Record<string, Primitive> = {
  boolean: { test: (v) => typeof v === 'boolean', wants: 'true or false' },
  integer: { test: (v) => isInteger(v, -INT_MAX - 1), wants: 'a whole number of 32 bits' },
  positiveInt: { test: (v) => isInteger(v, 1), wants: 'a whole number from 1' },
  unsignedInt: { test: (v) => isInteger(v, 0), wants: 'a whole number from 0' },
  decimal: { test: isNumber, wants: 'a JSON number' },
  string: { test: isText, wants: 'text that is not empty, without control characters, of at most 1 MB' },
  markdown: { test: isText, wants: 'text that is not empty, without control characters, of at most 1 MB' },
  code: {
    test: (v) => isText(v) && /^\S+(\s\S+)*$/.test(v),
    wants: 'a code without leading, trailing or double spaces',
  },
  id: { test: matching(/^[A-Za-z0-9\-.]{1,64}$/), wants: '1 to 64 letters, digits, - and .' },
  date: { test: (v) => typeof v === 'string' && isDate(v), wants: 'YYYY, YYYY-MM or YYYY-MM-DD' },
  dateTime: {
    test: (v) => typeof v === 'string' && isDateTime(v),
    wants: 'a date, or a date with time to the second and zone (2026-01-02T03:04:05Z)',
  },
  instant: {
    test: (v) => typeof v === 'string' && v.includes('T') && isDateTime(v),
    wants: 'a date with time to the second and zone (2026-01-02T03:04:05Z)',
  },
  time: { test: matching(TIME), wants: 'hh:mm:ss' },
  uri: { test: uri, wants: 'a URI without spaces' },
  url: { test: uri, wants: 'a URL without spaces' },
  canonical: { test: uri, wants: 'a canonical URL without spaces' },
  oid: { test: matching(/^urn:oid:[0-2](\.(0|[1-9]\d*))+$/), wants: 'urn:oid:…' },
  uuid: {
    test: matching(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    wants: 'urn:uuid: and a lower-case UUID',
  },
  base64Binary: { test: isBase64, wants: 'base64' },
  xhtml: { test: isXhtml, wants: 'one <div> of limited XHTML without scripts or forms' },
}

/** Undefined if the value is good for the type, else what the type wants. */
export function primitiveFault(type: string, value: unknown): string | undefined {
  const primitive = PRIMITIVES[type]
  if (!primitive) throw new TypeError(`no primitive type ${type}`)
  return primitive.test(value) ? undefined : primitive.wants
}
