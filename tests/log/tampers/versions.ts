// Tampers with resource_version: content, and the columns beside it that say whom it may be told.
import type { Random } from '../random.ts'
import { BY_VERSION, coded, keyOf, type Make, named, on, past, type Tamper } from './tamper.ts'
import type { Leaf } from './world.ts'

/** @param more parameters from $4 on */
const version = (what: string, set: string, leaf: Leaf, more: unknown[] = []): Tamper => ({
  what: `resource_version of ${leaf.name}: ${what}`,
  on: on('versions', leaf),
  statements: [[`update resource_version set ${set} ${BY_VERSION}`, [...keyOf(leaf), ...more]]],
  seen: named(leaf.name),
})

/** Labels may rise: what raises them is the labelling, and nothing tells the two apart. */
export const COLUMNS: readonly string[] = [
  "patient = coalesce(patient, '') || 'x'",
  'shared = not shared',
  'confidentiality = confidentiality - 1',
  'sensitivity = 0',
  "facts = case when facts <> '{}' then facts[2:] end",
  'lossless = not lossless',
]
const TIMES = ["clinical_low = coalesce(clinical_low, now()) - interval '1 day'", 'clinical_high = now()']

const alive = (leaves: readonly Leaf[]) => leaves.filter(({ content }) => content !== null)
function letter(content: string, random: Random): [at: number, letter: string] {
  const at = random.below(content.length)
  return [at + 1, content[at] === 'a' ? 'b' : 'a']
}

const flip: readonly Make[] = [
  ({ leaves }, random) => {
    const leaf = random.of(alive(leaves))
    const [at, other] = letter(leaf.content!, random)
    return version(`letter ${at} of its content`, 'content = overlay(content placing $5 from $4)', leaf, [at, other])
  },
  ({ placed }, random) => {
    const set = random.of(["type = 'Basic'", "id = id || 'x'", 'version = version + 1000'])
    return version(set, set, random.of(placed))
  },
  ({ leaves }, random) => {
    const set = "operation = case operation when 'update' then 'create' else 'update' end"
    return version('operation', set, random.of(leaves))
  },
  ({ placed }, random) => {
    const set = random.of([...COLUMNS, ...TIMES])
    return version(set, set, random.of(placed))
  },
  ({ placed }, random) => {
    // Who held an older one follows from nothing that is still there.
    const leaf = random.of(placed.filter(({ newest }) => newest))
    return version('custodian', "custodian = coalesce(custodian, '') || 'x'", leaf)
  },
]

const backDate: readonly Make[] = [
  ({ leaves }, random) =>
    version('back-dated', `last_updated = last_updated - ${past(random)}`, random.of(alive(leaves))),
]

const remove: readonly Make[] = [
  ({ leaves }, random) => {
    const leaf = random.of(leaves)
    const sql = `delete from resource_version ${BY_VERSION}`
    return { ...version('deleted', '', leaf), statements: [[sql, keyOf(leaf)]] }
  },
  ({ placed }, random) => version('content cut short', 'content = left(content, -1)', random.of(alive(placed))),
  ({ placed }, random) => version('content taken', 'content = null', random.of(alive(placed))),
  ({ leaves }, random) => {
    const { type } = random.of(leaves)
    return {
      what: `resource_version: no ${type} any more`,
      statements: [['delete from resource_version where type = $1', [type]]],
      seen: named(...leaves.filter((leaf) => leaf.type === type).map(({ name }) => name)),
    }
  },
]

const insert: readonly Make[] = [
  ({ placed }, random) => {
    const [leaf, id] = [random.of(placed), random.of(["id || '-copy'", 'id'])]
    const when = random.of(['last_updated', "last_updated - interval '1 year'"])
    const same = 'operation, patient, shared, custodian, confidentiality, sensitivity, facts, lossless, content'
    const sql = `insert into resource_version (type, id, version, last_updated, ${same})
select type, ${id}, version + 1000, ${when}, ${same} from resource_version ${BY_VERSION}`
    return {
      what: `resource_version: a copy of ${leaf.name}, ${id} of ${when}`,
      statements: [[sql, keyOf(leaf)]],
      seen: coded('version-without-leaf'),
    }
  },
]

const reorder: readonly Make[] = [
  ({ placed }, random) => {
    // Two deletes say the same.
    const [a, b] = random.two(alive(placed))
    const sql = `update resource_version as v set content = o.content, operation = o.operation from resource_version as o
where (v.type, v.id, v.version, o.type, o.id, o.version) in (($1, $2, $3::int, $4, $5, $6::int), ($4, $5, $6::int, $1, $2, $3::int))`
    return {
      what: `resource_version of ${a.name} and ${b.name}: contents swapped`,
      on: on('versions', a, b),
      statements: [[sql, [...keyOf(a), ...keyOf(b)]]],
      seen: named(a.name, b.name),
    }
  },
  ({ placed }, random) => {
    const [a, b] = random.two(placed)
    const sql = `update resource_version set type = $4, id = $5, version = $6 ${BY_VERSION}`
    const aside = ['Basic', 'aside', 1]
    return {
      what: `resource_version of ${a.name} and ${b.name}: names swapped`,
      on: on('versions', a, b),
      statements: [
        [sql, [...keyOf(a), ...aside]],
        [sql, [...keyOf(b), ...keyOf(a)]],
        [sql, [...aside, ...keyOf(b)]],
      ],
      seen: named(a.name, b.name),
    }
  },
]

export const VERSIONS = { flip, backDate, remove, insert, reorder }
