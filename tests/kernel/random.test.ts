// Secrets are drawn many at a time: each is handed out once, whole, and stays what it is.
import { expect, test } from 'vitest'
import { newSecret } from '../../src/kernel/random.ts'

test('no two secrets are alike or share memory, whatever was drawn between', () => {
  const sizes = Array.from({ length: 2000 }, (_, i) => [16, 32, 52, 64, 255, 256, 257, 5000][i % 8]!)
  const secrets = sizes.map((size) => newSecret(size))
  expect(secrets.map(({ length }) => length)).toEqual(sizes)
  const texts = secrets.map((secret) => secret.toString('hex'))
  expect(new Set(texts).size).toBe(secrets.length)
  // Eight bytes that stand in two secrets, or are all zero, were handed out twice, or not drawn at all.
  const parts = texts.flatMap((text) => text.match(/.{16}/g)!)
  expect(new Set(parts).size).toBe(parts.length)
  for (const secret of secrets) secret.fill(0)
  expect(newSecret(32).equals(Buffer.alloc(32))).toBe(false)
})

test('the bits are as often set as not', () => {
  const bits = Array.from({ length: 4000 }, () => newSecret(32)).reduce(
    (sum, secret) => sum + secret.reduce((count, byte) => count + byte.toString(2).replaceAll('0', '').length, 0),
    0,
  )
  // Of 1,024,000 bits half, give or take ten standard deviations.
  expect(Math.abs(bits - 512_000)).toBeLessThan(5060)
})
