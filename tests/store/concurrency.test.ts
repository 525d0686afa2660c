// Many writers, one resource: no version is lost, doubled or skipped, whichever process they write through.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, startApp } from '../../src/server/app.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type Answer, STRICT, type TestApp, testApp, testSignIn } from '../support/app.ts'
import { emptyDatabase } from '../support/database.ts'

const WRITERS = 32
const writers = Array.from({ length: WRITERS }, (_, i) => `writer-${i}`)
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, i) => String(from + i))

let server: TestApp
let second: { app: App; database: Database }
const faults: unknown[] = []
beforeAll(async () => {
  server = await testApp()
  const database = await openDatabase({ url: server.url })
  const log = { info: () => {}, fault: (error: unknown) => void faults.push(error) }
  const app = await startApp({
    database,
    log,
    host: '127.0.0.1',
    port: 0,
    development: true,
    policies: STRICT,
    signIn: testSignIn,
  })
  second = { app, database }
})
afterAll(async () => {
  expect([...server.faults, ...faults]).toEqual([])
  await second.app.close()
  await second.database.close()
  await server.close()
})

const UPDATE = `mutation($id: ID!, $res: PatientInput!, $ifMatch: String) {
  PatientUpdate(id: $id, res: $res, ifMatch: $ifMatch) { meta { versionId } name { family } }
}`

/** Writers take turns between the two servers. */
async function post(writer: number, query: string, variables: object): Promise<Answer> {
  const url = writer % 2 === 0 ? server.app.url : second.app.url
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const text = await answer.text()
  return { status: answer.status, ...JSON.parse(text), text }
}

const update = (writer: number, id: string, ifMatch?: string) =>
  post(writer, UPDATE, { id, ifMatch, res: { name: [{ family: writers[writer] }] } })

const versionOf = (answer: Answer): string | undefined => answer.data?.PatientUpdate?.meta.versionId
const codeOf = (answer: Answer) => answer.errors?.[0]?.extensions.code

async function stand(id: string): Promise<void> {
  const answer = await server.ask(UPDATE, { id, res: { name: [{ family: 'first' }] } })
  expect(versionOf(answer)).toBe('1')
}

/** Oldest first. */
async function history(id: string) {
  const query = `query($id: ID!) {
    PatientHistory(id: $id) { versionId operation resource { id meta { versionId } name { family } } }
  }`
  const { data } = await server.ask(query, { id })
  const entries = data.PatientHistory.reverse() as {
    versionId: string
    operation: string
    resource: { id: string; meta: { versionId: string }; name: [{ family: string }] } | null
  }[]
  return {
    versions: entries.map((entry) => entry.versionId),
    operations: entries.map((entry) => entry.operation),
    told: entries.filter(({ resource }) => resource).map((entry) => entry.resource!.meta.versionId),
    families: entries.map((entry) => entry.resource?.name[0].family),
  }
}

async function current(id: string): Promise<{ version: string; family: string }> {
  const { data } = await server.ask('query($id: ID!) { Patient(id: $id) { meta { versionId } name { family } } }', {
    id,
  })
  return { version: data.Patient.meta.versionId, family: data.Patient.name[0].family }
}

describe(`${WRITERS} writers over two servers on one database`, () => {
  test('all with the same ifMatch: one wins, the others hear of a conflict, one version is added', async () => {
    await stand('race')
    const answers = await Promise.all(writers.map((_, i) => update(i, 'race', '1')))
    const winners = answers.flatMap((answer, i) => (versionOf(answer) ? [i] : []))
    expect(winners).toHaveLength(1)
    expect(versionOf(answers[winners[0]!]!)).toBe('2')
    expect(answers.filter((answer) => codeOf(answer) === 'CONFLICT')).toHaveLength(WRITERS - 1)
    const { versions, families } = await history('race')
    expect(versions).toEqual(['1', '2'])
    expect(families).toEqual(['first', writers[winners[0]!]])
  })

  test('each with the ifMatch it read, until it wins: every version has exactly one winner', async () => {
    await stand('match')
    const wins = new Map<string, string>()
    await Promise.all(
      writers.map(async (writer, i) => {
        for (;;) {
          const answer = await update(i, 'match', (await current('match')).version)
          const version = versionOf(answer)
          if (version === undefined) {
            expect(codeOf(answer)).toBe('CONFLICT')
            continue
          }
          expect(wins.has(version), `version ${version} was won twice`).toBe(false)
          wins.set(version, writer)
          return
        }
      }),
    )
    const { versions, families, told } = await history('match')
    expect(versions).toEqual(upTo(WRITERS + 1))
    expect(told).toEqual(versions)
    expect(families).toEqual(['first', ...upTo(WRITERS, 2).map((version) => wins.get(version))])
    expect(await current('match')).toEqual({ version: String(WRITERS + 1), family: families.at(-1) })
  })

  test('without ifMatch all win: contiguous versions, each body once, the last one stands', async () => {
    await stand('free')
    const answers = await Promise.all(writers.map((_, i) => update(i, 'free')))
    const { versions, operations, families, told } = await history('free')
    expect(versions).toEqual(upTo(WRITERS + 1))
    expect(told).toEqual(versions)
    expect(operations).toEqual(['create', ...writers.map(() => 'update')])
    expect([...families].sort()).toEqual(['first', ...writers].sort())
    // Every writer was told the version that holds what it wrote.
    for (const [i, answer] of answers.entries()) expect(families[Number(versionOf(answer)) - 1]).toBe(writers[i])
    expect(await current('free')).toEqual({ version: String(WRITERS + 1), family: families.at(-1) })
  })

  test('under an id that nobody took yet: one creates, the others update', async () => {
    const answers = await Promise.all(writers.map((_, i) => update(i, 'new')))
    expect(answers.map(codeOf).filter(Boolean)).toEqual([])
    const { versions, operations, families } = await history('new')
    expect(versions).toEqual(upTo(WRITERS))
    expect(operations).toEqual(['create', ...writers.slice(1).map(() => 'update')])
    expect([...families].sort()).toEqual([...writers].sort())
  })

  test('half of them deleting: versions stay contiguous and tell who came when', async () => {
    await stand('mixed')
    const remove = (i: number) => post(i, 'mutation($id: ID!) { PatientDelete(id: $id) }', { id: 'mixed' })
    // Writers 0, 1, 4, 5 … delete, so that both servers do both.
    const answers = await Promise.all(writers.map((_, i) => (i % 4 < 2 ? remove(i) : update(i, 'mixed'))))
    const updated = answers.filter((answer) => versionOf(answer) !== undefined).length
    const deleted = answers.filter((answer) => answer.data?.PatientDelete === true).length
    // Whoever deletes what is deleted already finds nothing.
    expect(answers.filter((answer) => codeOf(answer) === 'NOT_FOUND')).toHaveLength(WRITERS / 2 - deleted)
    expect(updated).toBe(WRITERS / 2)
    const { versions, operations, families } = await history('mixed')
    expect(versions).toEqual(upTo(1 + updated + deleted))
    expect(operations.filter((operation) => operation === 'delete')).toHaveLength(deleted)
    for (const [i, operation] of operations.entries()) expect(families[i] === undefined).toBe(operation === 'delete')
    expect(operations.join()).not.toContain('delete,delete')
  })
})

const MIGRATIONS = readdirSync(new URL('../../migrations/', import.meta.url)).filter((file) =>
  /^Migration.*\.ts$/.test(file),
)

test('four processes that open one empty database at once migrate it once and all succeed', async () => {
  const { url, drop } = await emptyDatabase()
  try {
    const ends = await Promise.all(upTo(4).map(() => open(url)))
    expect(ends).toEqual(ends.map(() => ({ code: 0, stderr: '' })))
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query('select name, count(*)::int as times from mikro_orm_migrations group by name')
    await client.end()
    expect(rows).toHaveLength(MIGRATIONS.length)
    expect(rows.filter(({ times }) => times !== 1)).toEqual([])
  } finally {
    await drop()
  }
})

function open(url: string): Promise<{ code: number | null; stderr: string }> {
  const program = fileURLToPath(new URL('./open-database.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, url], { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stderr }))
  })
}
