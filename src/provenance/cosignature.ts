// cosignature/v1: a witness says when it saw a checkpoint, https://c2sp.org/tlog-cosignature. Pure; runs in browsers.
import { concat, utf8 } from './bytes.ts'
import { type Check, SIGNATURE_SIZE } from './ed25519.ts'

/** Signature type of a timestamped Ed25519 cosignature. */
export const COSIGNATURE = 0x04
const TIME_SIZE = 8

/** What a witness signs: `text` is the note text of a checkpoint, `time` in seconds since the epoch. */
export const cosignedMessage = (text: string, time: number): Uint8Array => utf8(`cosignature/v1\ntime ${time}\n${text}`)

/** The signature of a note line: the time as big-endian uint64, then Ed25519's 64 bytes. */
export function timestamped(time: number, signature: Uint8Array): Uint8Array {
  const head = new Uint8Array(TIME_SIZE)
  new DataView(head.buffer).setBigUint64(0, BigInt(time))
  return concat([head, signature])
}

/** Seconds since the epoch; undefined for another length or a time that no clock of ours shows. */
export function cosignatureTime(bytes: Uint8Array): number | undefined {
  if (bytes.length !== TIME_SIZE + SIGNATURE_SIZE) return undefined
  const time = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0))
  return Number.isSafeInteger(time) ? time : undefined
}

export async function checkCosignature(check: Check, text: string, bytes: Uint8Array): Promise<boolean> {
  const time = cosignatureTime(bytes)
  return time !== undefined && (await check(cosignedMessage(text, time), bytes.subarray(TIME_SIZE)))
}
