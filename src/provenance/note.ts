// Signed notes, https://c2sp.org/signed-note: text, an empty line, signature lines. Pure; runs in browsers. The text of a
// note is worth nothing before `openNote` has found a signature of a known key.
import { fromBase64, toBase64 } from './base64.ts'
import { concat, fromUtf8, hex } from './bytes.ts'

export interface NoteSignature {
  readonly name: string
  /** The first four bytes, as 8 hexadecimal digits. */
  readonly keyId: string
  /** What follows the key id. */
  readonly bytes: Uint8Array
}

export interface Note {
  /** What was signed, its last newline included. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A public key under a name, able to check. */
export interface NoteVerifier {
  readonly name: string
  readonly keyId: string
  readonly type: number
  readonly publicKey: Uint8Array
  verify(text: string, signature: Uint8Array): Promise<boolean>
}

export type NoteFault = 'malformed-note' | 'bad-signature' | 'no-known-signature'

/** Twice what a checkpoint with 64 post-quantum signatures takes. */
const NOTE_MAX = 512 * 1024
const SIGNATURES_MAX = 64
const KEY_ID_SIZE = 4

// biome-ignore lint/suspicious/noControlCharactersInRegex: the specification names exactly these
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/
// Narrower than the specification: a name is shown to people, who must see all of it and nothing else. No spaces, nothing
// that a terminal would obey, hide or turn around, and nothing of which Unicode does not say what it is.
const NAME = /^[^\p{Z}\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{DI}+]+$/u
const LINE = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u

export const isKeyName = (name: string): boolean => NAME.test(name)

/** What a signed note may hold: Unicode, and no control character but the newline. */
export const isNoteText = (text: string): boolean => text.isWellFormed() && !CONTROL.test(text)

/** Undefined unless the note has the one form of the specification. Says nothing of who signed. */
export function parseNote(note: string | Uint8Array): Note | undefined {
  if (note.length > NOTE_MAX) return undefined
  const whole = typeof note === 'string' ? note : fromUtf8(note)
  if (!whole || !isNoteText(whole) || !whole.endsWith('\n')) return undefined
  // The last empty line separates: the text may have empty lines of its own.
  const end = whole.lastIndexOf('\n\n')
  if (end < 0) return undefined
  const signatures = parseSignatureLines(whole.slice(end + 2))
  return signatures && { text: whole.slice(0, end + 1), signatures }
}

/** Lines as they end a note, and as a witness answers them; undefined if any is malformed, or if there is none. */
export function parseSignatureLines(lines: string): NoteSignature[] | undefined {
  if (!lines.endsWith('\n')) return undefined
  const split = lines.slice(0, -1).split('\n')
  if (split.length > SIGNATURES_MAX) return undefined
  const signatures = split.map(parseLine)
  return signatures.every((signature) => signature !== undefined) ? signatures : undefined
}

function parseLine(line: string): NoteSignature | undefined {
  const [, name, encoded] = LINE.exec(line) ?? []
  if (!name || !encoded || !isKeyName(name)) return undefined
  const bytes = fromBase64(encoded)
  if (!bytes || bytes.length <= KEY_ID_SIZE) return undefined
  return { name, keyId: hex(bytes.subarray(0, KEY_ID_SIZE)), bytes: bytes.slice(KEY_ID_SIZE) }
}

/** One line, its newline included. */
export function signatureLine({ name, keyId, bytes }: NoteSignature): string {
  const id = Uint8Array.from({ length: KEY_ID_SIZE }, (_, i) => Number.parseInt(keyId.slice(2 * i, 2 * i + 2), 16))
  return `\u2014 ${name} ${toBase64(concat([id, bytes]))}\n`
}

/** `text` must end in a newline and hold no other control character. */
export const formatNote = ({ text, signatures }: Note): string => `${text}\n${signatures.map(signatureLine).join('')}`

/**
 * Reads a note and checks it: every signature of a known key must be right, and there must be one. Unknown keys are
 * passed over; a key that signed twice counts once. The answer names who signed.
 */
export async function openNote(
  note: string | Uint8Array,
  known: readonly NoteVerifier[],
): Promise<Opened | { fault: NoteFault }> {
  const parsed = parseNote(note)
  if (!parsed) return { fault: 'malformed-note' }
  const signed = parsed.signatures.flatMap((signature) => {
    const key = known.find(({ name, keyId }) => name === signature.name && keyId === signature.keyId)
    return key ? [{ key, signature }] : []
  })
  const right = await Promise.all(signed.map(({ key, signature }) => key.verify(parsed.text, signature.bytes)))
  if (!right.every((is) => is)) return { fault: 'bad-signature' }
  if (signed.length === 0) return { fault: 'no-known-signature' }
  return { text: parsed.text, signed: signed.filter(({ key }, i) => signed.findIndex((s) => s.key === key) === i) }
}

/** A note whose text may be believed. */
export interface Opened {
  readonly text: string
  readonly signed: readonly { readonly key: NoteVerifier; readonly signature: NoteSignature }[]
}
