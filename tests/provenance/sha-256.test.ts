// The verifier's own SHA-256 and HMAC: FIPS's examples, and equal to the platform's for every length and random bytes.
import { createHash, createHmac, hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import * as native from '../../src/provenance/native-hash.ts'
import { hmacSha256, sha256 } from '../../src/provenance/verifier/sha-256.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

// FIPS 180-2, appendix B, and RFC 4231, section 4.3
test.for([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
] as const)('SHA-256 of an example of FIPS 180', ([text, digest]) => {
  expect(hex(sha256(Buffer.from(text)))).toBe(digest)
  expect(hex(native.sha256(Buffer.from(text)))).toBe(digest)
})

it('HMAC-SHA-256 is that of RFC 4231, test case 2', () => {
  const [key, text] = [Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?')]
  const digest = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  expect([hex(hmacSha256(key, text)), hex(native.hmacSha256(key, text))]).toEqual([digest, digest])
})

it('HMAC-SHA-256 hashes keys above a block first: RFC 4231, test case 6', () => {
  const [key, text] = [Buffer.alloc(131, 0xaa), Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First')]
  const digest = '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'
  expect([hex(hmacSha256(key, text)), hex(native.hmacSha256(key, text))]).toEqual([digest, digest])
})

it('both equal the platform’s for every length to 300, wherever in memory the bytes stand', () => {
  const memory = Uint8Array.from({ length: 400 }, (_, i) => (i * 197) & 255)
  for (let n = 0; n <= 300; n++) {
    const message = memory.subarray(n % 7, (n % 7) + n)
    const expected = hash('sha256', message)
    expect([hex(sha256(message)), hex(native.sha256(message))]).toEqual([expected, expected])
  }
})

it('both equal the platform’s for random bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 100 }), (message, key) => {
      expect(hex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'))
      const mac = createHmac('sha256', key).update(message).digest('hex')
      expect([hex(hmacSha256(key, message)), hex(native.hmacSha256(key, message))]).toEqual([mac, mac])
    }),
  )
})
