// Passwords: the PHC string says what was done, two at a time, and too many at once are told to wait.
import { argon2Sync } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, verifyPassword } from '../../src/server/issuer/password.ts'

test('a hash is argon2id with 64 MiB, 3 passes, 1 lane, and verifies', async () => {
  const made = await hashPassword('pässwörd')
  expect(made).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  const [, , , , salt, tag] = made.split('$')
  const same = argon2Sync('argon2id', {
    ...{ message: 'pässwörd', nonce: Buffer.from(salt!, 'base64') },
    ...{ parallelism: 1, tagLength: 32, memory: 65_536, passes: 3 },
  })
  expect(same.equals(Buffer.from(tag!, 'base64'))).toBe(true)
  expect(await verifyPassword(made, 'pässwörd')).toBe(true)
  expect(await verifyPassword(made, 'passwörd')).toBe(false)
  expect(await verifyPassword(made, '')).toBe(false)
})

test('two hashes of one password differ', async () => {
  expect(await hashPassword('a')).not.toBe(await hashPassword('a'))
})

test.for([
  '',
  'plain',
  '$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  '$argon2id$v=19$m=8$a$b',
])('what is no hash of ours verifies nothing: "%s"', async (hashed) =>
  expect(await verifyPassword(hashed, '')).toBe(false),
)

test('what is cut off does not match: a longer password than any we take', async () => {
  const made = await hashPassword('x'.repeat(256))
  expect(await verifyPassword(made, 'x'.repeat(256))).toBe(true)
  expect(await verifyPassword(made, 'x'.repeat(257))).toBe(false)
  await expect(hashPassword('x'.repeat(257))).rejects.toMatchObject({ code: 'bad-password' })
})

test('memory: beyond the queue sign-ins are told to come back, and the queue empties', async () => {
  const cheap = '$argon2id$v=19$m=8192,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  const all = await Promise.allSettled(Array.from({ length: 60 }, () => verifyPassword(cheap, 'x')))
  const busy = all.filter((one) => one.status === 'rejected')
  expect(busy).toHaveLength(60 - 52)
  expect(busy[0]).toMatchObject({ reason: { category: 'busy' } })
  expect(await verifyPassword(cheap, 'x')).toBe(false)
})
