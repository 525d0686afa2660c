// Attacks on proofs, each by its name. Generated from honest proofs of every shape to 40 leaves; whatever a mutation leaves
// true by the RFC's recursion (the size of a tree is not in its root) must be told from what it makes false.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { EMPTY_ROOT, verifyConsistency, verifyInclusion } from '../../src/provenance/merkle.ts'
import type { ConsistencyClaim, InclusionClaim } from '../../src/provenance/proof-check.ts'
import { type Bytes, equal, leavesOf, MTH, node, PATH, PROOF, rootOfPath, rootsOfProof } from './rfc-9162.ts'

const SIZE = 40
const all = leavesOf(SIZE)
const roots = Array.from({ length: SIZE + 1 }, (_, n) => MTH(all.slice(0, n)))
const other = leavesOf(SIZE + 1).at(-1)!
const flip = (hash: Bytes, bit = 0): Bytes => hash.map((b, i) => (i === bit >> 3 ? b ^ (1 << (bit & 7)) : b))
const without = (proof: readonly Bytes[], at: number) => proof.filter((_, i) => i !== at)
const swapped = (proof: readonly Bytes[], at: number) => {
  const next = [...proof]
  ;[next[at], next[at + 1]] = [next[at + 1]!, next[at]!]
  return next
}

/** What is done to the hashes of a proof; always wrong where it changes them. */
const ON_PROOFS: readonly [string, (proof: readonly Bytes[]) => Bytes[][]][] = [
  ['a dropped hash', (proof) => proof.map((_, i) => without(proof, i))],
  ['all hashes dropped', (proof) => (proof.length > 0 ? [[]] : [])],
  ['an added hash', (proof) => [...proof, other].map((_, i) => proof.toSpliced(i, 0, other))],
  ['a repeated hash', (proof) => proof.map((hash, i) => proof.toSpliced(i, 0, hash))],
  [
    'the empty root added in front or behind',
    (proof) => [
      [EMPTY_ROOT, ...proof],
      [...proof, EMPTY_ROOT],
    ],
  ],
  ['swapped neighbours', (proof) => proof.slice(1).map((_, i) => swapped(proof, i))],
  ['reversed', (proof) => (proof.length > 1 ? [proof.toReversed()] : [])],
  ['one bit flipped', (proof) => proof.flatMap((hash, i) => [0, 7, 255].map((bit) => proof.with(i, flip(hash, bit))))],
  ['a foreign hash', (proof) => proof.map((_, i) => proof.with(i, other))],
  ['truncated at the right border', (proof) => proof.map((_, i) => proof.slice(0, i))],
  [
    'two hashes folded into one',
    (proof) => proof.slice(1).map((_, i) => proof.toSpliced(i, 2, node(proof[i]!, proof[i + 1]!))),
  ],
  ['a short hash', (proof) => proof.map((hash, i) => proof.with(i, hash.slice(1)))],
  ['a long hash', (proof) => proof.map((hash, i) => proof.with(i, Uint8Array.of(...hash, 0)))],
  ['an empty hash', (proof) => proof.map((_, i) => proof.with(i, new Uint8Array()))],
]

const inclusions = function* (): Generator<InclusionClaim & { index: number; size: number }> {
  for (let size = 1; size <= SIZE; size++)
    for (let index = 0; index < size; index++)
      yield { index, size, leafHash: all[index]!, proof: PATH(index, all.slice(0, size)), root: roots[size]! }
}
const consistencies = function* (): Generator<ConsistencyClaim & { size1: number; size2: number }> {
  for (let size2 = 0; size2 <= SIZE; size2++)
    for (let size1 = 0; size1 <= size2; size1++)
      yield { size1, size2, root1: roots[size1]!, root2: roots[size2]!, proof: PROOF(size1, all.slice(0, size2)) }
}

describe('inclusion', () => {
  const refused = (claim: InclusionClaim) => expect(verifyInclusion(claim)).toBe(false)

  test.for(ON_PROOFS)('%s is refused', ([, attack]) => {
    for (const claim of inclusions()) for (const proof of attack(claim.proof)) refused({ ...claim, proof })
  })

  const ATTACKS: readonly [string, (claim: InclusionClaim & { index: number; size: number }) => InclusionClaim[]][] = [
    ['index one more', (c) => (c.index + 1 < c.size ? [{ ...c, index: c.index + 1 }] : [])],
    ['index one less', (c) => (c.index > 0 ? [{ ...c, index: c.index - 1 }] : [])],
    ['index equal to size', (c) => [{ ...c, index: c.size }]],
    [
      'index beyond size',
      (c) => [
        { ...c, index: c.size + 1 },
        { ...c, index: 2n ** 63n },
      ],
    ],
    [
      'index wrapped around 2^32 and 2^64',
      (c) => [
        { ...c, index: c.index + 2 ** 32 },
        { ...c, index: BigInt(c.index) + 2n ** 64n },
      ],
    ],
    [
      'negative index',
      (c) => [
        { ...c, index: -1 },
        { ...c, index: BigInt(c.index) - 2n ** 64n },
      ],
    ],
    [
      'size halved or doubled',
      (c) =>
        [{ ...c, size: c.size * 2 }, ...(c.index < c.size >> 1 ? [{ ...c, size: c.size >> 1 }] : [])].filter(
          ({ size }) => size !== 0,
        ),
    ],
    [
      'size of 2^63, 2^64 - 1 and more',
      (c) => [2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 70000n].map((size) => ({ ...c, size })),
    ],
    [
      'empty tree',
      (c) => [
        { ...c, index: 0, size: 0 },
        { ...c, size: 0, proof: [], root: EMPTY_ROOT },
      ],
    ],
    ['foreign leaf', (c) => [{ ...c, leafHash: other }]],
    ['another leaf of the tree', (c) => [{ ...c, leafHash: all[(c.index + 1) % c.size]! }].filter(() => c.size > 1)],
    [
      'the root as the leaf',
      (c) =>
        [
          { ...c, leafHash: c.root },
          { ...c, leafHash: c.root, proof: [] },
        ].filter(() => c.size > 1),
    ],
    [
      'an inner node as a leaf',
      (c) => c.proof.slice(0, 1).map((p) => ({ ...c, leafHash: node(c.leafHash, p), proof: c.proof.slice(1) })),
    ],
    [
      'foreign root',
      (c) => [
        { ...c, root: other },
        { ...c, root: flip(c.root) },
        { ...c, root: EMPTY_ROOT },
      ],
    ],
    [
      'root of another size',
      (c) => [
        { ...c, root: roots[c.size - 1]! },
        { ...c, root: roots[(c.size + 1) % SIZE]! },
      ],
    ],
    [
      'short and long hashes',
      (c) => [
        { ...c, root: c.root.slice(1) },
        { ...c, leafHash: c.leafHash.slice(1) },
        { ...c, leafHash: new Uint8Array(33) },
      ],
    ],
  ]
  test.for(ATTACKS)('%s is refused', ([, attack]) => {
    let probes = 0
    for (const claim of inclusions())
      for (const probe of attack(claim)) {
        refused(probe)
        probes++
      }
    expect(probes).toBeGreaterThanOrEqual(SIZE)
  })

  it('a proof of another size, index or leaf holds exactly if the RFC’s recursion says so', () => {
    const n = fc.integer({ min: 1, max: SIZE })
    fc.assert(
      fc.property(n, n, fc.nat(), fc.nat(), fc.boolean(), (size, claimed, i, j, honestRoot) => {
        const path = PATH(i % size, all.slice(0, size))
        const claim = {
          index: j % claimed,
          size: claimed,
          leafHash: all[i % size]!,
          proof: path,
          root: roots[honestRoot ? size : claimed]!,
        }
        const expected = rootOfPath(claim.index, claimed, claim.leafHash, path)
        expect(verifyInclusion(claim)).toBe(expected !== undefined && equal(expected, claim.root))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('consistency', () => {
  const refused = (claim: ConsistencyClaim) => expect(verifyConsistency(claim)).toBe(false)

  test.for(ON_PROOFS)('%s is refused', ([, attack]) => {
    for (const claim of consistencies()) for (const proof of attack(claim.proof)) refused({ ...claim, proof })
  })

  type Claim = ConsistencyClaim & { size1: number; size2: number }
  const grown = (c: Claim) => c.size1 > 0 && c.size1 < c.size2
  const ATTACKS: readonly [string, (claim: Claim) => ConsistencyClaim[]][] = [
    [
      'time travel: the old size above the new',
      (c) =>
        [{ ...c, size1: c.size2, size2: c.size1, root1: c.root2, root2: c.root1 }].filter(() => c.size1 !== c.size2),
    ],
    ['equal sizes with another root', (c) => [{ ...c, size1: c.size2, root1: other, proof: [] }]],
    [
      'equal sizes with a proof',
      (c) => [
        { ...c, size1: c.size2, root1: c.root2, proof: [other] },
        { ...c, size1: c.size2, root1: c.root2, proof: [c.root2] },
      ],
    ],
    ['an empty old tree with a proof', (c) => [{ ...c, size1: 0, root1: EMPTY_ROOT, proof: [other] }]],
    ['an empty old tree with another root', (c) => [{ ...c, size1: 0, root1: other, proof: [] }]],
    ['an empty proof of growth', (c) => [{ ...c, proof: [] }].filter(() => grown(c))],
    [
      'equal roots of a tree that grew',
      (c) =>
        [
          { ...c, root1: c.root2 },
          { ...c, root2: c.root1 },
        ].filter(() => grown(c)),
    ],
    ['swapped roots', (c) => [{ ...c, root1: c.root2, root2: c.root1 }].filter(() => grown(c))],
    [
      'foreign roots',
      (c) =>
        [
          { ...c, root1: other },
          { ...c, root2: other },
          { ...c, root1: EMPTY_ROOT },
        ].filter(() => grown(c)),
    ],
    [
      'the old size doubled or halved',
      (c) =>
        [
          { ...c, size1: c.size1 * 2 },
          { ...c, size1: c.size1 >> 1 },
        ].filter(({ size1 }) => grown(c) && size1 > 0),
    ],
    [
      'sizes of 2^63, 2^64 - 1 and more',
      (c) =>
        [2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 70000n]
          .flatMap((size) => [
            { ...c, size2: size },
            { ...c, size1: size },
          ])
          .filter(() => grown(c)),
    ],
    [
      'negative sizes',
      (c) => [
        { ...c, size1: -1 },
        { ...c, size1: -1, size2: -1 },
        { ...c, size2: BigInt(c.size2) - 2n ** 64n },
      ],
    ],
    [
      'short and long roots',
      (c) => [
        { ...c, root1: c.root1.slice(1) },
        { ...c, root2: new Uint8Array(33) },
        { ...c, root1: new Uint8Array() },
      ],
    ],
  ]
  test.for(ATTACKS)('%s is refused', ([, attack]) => {
    let probes = 0
    for (const claim of consistencies())
      for (const probe of attack(claim)) {
        refused(probe)
        probes++
      }
    expect(probes).toBeGreaterThanOrEqual(SIZE)
  })

  it('a proof between other sizes holds exactly if the RFC’s recursion says so', () => {
    const n = fc.integer({ min: 1, max: SIZE })
    fc.assert(
      fc.property(n, fc.nat(), n, fc.nat(), (size2, i, claimed2, j) => {
        const [size1, claimed1] = [1 + (i % size2), 1 + (j % claimed2)]
        const proof = PROOF(size1, all.slice(0, size2))
        const claim = { size1: claimed1, size2: claimed2, root1: roots[size1]!, root2: roots[size2]!, proof }
        const reached = rootsOfProof(claimed1, claimed2, claim.root1, proof)
        const expected = reached !== undefined && equal(reached[0], claim.root1) && equal(reached[1], claim.root2)
        expect(verifyConsistency(claim)).toBe(expected)
      }),
      { numRuns: 3000 },
    )
  })
})
