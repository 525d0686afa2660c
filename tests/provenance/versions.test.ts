// Completeness: versions and leaves that belong together, and every way in which they do not, by name.
import { describe, expect, it, test } from 'vitest'
import { rootWith } from '../../src/provenance/batch.ts'
import { concat } from '../../src/provenance/bytes.ts'
import { type Committed, commitment, leafTypeOf } from '../../src/provenance/commitment.ts'
import type { DisclosedVersion } from '../../src/provenance/disclosed-version.ts'
import { type Leaf, leafEntry } from '../../src/provenance/leaf.ts'
import { hasher } from '../../src/provenance/merkle.ts'
import { hmacSha256 } from '../../src/provenance/native-hash.ts'
import { VersionCheck } from '../../src/provenance/verifier/index.ts'
import { seed } from './log.ts'

describe('versions and leaves', () => {
  const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  const time = '2026-01-02T03:04:05.678Z'
  const version = (n: number, more: Partial<DisclosedVersion> = {}): DisclosedVersion => ({
    entry: uuid(n),
    salt: seed(n),
    resourceType: 'Observation',
    id: `o${n}`,
    versionId: '1',
    op: 'create',
    resource: `{"id":"o${n}"}`,
    provenance: '{}',
    decision: `d${n}`,
    ...more,
  })
  const leafFor = (v: DisclosedVersion, more: Partial<Leaf> = {}): Leaf => ({
    type: leafTypeOf(v),
    entry: v.entry,
    commitment: commitment(hmacSha256, v.salt, v as Committed),
    time,
    salt: uuid(900),
    ...more,
  })
  const erase = (erased: number[]): Leaf => ({
    type: 'erase',
    entry: uuid(800),
    commitment: new Uint8Array(32),
    time,
    salt: uuid(801),
    erased,
  })
  /** The AuditEvent of an erasure, and the leaf that tells it. */
  const ERASING = version(800, { resourceType: 'AuditEvent' })
  const told = (erased: number[]): Leaf => ({ ...leafFor(ERASING), type: 'erase', erased })
  const VERSIONS = [
    version(1),
    version(2, { resourceType: 'Consent' }),
    version(3, { op: 'delete', resource: '' }),
    version(4),
  ]
  const check = (leaves: (Leaf | Uint8Array)[], versions: (DisclosedVersion | undefined)[], whole = true) => {
    const checked = new VersionCheck()
    leaves.forEach((leaf, i) => {
      checked.addEntry(i, leaf instanceof Uint8Array ? leaf : leafEntry(leaf))
    })
    versions.forEach((v, i) => {
      checked.addVersion(v, i)
    })
    return checked.findings({ whole }).map(({ code, at }) => `${code} ${at}`)
  }
  const LEAVES = VERSIONS.map((v) => leafFor(v))

  it('that belong together have no findings, in any order of versions', () => {
    expect(check(LEAVES, VERSIONS)).toEqual([])
    expect(check(LEAVES, VERSIONS.toReversed())).toEqual([])
    const event = version(5, { resourceType: 'AuditEvent' })
    expect(check([...LEAVES, leafFor(event, { type: 'btg' })], [...VERSIONS, event])).toEqual([])
    expect(check([...LEAVES, leafFor(event, { type: 'audit.batch' })], VERSIONS)).toEqual([])
  })

  describe('with events beside them', () => {
    const events = concat([seed(70), seed(71)])
    const beside = version(6, { events })
    const leaf = leafFor(beside, {
      commitment: rootWith(hasher, commitment(hmacSha256, beside.salt, beside), events),
      events: 2,
    })

    it('have no findings', () => {
      expect(check([...LEAVES, leaf], [...VERSIONS, beside])).toEqual([])
    })

    test.for([
      ['another event', leaf, { events: concat([seed(70), seed(72)]) }],
      ['events in another order', leaf, { events: concat([seed(71), seed(70)]) }],
      ['an event less', leaf, { events: seed(70) }],
      ['an event more', leaf, { events: concat([events, seed(72)]) }],
      ['a piece of an event more', leaf, { events: concat([events, Uint8Array.of(1)]) }],
      ['none', leaf, { events: new Uint8Array(0) }],
      ['a leaf that says less', { ...leaf, events: 1 }, {}],
      ['a leaf that says more', { ...leaf, events: 3 }, {}],
      ['a leaf that says none', leafFor(beside, { commitment: leaf.commitment }), {}],
      ['a leaf of the version alone', leafFor(beside), {}],
      ['another content', leaf, { resource: '{}' }],
    ] as const)('%s: commitment-differs', ([, of, more]) => {
      expect(check([...LEAVES, of], [...VERSIONS, { ...beside, ...more }])).toEqual(['commitment-differs 4'])
    })
  })

  it('erased have no findings once they are gone', () => {
    expect(check([...LEAVES, told([0, 3])], [...VERSIONS.slice(1, 3), ERASING])).toEqual([])
    expect(check([...LEAVES, erase([0, 3])], VERSIONS.slice(1, 3))).toEqual(['leaf-without-version 4'])
    const checked = new VersionCheck()
    ;[...LEAVES, erase([0, 3])].forEach((leaf, i) => {
      checked.addEntry(i, leafEntry(leaf))
    })
    expect(checked.erased()).toEqual([0, 3])
  })

  const one = VERSIONS[0]!
  const CASES: [string, string[], () => string[]][] = [
    [
      'a version that was never logged',
      ['version-without-leaf 00000000-0000-4000-8000-000000000009'],
      () => check(LEAVES, [...VERSIONS, version(9)]),
    ],
    [
      'a version that has no entry at all: its line is named',
      ['version-without-leaf line 4'],
      () => check(LEAVES, [...VERSIONS, version(9, { entry: '', salt: new Uint8Array(0) })]),
    ],
    ['a leaf whose version is missing', ['leaf-without-version 3'], () => check(LEAVES, VERSIONS.slice(0, 3))],
    ['… which an export of one patient may leave out', [], () => check(LEAVES, VERSIONS.slice(0, 3), false)],
    [
      'a decimal rewritten',
      ['commitment-differs 0'],
      () => check(LEAVES, VERSIONS.with(0, { ...one, resource: '{"id": "o1"}' })),
    ],
    [
      'another version number',
      ['commitment-differs 0'],
      () => check(LEAVES, VERSIONS.with(0, { ...one, versionId: '2' })),
    ],
    [
      'another Provenance',
      ['commitment-differs 0'],
      () => check(LEAVES, VERSIONS.with(0, { ...one, provenance: '{ }' })),
    ],
    ['another decision', ['commitment-differs 0'], () => check(LEAVES, VERSIONS.with(0, { ...one, decision: 'd' }))],
    ['another salt', ['commitment-differs 0'], () => check(LEAVES, VERSIONS.with(0, { ...one, salt: seed(99) }))],
    [
      'a short salt',
      ['version-unreadable 0', 'leaf-without-version 0'],
      () => check(LEAVES, VERSIONS.with(0, { ...one, salt: new Uint8Array(8) })),
    ],
    ['a line that cannot be read', ['version-unreadable 4'], () => check(LEAVES, [...VERSIONS, undefined])],
    [
      'a lone surrogate',
      ['commitment-differs 0'],
      () => check(LEAVES, VERSIONS.with(0, { ...one, resource: '"\ud800"' })),
    ],
    ['two versions on one leaf', ['version-twice 0'], () => check(LEAVES, [...VERSIONS, one])],
    [
      'another version on a leaf that has one',
      ['version-twice 0', 'commitment-differs 0'],
      () => check(LEAVES, [...VERSIONS, version(1, { id: 'o9' })]),
    ],
    [
      'one version on two leaves',
      ['version-twice 4'],
      () => check([...LEAVES, leafFor({ ...one, entry: uuid(7) })], [...VERSIONS, { ...one, entry: uuid(7) }]),
    ],
    ['two leaves of one entry', ['entry-twice 4'], () => check([...LEAVES, leafFor(one)], VERSIONS)],
    ['an entry that is no leaf', ['not-a-leaf 4'], () => check([...LEAVES, new TextEncoder().encode('{}')], VERSIONS)],
    [
      'a write logged as an event',
      ['other-type-of-leaf 0'],
      () => check(LEAVES.with(0, leafFor(one, { type: 'audit.batch' })), VERSIONS),
    ],
    [
      'a delete logged as a write',
      ['other-type-of-leaf 2'],
      () => check(LEAVES.with(2, leafFor(VERSIONS[2]!, { type: 'fhir.write' })), VERSIONS),
    ],
    [
      'an erased version that is still there',
      ['erased-yet-there 0'],
      () => check([...LEAVES, erase([0])], VERSIONS, false),
    ],
    [
      'an erasure of what comes later',
      ['erases-no-leaf-before-it 0'],
      () => check([erase([1]), leafFor(one)], [one], false),
    ],
    ['an erasure of itself', ['erases-no-leaf-before-it 0'], () => check([erase([0])], [], false)],
    [
      'an erasure of an erasure',
      ['erases-no-leaf-before-it 2'],
      () => check([leafFor(one), erase([0]), { ...erase([1]), entry: uuid(802) }], [], false),
    ],
  ]
  test.for(CASES)('%s', ([, findings, run]) => {
    expect(run()).toEqual(findings)
  })
})
