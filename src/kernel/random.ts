// The only place that draws at random.
import { randomBytes, randomUUID } from 'node:crypto'

/** A fresh resource id: a version 4 UUID fits FHIR's id type and tells nothing of time or order. */
export const newId = (): string => randomUUID()

// Asking the system takes longer than hashing what is asked for, and every write asks: so much at once, as randomUUID does.
const DRAWN = 4096
let drawn = Buffer.alloc(0)
let used = 0

/** @returns memory of its own; nothing of it stays here */
export function newSecret(bytes: number): Buffer {
  if (bytes > DRAWN / 16) return randomBytes(bytes)
  if (used + bytes > drawn.length) [drawn, used] = [randomBytes(DRAWN), 0]
  const secret = Buffer.from(drawn.subarray(used, used + bytes))
  drawn.fill(0, used, used + bytes)
  used += bytes
  return secret
}
