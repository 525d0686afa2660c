// Tampers with log_salt, which opens what leaves commit to.
import { bit, flipped, type Make, named, on, type Tamper, UUID } from './tamper.ts'
import type { Leaf } from './world.ts'

const BY_ID = 'where id = $1'
const salt = (what: string, sql: string, leaf: Leaf, more: unknown[] = []): Tamper => ({
  what: `log_salt of ${leaf.name}: ${what}`,
  on: on('versions', leaf),
  statements: [[`${sql} ${BY_ID}`, [leaf.salt, ...more]]],
  seen: named(leaf.name),
})

const flip: readonly Make[] = [
  ({ leaves }, random) => {
    const set = `update log_salt set salt = ${flipped('salt', 1)}`
    return salt('flip a bit', set, random.of(leaves), [random.below(32), bit(random)])
  },
  ({ leaves }, random) => salt('another id', `update log_salt set id = '${UUID}'`, random.of(leaves)),
]
const remove: readonly Make[] = [
  ({ leaves }, random) => salt('deleted', 'delete from log_salt', random.of(leaves)),
  ({ leaves }) => ({
    what: 'log_salt truncated',
    statements: [['delete from log_salt', []]],
    seen: named(...leaves.map(({ name }) => name)),
  }),
]
const insert: readonly Make[] = [
  () => ({
    what: 'log_salt: one more',
    statements: [[`insert into log_salt (id, salt) values ('${UUID}', sha256('x'))`, []]],
    seen: named(UUID),
  }),
]
const reorder: readonly Make[] = [
  ({ leaves }, random) => {
    const [a, b] = random.two(leaves)
    const sql = 'update log_salt as s set salt = o.salt from log_salt as o where (s.id, o.id) in (($1, $2), ($2, $1))'
    return {
      what: `log_salt of ${a.name} and ${b.name} swapped`,
      on: on('versions', a, b),
      statements: [[sql, [a.salt, b.salt]]],
      seen: named(a.name, b.name),
    }
  },
]

export const SALTS = { flip, remove, insert, reorder }
