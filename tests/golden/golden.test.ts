// Golden sets: a folder per case with the query, its variables, the answer and the statements that made it, on data.json.
// `GOLDEN=refresh npx vitest run tests/golden` rewrites answers and statements for review; never where CI is set.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isObject, parseJson } from '../../src/kernel/json.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { isAudit, ofRequests } from '../support/statements.ts'
import { fill } from './data.ts'

const REFRESH = process.env.GOLDEN === 'refresh'
if (REFRESH && process.env.CI)
  throw new Error('Golden sets are reviewed by people: GOLDEN=refresh is refused under CI.')

const here = new URL('./', import.meta.url)
const cases = readdirSync(here, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
const read = (name: string, file: string) => readFileSync(new URL(`${name}/${file}`, here), 'utf8')

let server: TestApp
beforeAll(async () => {
  server = await testApp()
  await fill(server)
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

/** Asks a case; a variable `{ of, at }` stands for what another case answers there: cursors are drawn at random. */
async function ask(name: string): Promise<{ answer: unknown; statements: string[] }> {
  const variables: Record<string, unknown> = JSON.parse(read(name, 'variables.json'))
  for (const [variable, value] of Object.entries(variables)) {
    if (!isObject(value) || typeof value.of !== 'string') continue
    const { data } = (await ask(value.of)).answer as { data: unknown }
    variables[variable] = String(value.at)
      .split('.')
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], data)
  }
  server.statements.length = 0
  const { text } = await server.ask(read(name, 'query.graphql'), variables)
  return { answer: parseJson(text).value, statements: ofRequests(server.statements) }
}

const CURSORS = ['cursor', 'startCursor', 'endCursor', 'first', 'previous', 'next', 'last']

/** What differs from run to run, by the name of its field: moments of writing, and sealed cursors. */
function settled(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => settled(item))
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, settled(v, name)]))
  if (typeof value !== 'string') return value
  if (key === 'lastUpdated' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return '(instant)'
  return CURSORS.includes(key) && /^[\w-]{60,}$/.test(value) ? '(cursor)' : value
}

const CLAUSES = / (?=(?:from|where|order by|limit|cross join) )|(?<! cross) (?=join )/g

/** One clause a line, one blank line between statements. */
const laidOut = (statements: string[]) =>
  statements.map((sql) => `${isAudit(sql) ? 'insert into audit_event' : sql.replaceAll(CLAUSES, '\n')}\n`).join('\n')

test.for(cases)('%s', async (name) => {
  const { answer, statements } = await ask(name)
  // From the second time on a query runs compiled: nobody may notice.
  for (const _time of ['second', 'third']) {
    const again = await ask(name)
    expect(settled(again.answer)).toEqual(settled(answer))
    expect(alike(again.statements)).toEqual(alike(statements))
  }
  const files = { 'result.json': `${JSON.stringify(settled(answer), null, 2)}\n`, 'sql.txt': laidOut(statements) }
  for (const [file, made] of Object.entries(files)) {
    if (REFRESH) writeFileSync(new URL(`${name}/${file}`, here), made)
    else expect(made, `tests/golden/${name}/${file}`).toBe(existed(name, file))
  }
})

/** In any order; the first event of its kind brings along what all of them share. */
const alike = (all: readonly string[]) => all.map((sql) => (isAudit(sql) ? 'audit' : sql)).toSorted()

const existed = (name: string, file: string) =>
  existsSync(new URL(`${name}/${file}`, here)) ? read(name, file) : 'nothing: refresh the golden sets'
