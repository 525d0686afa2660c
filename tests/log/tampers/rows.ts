// Tampers with what stands now: the rows of the resource tables, whose columns searches and consent go by.
import type { Random } from '../random.ts'
import { coded, type Make, named, on, past, type Tamper } from './tamper.ts'
import { COLUMNS } from './versions.ts'
import type { Leaf, TamperWorld } from './world.ts'

const standing = ({ leaves }: TamperWorld) => leaves.filter(({ newest }) => newest)

const row = (what: string, sql: (table: string) => string, leaf: Leaf, { table }: TamperWorld): Tamper => ({
  what: `${table(leaf.type)} of ${leaf.name}: ${what}`,
  on: on('versions', leaf),
  statements: [[`${sql(`"${table(leaf.type)}"`)} where id = $1`, [leaf.id]]],
  seen: named(leaf.name),
})
const change = (set: string, world: TamperWorld, random: Random, leaf = random.of(standing(world))) =>
  row(set, (table) => `update ${table} set ${set}`, leaf, world)

const SETS = [
  ...COLUMNS,
  'version = version + 1',
  'deleted = not deleted',
  "content = coalesce(content, '{') || ' '",
  "content = case when content is null then '{}' end",
  'confidentiality = confidentiality + 1',
  'sensitivity = 255',
  'facts = facts || 1::bigint',
  "custodian = coalesce(custodian, '') || 'x'",
  `"_tag" = coalesce("_tag", '{}') || 7::bigint`,
]

const flip: readonly Make[] = [
  (world, random) => change(random.of(SETS), world, random),
  (world, random) => {
    const leaf = random.of(standing(world).filter((one) => world.columns(one).length > 0))
    return change(`"${random.of(world.columns(leaf))}" = null`, world, random, leaf)
  },
]
const backDate: readonly Make[] = [
  (world, random) => change(`last_updated = last_updated - ${past(random)}`, world, random),
]
const remove: readonly Make[] = [
  (world, random) => row('deleted', (table) => `delete from ${table}`, random.of(standing(world)), world),
  (world, random) => {
    const { type } = random.of(standing(world))
    return {
      what: `${world.table(type)} truncated`,
      statements: [[`delete from "${world.table(type)}"`, []]],
      seen: named(...standing(world).flatMap((leaf) => (leaf.type === type ? [leaf.name] : []))),
    }
  },
]
const insert: readonly Make[] = [
  (world, random) => {
    const leaf = random.of(standing(world))
    const table = world.table(leaf.type)
    const same = 'version, last_updated, deleted, lossless, content'
    return {
      what: `${table}: a copy of ${leaf.name}`,
      statements: [
        [`insert into "${table}" (id, ${same}) select id || '-copy', ${same} from "${table}" where id = $1`, [leaf.id]],
      ],
      seen: coded('stands-without-version'),
    }
  },
]
const reorder: readonly Make[] = [
  (world, random) => {
    const { type } = random.of(standing(world).filter((one) => one.type === 'Observation'))
    const [a, b] = random.two(standing(world).filter((one) => one.type === type && one.content !== null))
    const table = world.table(type)
    const sql = `update "${table}" as t set content = o.content from "${table}" as o where (t.id, o.id) in (($1, $2), ($2, $1))`
    return {
      what: `${table} of ${a.name} and ${b.name}: contents swapped`,
      on: on('versions', a, b),
      statements: [[sql, [a.id, b.id]]],
      seen: named(a.name, b.name),
    }
  },
]

export const ROWS = { flip, backDate, remove, insert, reorder }
