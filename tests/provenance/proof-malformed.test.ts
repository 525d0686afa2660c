// What is no claim at all: false, never an exception, never a hang, in the server's functions and in the verifier's.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifyConsistency, verifyInclusion } from '../../src/provenance/merkle.ts'
import * as verifier from '../../src/provenance/verifier/index.ts'
import { type Bytes, leavesOf, MTH, PATH, PROOF } from './rfc-9162.ts'

const all = leavesOf(5)
const other = leavesOf(6).at(-1)!

describe('what is no claim at all', () => {
  const honest = { index: 2, size: 5, leafHash: all[2]!, proof: PATH(2, all), root: MTH(all) }
  const grown = { size1: 2, size2: 5, root1: MTH(all.slice(0, 2)), root2: MTH(all), proof: PROOF(2, all) }
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw new Error('read')
      },
    },
  )
  const endless = new Proxy([...honest.proof], {
    get: (proof, key) =>
      key === Symbol.iterator ? () => ({ next: () => ({ value: other }) }) : Reflect.get(proof, key),
  })
  const growing = new Proxy([...honest.proof], {
    get: (proof, key) => (key === 'length' ? 2 ** 32 - 1 : Reflect.get(proof, key)),
  })
  const holey = [...honest.proof]
  delete holey[1]
  const COUNTS: unknown[] = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0.5,
    2.5,
    2 ** 53,
    -1,
    -1n,
    '2',
    '',
    null,
    undefined,
    {},
    [2],
    true,
    new Date(2),
    { valueOf: () => 2 },
    Symbol('2'),
  ]
  const HASHES: unknown[] = [
    '',
    'a'.repeat(32),
    null,
    undefined,
    0,
    {},
    [],
    Array.from({ length: 32 }, () => 0),
    { length: 32 },
    new Uint8Array(31),
    new Uint16Array(32),
    new ArrayBuffer(32),
    new DataView(new ArrayBuffer(32)),
    throwing,
  ]
  const PROOFS: unknown[] = [
    null,
    undefined,
    '',
    'proof',
    0,
    {},
    { length: 3 },
    new Uint8Array(96),
    new Set(honest.proof),
    holey,
    [null],
    [undefined],
    ['a'],
    [[]],
    throwing,
    new Array(2 ** 32 - 1),
    Array.from({ length: 100_000 }, () => other),
  ]

  const CASES: [string, unknown][] = [
    ...[null, undefined, 0, '', 'claim', [], throwing].map((whole): [string, unknown] => ['the whole', whole]),
    ...COUNTS.flatMap((v): [string, unknown][] => [
      ['index', { ...honest, index: v }],
      ['size', { ...honest, size: v }],
      ['size1', { ...grown, size1: v }],
      ['size2', { ...grown, size2: v }],
    ]),
    ...HASHES.flatMap((v): [string, unknown][] => [
      ['leafHash', { ...honest, leafHash: v }],
      ['root', { ...honest, root: v }],
      ['root1', { ...grown, root1: v }],
      ['root2', { ...grown, root2: v }],
      ['one hash', { ...honest, proof: honest.proof.with(1, v as Bytes) }],
    ]),
    ...PROOFS.flatMap((v): [string, unknown][] => [
      ['proof', { ...honest, proof: v }],
      ['proof', { ...grown, proof: v }],
    ]),
  ]
  it(`is false, never an exception, in ${CASES.length} spellings`, () => {
    expect(verifyInclusion(honest)).toBe(true)
    expect(verifyConsistency(grown)).toBe(true)
    for (const [what, claim] of CASES)
      for (const verify of [verifyInclusion, verifyConsistency, verifier.verifyInclusion, verifier.verifyConsistency])
        expect(verify(claim as never), what).toBe(false)
  })

  it('does not hang on an iterator without end: it is not asked', () => {
    expect(verifyInclusion({ ...honest, proof: endless })).toBe(true)
    expect(verifyConsistency({ ...grown, proof: endless })).toBe(false)
    expect(verifyInclusion({ ...honest, proof: growing })).toBe(false)
  })

  it('is false for anything that fast-check can think of', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withTypedArray: true, withSparseArray: true }), (claim) => {
        expect(verifyInclusion(claim as never)).toBe(false)
        expect(verifyConsistency(claim as never)).toBe(false)
      }),
    )
  })
})
