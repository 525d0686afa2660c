// A witness follows one history: every case of https://c2sp.org/tlog-witness, and attacks by name.
import { describe, expect, it, test } from 'vitest'
import { checkpointText } from '../../src/provenance/checkpoint.ts'
import { EMPTY_ROOT } from '../../src/provenance/merkle.ts'
import { formatNote, signatureLine } from '../../src/provenance/note.ts'
import { noteVerifier } from '../../src/provenance/note-key.ts'
import { cosigner, noteSigner } from '../../src/provenance/note-signer.ts'
import {
  claimedOrigin,
  considered,
  cosignaturesIn,
  formatAddCheckpoint,
  parseAddCheckpoint,
} from '../../src/provenance/witness.ts'
import { seed } from './log.ts'
import { leavesOf, MTH, PROOF } from './rfc-9162.ts'

const ORIGIN = 'log.example/health'
const log = noteSigner(ORIGIN, seed(1))
const keys = [await noteVerifier(log.vkey)]
const leaves = leavesOf(20)
const rootAt = (size: number) => MTH(leaves.slice(0, size))
const noteAt = async (size: number, root = rootAt(size), signer = log) => {
  const text = checkpointText({ origin: ORIGIN, size, root })
  return formatNote({ text, signatures: [await signer.sign(text)] })
}
const seen = (size: number) => ({ size, root: rootAt(size) })
const proof = (size1: number, size2: number) => PROOF(size1, leaves.slice(0, size2))

describe('a request', () => {
  it('is read back', async () => {
    for (const size of [0, 7]) {
      const request = { oldSize: size, proof: proof(size, 20), note: await noteAt(20) }
      expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request)
      expect(claimedOrigin(request.note)).toBe(ORIGIN)
    }
  })
  const hash = `${'A'.repeat(43)}=`
  test.for([
    ['nothing', ''],
    ['no empty line', 'old 0\nnote'],
    ['no old size', '\n\nnote'],
    ['another word', 'new 0\n\nnote'],
    ['a leading zero', 'old 00\n\nnote'],
    ['a negative size', 'old -1\n\nnote'],
    ['CRLF', 'old 0\r\n\r\nnote'],
    ['a short hash', 'old 1\nAAAA\n\nnote'],
    ['a hash with stray bits', `old 1\n${'A'.repeat(42)}B=\n\nnote`],
    ['64 hashes', `old 1\n${`${hash}\n`.repeat(64)}\nnote`],
  ])('with %s is none', ([, body]) => {
    expect(parseAddCheckpoint(body!)).toBeUndefined()
  })
  it('may have 63 hashes', () => {
    expect(parseAddCheckpoint(`old 1\n${`${hash}\n`.repeat(63)}\nnote`)?.proof).toHaveLength(63)
  })
})

describe('a witness', () => {
  const text = checkpointText({ origin: ORIGIN, size: 20, root: rootAt(20) })
  it('cosigns the first checkpoint it sees, a larger one, and the same again', async () => {
    expect(await considered({ oldSize: 0, proof: [], note: await noteAt(20) }, keys, undefined)).toMatchObject({
      status: 200,
      text,
      checkpoint: { size: 20 },
    })
    for (let size = 1; size <= 20; size++)
      expect(
        await considered({ oldSize: size, proof: proof(size, 20), note: await noteAt(20) }, keys, seen(size)),
      ).toMatchObject({ status: 200 })
    expect(
      await considered({ oldSize: 0, proof: [], note: await noteAt(20) }, keys, { size: 0, root: EMPTY_ROOT }),
    ).toMatchObject({ status: 200 })
  })
  it('404: does not know the log', async () => {
    expect(await considered({ oldSize: 0, proof: [], note: await noteAt(20) }, undefined, undefined)).toEqual({
      status: 404,
    })
  })
  it('403: the log did not sign', async () => {
    const thief = noteSigner(ORIGIN, seed(9))
    expect(
      await considered({ oldSize: 0, proof: [], note: await noteAt(20, rootAt(20), thief) }, keys, undefined),
    ).toEqual({ status: 403 })
    const changed = (await noteAt(20)).replace('\n20\n', '\n21\n')
    expect(await considered({ oldSize: 0, proof: [], note: changed }, keys, undefined)).toEqual({ status: 403 })
  })
  it('400: what is no checkpoint, and an old size above the new', async () => {
    expect(await considered({ oldSize: 0, proof: [], note: 'hello' }, keys, undefined)).toEqual({ status: 400 })
    expect(await considered({ oldSize: 8, proof: [], note: await noteAt(7) }, keys, seen(8))).toEqual({ status: 400 })
  })
  it('409: saw another size last, and says which', async () => {
    for (const oldSize of [0, 6, 8])
      expect(await considered({ oldSize, proof: proof(oldSize, 20), note: await noteAt(20) }, keys, seen(7))).toEqual({
        status: 409,
        size: 7,
      })
    expect(await considered({ oldSize: 5, proof: proof(5, 20), note: await noteAt(20) }, keys, undefined)).toEqual({
      status: 409,
      size: 0,
    })
  })
  it('409 or 400: a rollback, however it is put', async () => {
    for (const oldSize of [0, 5, 7])
      expect([400, 409]).toContain(
        (await considered({ oldSize, proof: [], note: await noteAt(5) }, keys, seen(7))).status,
      )
  })
  it('422: growth that is not proved, another root at the same size, a proof where none belongs', async () => {
    const note = await noteAt(20)
    expect(await considered({ oldSize: 7, proof: [], note }, keys, seen(7))).toEqual({ status: 422 })
    expect(await considered({ oldSize: 7, proof: proof(6, 20), note }, keys, seen(7))).toEqual({ status: 422 })
    expect(
      await considered({ oldSize: 7, proof: proof(7, 20), note: await noteAt(20, seed(3)) }, keys, seen(7)),
    ).toEqual({ status: 422 })
    expect(await considered({ oldSize: 20, proof: [], note: await noteAt(20, seed(3)) }, keys, seen(20))).toEqual({
      status: 422,
    })
    expect(await considered({ oldSize: 20, proof: [seed(1)], note }, keys, seen(20))).toEqual({ status: 422 })
    expect(await considered({ oldSize: 0, proof: [seed(1)], note }, keys, undefined)).toEqual({ status: 422 })
  })
  it('is believed in its own cosignatures alone', async () => {
    const [witness, other] = [cosigner('witness.example/w1', seed(4)), cosigner('witness.example/w1', seed(5))]
    const known = await noteVerifier(witness.vkey)
    const [ours, theirs, wrong] = [
      await witness.cosign(text, 1),
      await other.cosign(text, 1),
      await witness.cosign(`${text}x\n`, 1),
    ]
    const lines = [ours, theirs, wrong].map(signatureLine).join('')
    expect(await cosignaturesIn(lines, text, known)).toEqual([ours])
    for (const answer of ['', 'nope', '7\n', `${lines}\n`])
      expect(await cosignaturesIn(answer, text, known)).toEqual([])
  })
})
