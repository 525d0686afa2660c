// Laws of paging by cursor: every row that stands all the while is visited exactly once, forwards and backwards, in the
// order of the list, whatever comes and goes between two pages. https://relay.dev/graphql/connections.htm
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'

let server: TestApp
beforeAll(async () => {
  server = await testApp()
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

/** What a row is sorted by; few values, so that ties and rows without one are common. */
interface Row {
  readonly id: string
  readonly status: 'final' | 'amended'
  /** Undefined: none. `..2020` is a period open at its start, which sorts before all that have one. */
  readonly date?: string
}

const SORTS = ['', '_id', '-_id', 'date', '-date', 'status,-date', '-status,date', '_lastUpdated', '-_lastUpdated']
const dates = fc.constantFrom(undefined, '..2020', '2020', '2020-01-01', '2020-01-01T00:00:00.001Z', '2021-06')
const values = fc.record({ status: fc.constantFrom<Row['status']>('final', 'amended'), date: dates })
/** At most ten rows, stored in another order than that of their ids. */
const rowsUpTo = (maxLength: number) =>
  fc.array(values, { maxLength }).map((list) => list.map((row, i): Row => ({ id: `r${(i * 7) % 11}`, ...row })))

let run = 0
/** Rows of one run are told apart by a code of its own, so that runs need no cleaning. */
const codeOf = (run: number) => `run-${run}`

async function put({ id, status, date }: Row): Promise<void> {
  const effective = date?.startsWith('..') ? { effectivePeriod: { end: date.slice(2) } } : { effectiveDateTime: date }
  const res = { status, code: { coding: [{ code: codeOf(run) }] }, ...(date && effective) }
  const answer = await server.ask(
    'mutation($id: ID!, $res: ObservationInput!) { ObservationUpdate(id: $id, res: $res) { id } }',
    { id: `${run}-${id}`, res },
  )
  expect(answer.errors).toBeUndefined()
}
async function remove(id: string): Promise<void> {
  await server.ask('mutation($id: ID!) { ObservationDelete(id: $id) }', { id: `${run}-${id}` })
}

const bare = (nodes: { id: string }[]) => nodes.map(({ id }) => id.slice(id.indexOf('-') + 1))

async function list(sort: string): Promise<string[]> {
  const { data } = await server.ask(
    'query($code: [SearchToken!], $sort: String) { ObservationList(code: $code, _sort: $sort) { id } }',
    { code: codeOf(run), sort },
  )
  return bare(data.ObservationList)
}

interface Page {
  ids: string[]
  count: number
  first: string
  last: string
  next: string | null
  previous: string | null
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

const PAGE = `count first last next previous edges { node { id } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`

async function page(query: string, variables: object): Promise<Page> {
  const { data, errors } = await server.ask(query, { ...variables })
  expect(errors).toBeUndefined()
  const { edges, ...connection } = data.ObservationConnection
  return { ...connection, ids: bare(edges.map(({ node }: { node: { id: string } }) => node)) }
}
const start = (sort: string, count: number) =>
  page(
    `query($code: [SearchToken!], $sort: String, $count: Int) {
      ObservationConnection(code: $code, _sort: $sort, _count: $count) { ${PAGE} }
    }`,
    { code: codeOf(run), sort, count },
  )
const turn = (cursor: string) =>
  page(`query($cursor: String) { ObservationConnection(_cursor: $cursor) { ${PAGE} } }`, { cursor })

type Step = { put: Row } | { remove: number }

/** All pages from the first forwards or from the last backwards, in the order of the list. */
async function walk(sort: string, size: number, way: 'next' | 'previous', between: () => Promise<void>) {
  const first = await start(sort, size)
  let at = way === 'next' ? first : await turn(first.last)
  const pages = [at.ids]
  for (let cursor = at[way]; cursor; cursor = at[way]) {
    await between()
    at = await turn(cursor)
    expect(at.ids.length).toBeLessThanOrEqual(size)
    pages.push(at.ids)
    expect(pages.length).toBeLessThan(100)
  }
  return (way === 'next' ? pages : pages.reverse()).flat()
}

const ways = fc.constantFrom<'next' | 'previous'>('next', 'previous')

/** The order of the list, told by the rows alone: a row without a value is the smallest. */
function ordered(rows: readonly Row[], sort: string): string[] {
  const moment = ({ date }: Row) =>
    date === undefined ? -2 : date.startsWith('..') ? -1 : Date.parse(date.padEnd(10, '-01'))
  const keys = sort === '' ? ['_id'] : [...sort.split(','), `${sort.startsWith('-') ? '-' : ''}_id`]
  const value = (row: Row, key: string) => (key === '_id' ? row.id : key === 'status' ? row.status : moment(row))
  const compare = (a: Row, b: Row) => {
    for (const key of keys) {
      const [sign, name] = key.startsWith('-') ? [-1, key.slice(1)] : [1, key]
      const [x, y] = [value(a, name), value(b, name)]
      if (x !== y) return x < y ? -sign : sign
    }
    return 0
  }
  return [...rows].sort(compare).map(({ id }) => id)
}

describe('while nothing changes', () => {
  test('the pages put together are the list, forwards and backwards, and the list is in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsUpTo(9),
        fc.constantFrom(...SORTS),
        fc.integer({ min: 1, max: 4 }),
        async (rows, sort, size) => {
          run++
          for (const row of rows) await put(row)
          const all = await list(sort)
          if (!sort.includes('_lastUpdated')) expect(all).toEqual(ordered(rows, sort))
          expect([...all].sort()).toEqual(rows.map(({ id }) => id).sort())
          for (const way of ['next', 'previous'] as const)
            expect(await walk(sort, size, way, async () => {})).toEqual(all)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a page tells truly whether there is more on either side, how many there are, and the way back', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsUpTo(7),
        fc.constantFrom(...SORTS),
        fc.integer({ min: 1, max: 3 }),
        async (rows, sort, size) => {
          run++
          for (const row of rows) await put(row)
          const all = await list(sort)
          let at = await start(sort, size)
          for (let from = 0; ; from += size) {
            expect(at.ids).toEqual(all.slice(from, from + size))
            expect(at.count).toBe(all.length)
            expect(at.pageInfo.hasPreviousPage).toBe(from > 0)
            expect(at.pageInfo.hasNextPage).toBe(from + size < all.length)
            expect([at.previous !== null, at.next !== null]).toEqual([from > 0, from + size < all.length])
            if (from > 0) {
              const back = await turn(at.pageInfo.startCursor!)
              expect(back.ids).toEqual(all.slice(from - size, from))
              expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: from > size })
            }
            expect((await turn(at.first)).ids).toEqual(all.slice(0, size))
            expect((await turn(at.last)).ids).toEqual(all.slice(-size))
            if (!at.next) return
            at = await turn(at.pageInfo.endCursor!)
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('while rows come and go between pages', () => {
  const steps = fc.array(
    fc.oneof(
      // New ids lie before, between and behind those that stand.
      fc.tuple(values, fc.constantFrom('a', 'r4-', 'z')).map(([row, id]): Step => ({ put: { id, ...row } })),
      fc.nat({ max: 20 }).map((remove): Step => ({ remove })),
    ),
    { maxLength: 3 },
  )

  test('a row that stands all the while is visited exactly once, and no row twice, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsUpTo(10),
        fc.constantFrom(...SORTS),
        fc.integer({ min: 1, max: 3 }),
        ways,
        fc.array(steps, { minLength: 1, maxLength: 12 }),
        async (rows, sort, size, way, changes) => {
          run++
          for (const row of rows) await put(row)
          const gone = new Set<string>()
          const queue = [...changes]
          let made = 0
          const visited = await walk(sort, size, way, async () => {
            for (const step of queue.shift() ?? []) {
              if ('put' in step) await put({ ...step.put, id: `${step.put.id}${made++}` })
              else if (rows.length > 0) {
                const { id } = rows[step.remove % rows.length]!
                if (!gone.has(id)) await remove(id)
                gone.add(id)
              }
            }
          })
          expect(new Set(visited).size, 'a row was visited twice').toBe(visited.length)
          const stood = rows.map(({ id }) => id).filter((id) => !gone.has(id))
          expect(
            stood.filter((id) => !visited.includes(id)),
            'rows were skipped',
          ).toEqual([])
          // What stands still at the end was met in the order of the list.
          const all = await list(sort)
          expect(visited.filter((id) => all.includes(id))).toEqual(all.filter((id) => visited.includes(id)))
        },
      ),
      { numRuns: 60 },
    )
  })
})
