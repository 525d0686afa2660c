// The tree against the RFC's recursion: vectors, every size to 64, random sizes to 5,000.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { EMPTY_FRONTIER } from '../../src/provenance/frontier.ts'
import {
  appendLeaves,
  consistencyProof,
  EMPTY_ROOT,
  frontierRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../src/provenance/merkle.ts'
import type { HashReader } from '../../src/provenance/proof-builder.ts'
import { floorLog2 } from '../../src/provenance/subtrees.ts'
import { hex, leavesOf, MTH, PATH, PROOF } from './rfc-9162.ts'

/** The vectors of the certificate-transparency implementations: eight leaves, and the root after each. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** Tells complete subtrees by the RFC's recursion. */
const readerOf =
  (leaves: readonly Uint8Array[]): HashReader =>
  ({ level, index }) => {
    const D = leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)
    // Whoever asks for a subtree that is not complete would get a wrong proof once the tree grows.
    expect(D).toHaveLength(2 ** level)
    return MTH(D)
  }

describe('https://www.rfc-editor.org/rfc/rfc9162#section-2.1.1', () => {
  test.for(ROOTS.map((root, n) => [n, root] as const))('the root of %i leaves', ([n, root]) => {
    const leaves = LEAVES.slice(0, n).map((d) => leafHash(Buffer.from(d, 'hex')))
    expect(hex(MTH(leaves))).toBe(root)
    expect(hex(treeRoot(n, readerOf(leaves)))).toBe(root)
    expect(hex(frontierRoot(appendLeaves(EMPTY_FRONTIER, leaves).frontier))).toBe(root)
  })

  it('tells leaves from nodes: a leaf that spells out a node has another hash', () => {
    const [a, b] = leavesOf(2) as [Uint8Array, Uint8Array]
    expect(leafHash(Buffer.concat([a, b]))).not.toEqual(nodeHash(a, b))
    expect(hex(EMPTY_ROOT)).toBe(ROOTS[0])
  })
})

describe('proofs', () => {
  const all = leavesOf(64)
  const roots = Array.from({ length: 65 }, (_, n) => MTH(all.slice(0, n)))

  it('of inclusion are the RFC’s and hold, for every leaf of every tree to 64', () => {
    for (let size = 1; size <= 64; size++)
      for (let index = 0; index < size; index++) {
        const D = all.slice(0, size)
        const proof = inclusionProof(index, size, readerOf(D))
        expect(proof).toEqual(PATH(index, D))
        expect(verifyInclusion({ index, size, leafHash: D[index]!, proof, root: roots[size]! })).toBe(true)
      }
  })

  it('of consistency are the RFC’s and hold, for every pair of sizes to 64', () => {
    for (let size2 = 0; size2 <= 64; size2++)
      for (let size1 = 0; size1 <= size2; size1++) {
        const D = all.slice(0, size2)
        const proof = consistencyProof(size1, size2, readerOf(D))
        expect(proof).toEqual(PROOF(size1, D))
        expect(verifyConsistency({ size1, size2, root1: roots[size1]!, root2: roots[size2]!, proof })).toBe(true)
      }
  })

  it('are the RFC’s and hold in trees to 5,000 leaves', () => {
    const many = leavesOf(5000)
    const sizes = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(5000), fc.nat(4999))
    fc.assert(
      fc.property(sizes, ([size, one, other]) => {
        const [D, size1, index] = [many.slice(0, size), one % (size + 1), other % size]
        const [root1, root2] = [MTH(D.slice(0, size1)), MTH(D)]
        const [inclusion, consistency] = [
          inclusionProof(index, size, readerOf(D)),
          consistencyProof(size1, size, readerOf(D)),
        ]
        expect(inclusion).toEqual(PATH(index, D))
        expect(consistency).toEqual(PROOF(size1, D))
        expect(verifyInclusion({ index, size, leafHash: D[index]!, proof: inclusion, root: root2 })).toBe(true)
        expect(verifyConsistency({ size1, size2: size, root1, root2, proof: consistency })).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  it('may be asked in bigints, in numbers, and in both', () => {
    const [D, root] = [all.slice(0, 11), roots[11]!]
    const proof = PATH(6, D)
    for (const [index, size] of [
      [6, 11],
      [6n, 11n],
      [6n, 11],
      [6, 11n],
    ] as const)
      expect(verifyInclusion({ index, size, leafHash: D[6]!, proof, root })).toBe(true)
    const grown = PROOF(6, D)
    for (const [size1, size2] of [
      [6, 11],
      [6n, 11n],
      [6n, 11],
      [6, 11n],
    ] as const)
      expect(verifyConsistency({ size1, size2, root1: roots[6]!, root2: root, proof: grown })).toBe(true)
  })

  it('reach as far as sizes do: the last of 2^63 leaves', () => {
    const path = leavesOf(63)
    const leaf = leafHash(new Uint8Array(3))
    const root = path.reduce((r, left) => nodeHash(left, r), leaf)
    const claim = { index: 2n ** 63n - 1n, size: 2n ** 63n, leafHash: leaf, proof: path, root }
    expect(verifyInclusion(claim)).toBe(true)
    expect(verifyInclusion({ ...claim, index: claim.index - 1n })).toBe(false)
  })

  it('reach no further than sizes do: a size above 2^64, or a number that is not exact, is none', () => {
    const path = leavesOf(65)
    const leaf = leafHash(new Uint8Array(3))
    const rootAfter = (n: number) => path.slice(0, n).reduce((r, left) => nodeHash(left, r), leaf)
    const last = (n: number, index: number | bigint, size: number | bigint) =>
      verifyInclusion({ index, size, leafHash: leaf, proof: path.slice(0, n), root: rootAfter(n) })
    expect(last(64, 2n ** 64n - 2n, 2n ** 64n - 1n)).toBe(false)
    expect(last(65, 2n ** 65n - 1n, 2n ** 65n)).toBe(false)
    expect(last(53, 2n ** 53n - 1n, 2n ** 53n)).toBe(true)
    expect(last(53, 2 ** 53 - 1, 2 ** 53)).toBe(false)
  })

  test.for([
    ['a leaf at the end of the log', () => inclusionProof(5, 5, readerOf(all))],
    ['a leaf of an empty log', () => inclusionProof(0, 0, readerOf(all))],
    ['a negative leaf', () => inclusionProof(-1, 5, readerOf(all))],
    ['half a leaf', () => inclusionProof(0.5, 5, readerOf(all))],
    ['a log that shrinks', () => consistencyProof(6, 5, readerOf(all))],
    ['a log of no size', () => consistencyProof(1, Number.NaN, readerOf(all))],
  ] as const)('are refused for %s', ([, prove]) => {
    expect(prove).toThrow(/Ask/)
  })
})

it('floorLog2 is exact to 2^53 - 1', () => {
  for (let e = 0; e < 53; e++) {
    expect(floorLog2(2 ** e)).toBe(e)
    expect(floorLog2(2 ** (e + 1) - 1)).toBe(e)
  }
})
