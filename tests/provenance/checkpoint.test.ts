// Checkpoints, cosignatures, k of n, and tlog-proofs: the specifications' examples, laws and attacks by name.
import { describe, expect, it, test } from 'vitest'
import { checkpointText, parseCheckpoint } from '../../src/provenance/checkpoint.ts'
import { cosignatureTime, cosignedMessage, timestamped } from '../../src/provenance/cosignature.ts'
import { EMPTY_ROOT } from '../../src/provenance/merkle.ts'
import { formatNote, parseNote } from '../../src/provenance/note.ts'
import { noteVerifier } from '../../src/provenance/note-key.ts'
import { cosigner, noteSigner } from '../../src/provenance/note-signer.ts'
import { openCheckpoint, type PolicyText, readPolicy } from '../../src/provenance/policy.ts'
import { formatTlogProof, parseTlogProof } from '../../src/provenance/tlog-proof.ts'
import { seed } from './log.ts'

/** The example of https://c2sp.org/tlog-checkpoint */
const TEXT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'
/** The example of https://c2sp.org/tlog-cosignature, cosignature included. */
const NOTE = `${TEXT}
\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`
const ROOT = new Uint8Array(32).fill(9)
const ORIGIN = 'log.example/health'

describe('https://c2sp.org/tlog-checkpoint', () => {
  it('the example is read and written again', () => {
    const checkpoint = parseCheckpoint(TEXT)!
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163, extensions: [] })
    expect(checkpointText(checkpoint)).toBe(TEXT)
  })
  it('extension lines are read; the empty log has its one root', () => {
    expect(parseCheckpoint(`${TEXT}more\nand more\n`)?.extensions).toEqual(['more', 'and more'])
    expect(parseCheckpoint(checkpointText({ origin: 'a', size: 0, root: EMPTY_ROOT }))?.size).toBe(0)
  })

  test.for([
    ['no final newline', TEXT.slice(0, -1)],
    ['an empty extension line', `${TEXT}\n`],
    ['an empty extension line before another', `${TEXT}\nmore\n`],
    ['no origin', TEXT.replace('example.com/behind-the-sofa', '')],
    ['two lines only', 'example.com/behind-the-sofa\n20852163\n'],
    ['a leading zero', TEXT.replace('20852163', '020852163')],
    ['a sign', TEXT.replace('20852163', '+20852163')],
    ['a negative size', TEXT.replace('20852163', '-1')],
    ['a hexadecimal size', TEXT.replace('20852163', '0x10')],
    ['an exponent', TEXT.replace('20852163', '1e6')],
    ['a space before the size', TEXT.replace('20852163', ' 20852163')],
    ['another alphabet’s digits', TEXT.replace('20852163', '\u0661\u0662')],
    ['a size of 2^53', TEXT.replace('20852163', '9007199254740992')],
    ['a size of 2^64', TEXT.replace('20852163', '18446744073709551616')],
    ['no size', TEXT.replace('20852163', '')],
    ['a short root', TEXT.replace('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', 'CsUY')],
    ['a root with stray bits', TEXT.replace('q2I=', 'q2J=')],
    ['a root in base64url', TEXT.replace('/X', '_X')],
    ['another root of the empty log', TEXT.replace('20852163', '0')],
  ])('%s: no checkpoint', ([, text]) => {
    expect(text).not.toBe(TEXT)
    expect(parseCheckpoint(text!)).toBeUndefined()
  })

  test.for([
    ['an origin with a space', { origin: 'a b', size: 1, root: ROOT }],
    ['an origin of two lines', { origin: 'a\nb', size: 1, root: ROOT }],
    ['a fractional size', { origin: 'a', size: 1.5, root: ROOT }],
    ['an unsafe size', { origin: 'a', size: 2 ** 53, root: ROOT }],
    ['a short root', { origin: 'a', size: 1, root: new Uint8Array(31) }],
    ['the empty log with another root', { origin: 'a', size: 0, root: ROOT }],
  ])('%s is not written', ([, checkpoint]) => {
    expect(() => checkpointText(checkpoint as never)).toThrow(/Nothing was signed/)
  })
})

describe('https://c2sp.org/tlog-cosignature', () => {
  it('the example says when, and what was signed', () => {
    const [, witness] = parseNote(NOTE)!.signatures
    expect(cosignatureTime(witness!.bytes)).toBe(1679315147)
    expect(new TextDecoder().decode(cosignedMessage(TEXT, 1679315147))).toBe(`cosignature/v1\ntime 1679315147\n${TEXT}`)
  })
  it('a cosignature holds for its time and text alone', async () => {
    const witness = cosigner('witness.example/w1', seed(5))
    const verifier = await noteVerifier(witness.vkey)
    const { bytes } = await witness.cosign(TEXT, 1_790_000_000)
    expect(await verifier.verify(TEXT, bytes)).toBe(true)
    expect(await verifier.verify(`${TEXT}more\n`, bytes)).toBe(false)
    expect(await verifier.verify(TEXT, timestamped(1_790_000_001, bytes.slice(8)))).toBe(false)
    expect(await verifier.verify(TEXT, bytes.slice(8))).toBe(false)
    expect(await verifier.verify(TEXT, Uint8Array.of(...bytes, 0))).toBe(false)
  })
  it('a time that no clock shows is no time', () => {
    expect(cosignatureTime(Uint8Array.from({ length: 72 }, () => 255))).toBeUndefined()
    expect(cosignatureTime(new Uint8Array(71))).toBeUndefined()
  })
  it('a log’s signature is no cosignature with the same key, nor the other way round', async () => {
    const [log, witness] = [noteSigner('same', seed(5)), cosigner('same', seed(5))]
    expect(log.keyId).not.toBe(witness.keyId)
    const [asLog, asWitness] = [await noteVerifier(log.vkey), await noteVerifier(witness.vkey)]
    expect(await asWitness.verify(TEXT, timestamped(0, (await log.sign(TEXT)).bytes))).toBe(false)
    expect(await asLog.verify(TEXT, (await witness.cosign(TEXT, 0)).bytes.slice(8))).toBe(false)
  })
})

describe('k of n', () => {
  const log = noteSigner(ORIGIN, seed(1))
  const witnesses = [2, 3, 4].map((n) => cosigner(`witness.example/w${n}`, seed(n)))
  const text = checkpointText({ origin: ORIGIN, size: 7, root: ROOT })
  const policyOf = (more: Partial<PolicyText> = {}) =>
    readPolicy({ log: [log.vkey], witnesses: witnesses.map(({ vkey }) => vkey), quorum: 2, ...more })
  const noteBy = async (indices: readonly number[], time = 100, of = text) =>
    formatNote({
      text: of,
      signatures: [await log.sign(of), ...(await Promise.all(indices.map((i) => witnesses[i]!.cosign(of, time))))],
    })

  it('is enough with two of three, whichever, and not with one', async () => {
    const policy = await policyOf()
    for (const two of [
      [0, 1],
      [1, 2],
      [2, 0],
      [0, 1, 2],
    ])
      expect(await openCheckpoint(await noteBy(two), policy)).toMatchObject({
        checkpoint: { size: 7 },
        witnesses: two.map((i) => ({ name: witnesses[i]!.name, time: 100 })),
      })
    for (const one of [[], [0], [1], [2]])
      expect(await openCheckpoint(await noteBy(one), policy)).toEqual({ fault: 'too-few-witnesses' })
  })

  it('one witness that signs twice is one witness', async () => {
    const twice = formatNote({
      text,
      signatures: [await log.sign(text), await witnesses[0]!.cosign(text, 1), await witnesses[0]!.cosign(text, 2)],
    })
    expect(await openCheckpoint(twice, await policyOf())).toEqual({ fault: 'too-few-witnesses' })
    expect(await openCheckpoint(await noteBy([0, 0]), await policyOf())).toEqual({ fault: 'too-few-witnesses' })
  })

  it('all witnesses must sign where no quorum is named, and none where it is 0', async () => {
    expect(await openCheckpoint(await noteBy([0, 1]), await policyOf({ quorum: undefined }))).toEqual({
      fault: 'too-few-witnesses',
    })
    expect(await openCheckpoint(await noteBy([]), await policyOf({ quorum: 0 }))).toMatchObject({ witnesses: [] })
  })

  it('witnesses alone do not make a checkpoint of the log', async () => {
    const note = formatNote({ text, signatures: await Promise.all(witnesses.map((w) => w.cosign(text, 1))) })
    expect(await openCheckpoint(note, await policyOf())).toEqual({ fault: 'not-signed-by-log' })
  })

  it('a cosignature from the future does not count', async () => {
    expect(await openCheckpoint(await noteBy([0, 1], 101), await policyOf(), 100)).toEqual({
      fault: 'too-few-witnesses',
    })
    expect(await openCheckpoint(await noteBy([0, 1], 100), await policyOf(), 100)).toMatchObject({
      witnesses: [{}, {}],
    })
  })

  it('a forged cosignature refuses the checkpoint even above the quorum', async () => {
    const forged = await witnesses[2]!.cosign(`${text}more\n`, 100)
    const note = `${await noteBy([0, 1])}${formatNote({ text: '', signatures: [forged] }).slice(1)}`
    expect(await openCheckpoint(note, await policyOf())).toEqual({ fault: 'bad-signature' })
  })

  it('another log’s checkpoint, signed with the right key, is another log’s', async () => {
    const other = checkpointText({ origin: 'other.example/log', size: 7, root: ROOT })
    expect(await openCheckpoint(await noteBy([0, 1], 1, other), await policyOf())).toEqual({ fault: 'other-log' })
  })

  it('what the log signed and is no checkpoint is none', async () => {
    expect(await openCheckpoint(await noteBy([0, 1], 1, 'hello\n'), await policyOf())).toEqual({
      fault: 'malformed-checkpoint',
    })
  })

  it('a log that changes its key has two for a while', async () => {
    const policy = await policyOf({ log: [noteSigner(ORIGIN, seed(9)).vkey, log.vkey] })
    expect(await openCheckpoint(await noteBy([0, 1]), policy)).toMatchObject({ checkpoint: { size: 7 } })
  })

  const w = witnesses.map(({ vkey }) => vkey)
  const POLICIES: [string, PolicyText][] = [
    ['no key of a log', { log: [] }],
    ['keys of two logs', { log: [log.vkey, noteSigner('b', seed(8)).vkey] }],
    ['a witness as log', { log: [w[0]!] }],
    ['a log as witness', { log: [log.vkey], witnesses: [noteSigner('b', seed(8)).vkey] }],
    ['one witness twice', { log: [log.vkey], witnesses: [w[0]!, w[0]!] }],
    ['one key under two names', { log: [log.vkey], witnesses: [w[0]!, cosigner('b', seed(2)).vkey] }],
    ['the log as its own witness', { log: [log.vkey], witnesses: [cosigner('b', seed(1)).vkey] }],
    ['a quorum above the number of witnesses', { log: [log.vkey], witnesses: w, quorum: 4 }],
    ['a negative quorum', { log: [log.vkey], witnesses: w, quorum: -1 }],
    ['half a witness', { log: [log.vkey], witnesses: w, quorum: 1.5 }],
    ['no number', { log: [log.vkey], witnesses: w, quorum: Number.NaN }],
  ]
  test.for(POLICIES)('a policy with %s is refused', async ([, policy]) => {
    await expect(readPolicy(policy)).rejects.toThrow(/Correct the trust policy/)
  })
})

describe('https://c2sp.org/tlog-proof', () => {
  const proof = { index: 73894, hashes: [ROOT, EMPTY_ROOT], checkpoint: NOTE }
  const text = formatTlogProof(proof)
  it('is lines of index and hashes, an empty line, and the checkpoint as it came', () => {
    expect(text.split('\n').slice(0, 5)).toEqual([
      'c2sp.org/tlog-proof@v1',
      'index 73894',
      Buffer.from(ROOT).toString('base64'),
      '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      '',
    ])
    expect(text.endsWith(NOTE)).toBe(true)
    expect(parseTlogProof(text)).toEqual(proof)
    const more = { ...proof, hashes: [], index: 0, extra: Uint8Array.of(1, 2, 3) }
    expect(formatTlogProof(more)).toContain('\nextra AQID\nindex 0\n\n')
    expect(parseTlogProof(formatTlogProof(more))).toEqual(more)
  })
  test.for([
    ['another version', text.replace('@v1', '@v2')],
    ['no header', text.slice(text.indexOf('\n') + 1)],
    ['no index', text.replace('index 73894\n', '')],
    ['a leading zero', text.replace('73894', '073894')],
    ['a negative index', text.replace('73894', '-1')],
    ['an index of 2^53', text.replace('73894', '9007199254740992')],
    ['two indices', text.replace('index 73894', 'index 1\nindex 73894')],
    ['extra after the index', text.replace('index 73894', 'index 73894\nextra AQID')],
    ['extra that is no base64', text.replace('index', 'extra ?\nindex')],
    ['a short hash', text.replace('CQkJ', '')],
    ['a hash with stray bits', text.replace('uFU=', 'uFV=')],
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['64 hashes', text.replace('\n47DE', `${'\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='.repeat(62)}\n47DE`)],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n'))],
    ['nothing', ''],
    ['a megabyte and more', text + 'a'.repeat(2 ** 20)],
  ])('%s: no proof', ([, other]) => {
    expect(other).not.toBe(text)
    expect(parseTlogProof(other!)).toBeUndefined()
  })
  it('is not written with an index that is none', () => {
    expect(() => formatTlogProof({ ...proof, index: -1 })).toThrow(/no proof/)
  })
})
