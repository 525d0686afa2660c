import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hash64 } from '../../src/kernel/hash.ts'

const slow = (text: string) => createHash('sha256').update(text).digest().readBigInt64BE(0).toString()

it('hash64 is the first eight bytes of SHA-256 as a signed decimal', () => {
  // FIPS 180-2, appendix B.1: SHA-256("abc") = ba7816bf 8f01cfea …
  expect(hash64('abc')).toBe(BigInt.asIntN(64, 0xba7816bf8f01cfean).toString())
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(hash64(text)).toBe(slow(text))
    }),
  )
})

it('hash64 fits a bigint column, whatever the sign', () => {
  const hashes = Array.from({ length: 1000 }, (_, i) => BigInt(hash64(`sign ${i}`)))
  expect(hashes.every((h) => h >= -(2n ** 63n) && h < 2n ** 63n)).toBe(true)
  expect(new Set(hashes.map((h) => h < 0n))).toEqual(new Set([true, false]))
})

it('hash64 says the same before and after its memory has been emptied', () => {
  const before = hash64('kept')
  for (let i = 0; i < 100_001; i++) hash64(`fill ${i}`)
  expect(hash64('kept')).toBe(before)
  expect(hash64('fill 3')).toBe(slow('fill 3'))
})
