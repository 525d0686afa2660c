// https://www.rfc-editor.org/rfc/rfc4226#appendix-D and https://www.rfc-editor.org/rfc/rfc6238#appendix-B (SHA-1)
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase32, hotp, matchingStep, stepAt, toBase32 } from '../../src/server/issuer/totp.ts'

const secret = Buffer.from('12345678901234567890')

describe('vectors', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
  test.for(codes.map((code, counter) => [counter, code] as const))('HOTP %i', ([counter, code]) =>
    expect(hotp(secret, counter)).toBe(code),
  )

  test.for([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ] as const)('TOTP at %i', ([seconds, code]) => expect(hotp(secret, stepAt(seconds * 1000), 8)).toBe(code))

  test.for([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('base32 of "%s", RFC 4648 section 10', ([text, base32]) => expect(toBase32(Buffer.from(text!))).toBe(base32))
})

test('base32 comes back', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => fromBase32(toBase32(bytes)).equals(Buffer.from(bytes))))
})

test('a code is taken one step early and late, and no further', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 100_000_000 }), fc.integer({ min: -4, max: 4 }), (step, off) => {
      const found = matchingStep(secret, hotp(secret, step + off), step * 30_000)
      // Two steps share a code once in a million.
      return Math.abs(off) <= 1 ? found !== undefined : found !== step + off
    }),
  )
})

test.for(['', '12345', '1234567', 'abcdef', '１２３４５６', ' 287082'])('"%s" is no code', (code) =>
  expect(matchingStep(secret, code, 59_000)).toBeUndefined(),
)
