// Canonical JSON (RFC 8785, https://www.rfc-editor.org/rfc/rfc8785) of strings, safe integers, arrays and objects. Pure.
// The rest is refused: decimals would lose their digits (1.10 becomes 1.1), and null and booleans are not needed in a leaf.
import { HealthChainError } from '../kernel/errors.ts'

export type Canonical = string | number | readonly Canonical[] | { readonly [key: string]: Canonical }

const MAX_DEPTH = 16

const refuse = (): never => {
  throw new HealthChainError(
    'fault',
    'not-canonical',
    'Only Unicode, safe integers, lists and plain objects are logged: correct the caller.',
  )
}

/** The one text of a value. @throws HealthChainError fault, for whatever is not a Canonical */
export const canonicalJson = (value: Canonical): string => printed(value, 0)

/** The value of a text that `canonicalJson` printed; undefined for every other text, whatever JSON it may be. */
export function parseCanonicalJson(text: string): Canonical | undefined {
  try {
    const value = JSON.parse(text) as Canonical
    // Repeated keys, white space, other escapes and other orders all print differently.
    return canonicalJson(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

function printed(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) refuse()
  if (typeof value === 'string') return printedString(value)
  // Section 3.2.2.3: String() is ECMAScript's own format, and prints -0 as 0.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : refuse()
  if (Array.isArray(value)) return `[${Array.from(value, (item) => printed(item, depth + 1)).join(',')}]`
  if (isPlain(value)) return printedObject(value, depth)
  return refuse()
}

// Section 3.2.2.2: JSON.stringify escapes as RFC 8785 asks, but prints lone surrogates, which are no Unicode.
const printedString = (text: string): string => (text.isWellFormed() ? JSON.stringify(text) : refuse())

// Not without a prototype either: such is JSON.rawJSON, which would print as an object.
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

function printedObject(value: Record<string, unknown>, depth: number): string {
  if (Object.getOwnPropertySymbols(value).length > 0) refuse()
  // Section 3.2.3: by UTF-16 code units, which is how sort() compares strings.
  const members = Object.keys(value)
    .sort()
    .map((key) => `${printedString(key)}:${printed(value[key], depth + 1)}`)
  return `{${members.join(',')}}`
}
