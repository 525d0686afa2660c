// The name and the key of a log: made once, the same for every process, and not changed behind anybody's back.
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { logSigner } from '../../src/server/log/key.ts'
import { logOptions } from '../../src/server/log/options.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase()
})
afterEach(() => db.drop())

test.for([
  [{}, 'healthchain.local/log'],
  [{ publicUrl: 'https://fhir.example.org' }, 'fhir.example.org/log'],
  [{ publicUrl: 'https://example.org:8443/a/b' }, 'example.org:8443/a/b/log'],
  [{ publicUrl: 'https://example.org/a+b' }, 'healthchain.local/log'],
  [{ publicUrl: 'https://example.org', logOrigin: 'log.example.org/2026' }, 'log.example.org/2026'],
] as const)('%j names the log %s', async ([names, origin]) => {
  expect((await logSigner(db.owner, names)).name).toBe(origin)
})

it('stays what it was, wherever the server moves', async () => {
  const { vkey } = await logSigner(db.owner, {})
  expect((await logSigner(db.owner, { publicUrl: 'https://fhir.example.org' })).vkey).toBe(vkey)
  await expect(logSigner(db.owner, { logOrigin: 'other.example/log' })).rejects.toMatchObject({ code: 'bad-config' })
  expect((await logSigner(db.owner, { logOrigin: 'healthchain.local/log' })).vkey).toBe(vkey)
})

it('is one for processes that start together', async () => {
  const [a, b] = await Promise.all([
    logSigner(db.owner, { logOrigin: 'a.example/log' }).catch(() => undefined),
    logSigner(db.owner, { logOrigin: 'b.example/log' }).catch(() => undefined),
  ])
  expect([a, b].filter(Boolean)).toHaveLength(1)
})

test.for(['', 'a b', 'a+b', 'https://a.example/log', 'a\u0000'])('%j is no name', async (logOrigin) => {
  await expect(logSigner(db.owner, { logOrigin })).rejects.toMatchObject({ code: 'bad-config' })
})

it('keeps its key from whoever serves', async () => {
  await logSigner(db.owner, {})
  const rows = { sql: "select value from server_secret where name = 'log-key'", parameters: [] }
  expect([await db.database.query(rows), await db.accounts.query(rows)]).toEqual([[], []])
  expect(await db.owner.query(rows)).toHaveLength(1)
})

it('has a key of its own as a witness, and is no witness of itself', async () => {
  const foreign = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
  const alone = await logOptions(db.owner, {})
  expect([alone.witnesses, alone.witness]).toEqual([[], undefined])
  const { signer, witness } = await logOptions(db.owner, { witnessedLogs: [foreign] })
  expect(witness).toMatchObject({
    cosigner: { name: 'healthchain.local/log/witness' },
    logs: [{ name: 'example.com/foo' }],
  })
  expect(witness!.cosigner.vkey.split('+').at(-1)).not.toBe(signer.vkey.split('+').at(-1))
  const own = { witnessedLogs: [signer.vkey] }
  await expect(logOptions(db.owner, own)).rejects.toMatchObject({ code: 'bad-config' })
})
