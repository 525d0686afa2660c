// Tampers with log_leaf.
import { BY_VERSION, bit, flipped, keyOf, type Make, named, on, past, type Tamper, UUID } from './tamper.ts'
import type { Entry, Leaf } from './world.ts'

const BY_ENTRY = 'where entry = $1'
const [FAR, FARTHER] = [1_000_000, 1_000_001]

/** One column of a row, which its version or the dump misses. */
const row = (what: string, set: string, leaf: Leaf | Entry, more: unknown[] = []): Tamper => ({
  what: `log_leaf ${leaf.name}: ${what}`,
  on: on('versions', leaf),
  statements: [[`update log_leaf set ${set} ${BY_ENTRY}`, [leaf.entry, ...more]]],
  seen: named(leaf.name),
})
/** The same, where the tree does not fit any more. */
const entry = (...given: Parameters<typeof row>): Tamper => ({
  ...row(...given),
  on: on('tree', given[2]),
})

const COLUMNS = [
  `salt = '${UUID}'`,
  `entry = '${UUID}'`,
  `agent = '${UUID}'`,
  "type = 'Basic'",
  "id = id || 'x'",
  'version = version + 1000',
  'type = null, id = null, version = null',
  `tree = decode(repeat('00', 64), 'hex')`,
  "decision = coalesce(decision, '') || 'x'",
]

const flip: readonly Make[] = [
  ({ entries }, random) =>
    entry('flip a bit', `leaf = ${flipped('leaf', 1)}`, random.of(entries), [random.below(190), bit(random)]),
  ({ waiting }, random) =>
    row('flip a bit', `leaf = ${flipped('leaf', 1)}`, random.of(waiting), [random.below(190), bit(random)]),
  ({ placed }, random) => {
    const set = random.of(COLUMNS)
    return row(set, set, random.of(placed))
  },
  ({ entries }, random) => {
    const set = random.of([...COLUMNS.slice(0, 3), ...COLUMNS.slice(-2)])
    return row(set, set, random.of(entries))
  },
  ({ entries }, random) => {
    const set = "type = 'Basic', id = 'x', version = 1"
    return row(set, set, random.of(entries))
  },
  ({ waiting }, random) => {
    const set = random.of([`salt = '${UUID}'`, "decision = coalesce(decision, '') || 'x'"])
    return row(set, set, random.of(waiting))
  },
]

const backDate: readonly Make[] = [
  ({ leaves, entries }, random) =>
    row('back-dated', `recorded = recorded - ${past(random)}`, random.of([...leaves, ...entries])),
  ({ entries }, random) => {
    const earlier = `convert_to(replace(convert_from(leaf, 'UTF8'), '"ts":"20', '"ts":"19'), 'UTF8')`
    const leaf = random.of(entries)
    return entry('ts back-dated', `leaf = ${earlier}, recorded = recorded - interval '100 years'`, leaf)
  },
]

const remove: readonly Make[] = [
  ({ entries }, random) => entry('no place', 'leaf_index = null', random.of(entries)),
  ({ placed, size }, random) => entry('a place beyond', `leaf_index = ${size + random.below(1000)}`, random.of(placed)),
  ({ entries, waiting }, random) => {
    const leaf = random.of([...entries, ...waiting])
    return {
      what: `log_leaf ${leaf.name}: deleted`,
      on: on(leaf.index === null ? 'versions' : 'tree', leaf),
      statements: [[`delete from log_leaf ${BY_ENTRY}`, [leaf.entry]]],
      // One that waited is in no tree: its salt opens nothing any more.
      seen: named(leaf.index === null ? leaf.salt : leaf.name),
    }
  },
  ({ entries, size }, random) => {
    const leaf = random.of(entries.slice(0, -1))
    return {
      what: `log_leaf ${leaf.name}: deleted, and those behind it moved up`,
      statements: [
        [`delete from log_leaf ${BY_ENTRY}`, [leaf.entry]],
        [`update log_leaf set leaf_index = leaf_index + ${FAR} where leaf_index > $1`, [leaf.index]],
        [`update log_leaf set leaf_index = leaf_index - ${FARTHER} where leaf_index > ${FAR}`, []],
      ],
      seen: named(leaf.name, size - 1),
    }
  },
  ({ entries }, random) => {
    const leaf = random.of(entries)
    return {
      what: `log_leaf from ${leaf.name} on: truncated`,
      statements: [['delete from log_leaf where leaf_index >= $1', [leaf.index]]],
      seen: named(...entries.slice(leaf.index!).map(({ name }) => name)),
    }
  },
]

const insert: readonly Make[] = [
  ({ placed, size }, random) => {
    const [leaf, place] = [random.of(placed), random.of(['null', String(size), String(size + 7)])]
    const sql = `insert into log_leaf (entry, leaf, salt, type, id, version, leaf_index, recorded)
select '${UUID}', leaf, salt, type, id || '-copy', version, ${place}, recorded from log_leaf ${BY_ENTRY}`
    return {
      what: `log_leaf: a copy of ${leaf.name} at ${place}`,
      statements: [[sql, [leaf.entry]]],
      seen: named(UUID),
    }
  },
  ({ entries }, random) => {
    const [at, leaf] = random.two(entries)
    const sql = `insert into log_leaf (entry, leaf, salt, leaf_index, recorded)
select '${UUID}', leaf, salt, $2::int, recorded from log_leaf ${BY_ENTRY}`
    return {
      what: `log_leaf: a copy of ${leaf.name} before ${at.name}, and the rest moved down`,
      statements: [
        [`update log_leaf set leaf_index = leaf_index + ${FARTHER} where leaf_index >= $1`, [at.index]],
        [`update log_leaf set leaf_index = leaf_index - ${FAR} where leaf_index > ${FAR}`, []],
        [sql, [leaf.entry, at.index]],
      ],
      seen: named(at.name),
    }
  },
]

const reorder: readonly Make[] = [
  ({ entries }, random) => {
    const [a, b] = random.two(entries)
    return {
      what: `log_leaf ${a.name} and ${b.name}: places swapped`,
      statements: [
        [`update log_leaf set leaf_index = ${FAR} ${BY_ENTRY}`, [a.entry]],
        [`update log_leaf set leaf_index = $2 ${BY_ENTRY}`, [b.entry, a.index]],
        [`update log_leaf set leaf_index = $2 ${BY_ENTRY}`, [a.entry, b.index]],
      ],
      seen: named(a.name, b.name),
    }
  },
  ({ placed }, random) => {
    const [a, b] = random.two(placed)
    const sql = `update log_leaf set type = $2, id = $3, version = $4 ${BY_ENTRY}`
    return {
      what: `log_leaf ${a.name} and ${b.name}: versions swapped`,
      statements: [
        [`update log_leaf set version = version + 1000 ${BY_VERSION}`, keyOf(a)],
        [sql, [b.entry, ...keyOf(a)]],
        [sql, [a.entry, ...keyOf(b)]],
      ],
      seen: named(a.name, b.name),
    }
  },
]

export const LEAVES = { flip, backDate, remove, insert, reorder }
