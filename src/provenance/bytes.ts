// Bytes: joining, comparing, text as UTF-8 and numbers as decimal text. Pure; runs in browsers.

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/** Undefined for what is not UTF-8. A byte order mark stays: it is part of what was signed. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** For keeping: a part of a text keeps all of it in memory. */
export const copied = (text: string): string => decoder.decode(encoder.encode(text))

/** A hash for keeping: an array of 32 bytes takes five times as many. */
export const packed = (hash: Uint8Array): string => String.fromCharCode(...hash)

const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/

/** A size or index as C2SP writes them: ASCII decimal, no sign, no leading zeros. Undefined beyond 2^53 - 1. */
export function fromDecimal(text: string): number | undefined {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}
