// SHA-256, FIPS 180-4 (https://csrc.nist.gov/pubs/fips/180-4/upd1/final), sections 5 and 6.2. Pure; FIPS's variable names.
// Only for the verifier: browsers hash asynchronously alone, and a million small hashes must not wait for a promise each.
// Nothing secret passes through it; the server hashes with the platform's own.
import { hmacWith } from '../hmac.ts'
import { HASH_SIZE, type Hash } from '../tree-hasher.ts'

const BLOCK = 64

const PRIMES: number[] = []
for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((prime) => n % prime > 0)) PRIMES.push(n)

/** 32 bits after the point of the k-th root of a prime, bit by bit and therefore exact; smaller than the tables of them. */
function rootBits(prime: number, k: bigint): number {
  const scaled = BigInt(prime) << (32n * k)
  let root = 0n
  for (let bit = 1n << 35n; bit > 0n; bit >>= 1n) if ((root | bit) ** k <= scaled) root |= bit
  return Number(BigInt.asIntN(32, root))
}

/** Section 4.2.2: 0x428a2f98, 0x71374491 … */
const K = Int32Array.from(PRIMES, (prime) => rootBits(prime, 3n))
/** Section 5.3.3: 0x6a09e667, 0xbb67ae85 … */
const H0 = Int32Array.from(PRIMES.slice(0, 8), (prime) => rootBits(prime, 2n))

// Used again by every call: nothing can come between, hashing is synchronous.
const H = new Int32Array(8)
const W = new Int32Array(64)
const padded = new Uint8Array(2 * BLOCK)
const lengthOf = new DataView(padded.buffer)

export function sha256(message: Uint8Array): Hash {
  H.set(H0)
  const whole = message.length - (message.length % BLOCK)
  for (let at = 0; at < whole; at += BLOCK) compress(message, at)
  const end = pad(message, whole)
  for (let at = 0; at < end; at += BLOCK) compress(padded, at)
  const digest = new Uint8Array(HASH_SIZE)
  for (let i = 0; i < HASH_SIZE; i++) digest[i] = H[i >> 2]! >>> (24 - 8 * (i & 3))
  return digest
}

/** Section 5.1.1: what follows the whole blocks, a 1 bit, zeros, and the length in bits. The end of it in `padded`. */
function pad(message: Uint8Array, whole: number): number {
  const rest = message.length - whole
  const end = rest + 9 > BLOCK ? 2 * BLOCK : BLOCK
  padded.fill(0)
  for (let i = 0; i < rest; i++) padded[i] = message[whole + i]!
  padded[rest] = 0x80
  lengthOf.setUint32(end - 8, Math.floor(message.length / 2 ** 29))
  lengthOf.setUint32(end - 4, message.length << 3)
  return end
}

/** Section 3.2: turns 32 bits to the right. */
const ROTR = (n: number, x: number): number => (x >>> n) | (x << (32 - n))

/** Section 6.2.2, one block. */
function compress(M: Uint8Array, at: number): void {
  for (let t = 0; t < 16; t++) {
    const i = at + 4 * t
    W[t] = (M[i]! << 24) | (M[i + 1]! << 16) | (M[i + 2]! << 8) | M[i + 3]!
  }
  for (let t = 16; t < 64; t++) {
    const x = W[t - 15]!
    const y = W[t - 2]!
    const s0 = ROTR(7, x) ^ ROTR(18, x) ^ (x >>> 3)
    const s1 = ROTR(17, y) ^ ROTR(19, y) ^ (y >>> 10)
    W[t] = (s1 + W[t - 7]! + s0 + W[t - 16]!) | 0
  }
  let a = H[0]!
  let b = H[1]!
  let c = H[2]!
  let d = H[3]!
  let e = H[4]!
  let f = H[5]!
  let g = H[6]!
  let h = H[7]!
  for (let t = 0; t < 64; t++) {
    const S1 = ROTR(6, e) ^ ROTR(11, e) ^ ROTR(25, e)
    const T1 = (h + S1 + ((e & f) ^ (~e & g)) + K[t]! + W[t]!) | 0
    const S0 = ROTR(2, a) ^ ROTR(13, a) ^ ROTR(22, a)
    const T2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + T1) | 0
    d = c
    c = b
    b = a
    a = (T1 + T2) | 0
  }
  H[0]! += a
  H[1]! += b
  H[2]! += c
  H[3]! += d
  H[4]! += e
  H[5]! += f
  H[6]! += g
  H[7]! += h
}

export const hmacSha256 = hmacWith(sha256)
