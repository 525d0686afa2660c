// Before speeds are compared: both sides give the same bytes for the same question, and a write leaves the same rows.
import assert from 'node:assert/strict'
import type pg from 'pg'
import { requests, type Scenario, type Side } from './scenarios.ts'

type Row = Record<string, unknown>

export interface Ask {
  port: number
  side: Side
}

const SAMPLES = 20
const OWN = /"(id|versionId|lastUpdated)":"[^"]+"/g

/** What the server itself decides for a write: id, version, time. */
/** What only the kernel needs: the floor knows no consent. */
const KERNEL = [
  'shared',
  'custodian',
  'confidentiality',
  'sensitivity',
  'facts',
  'patient',
  'clinical_low',
  'clinical_high',
]

/** Says where in the provenance log the write is, beside the answer; the floor says nothing of it. */
const LOGGED = /,"extensions":\{"provenance":\[[^\]]*\]\}\}$/
const withoutOwn = (text: string) => text.replace(LOGGED, '}').replaceAll(OWN, '"$1":…')

/**
 * @returns the least length of an answer, for the load generator to recognise a truncated one
 * @throws AssertionError naming the difference
 */
export async function check(scenario: Scenario, ours: Ask, floors: Ask[], patients: number, client: pg.Client) {
  const asked = requests(scenario, ours.side, SAMPLES, patients, 0)
  let least = Number.POSITIVE_INFINITY
  for (const [i, request] of asked.entries()) {
    const mine = await send(ours.port, request)
    assert.ok(mine.startsWith(scenario.begins), `(${scenario.name}) our answer is no data: ${mine.slice(0, 1000)}`)
    least = Math.min(least, Buffer.byteLength(mine.replace(LOGGED, '}')))
    const myRow = scenario.writes && (await written(client, scenario.writes, mine))
    for (const { port, side } of floors) {
      const other = await send(port, requests(scenario, side, i + 1, patients, 0)[i]!)
      if (!scenario.writes) assert.equal(other, mine, `(${scenario.name}) the answers differ`)
      else {
        assert.equal(withoutOwn(other), withoutOwn(mine), `(${scenario.name}) the answers differ`)
        const theirs = await written(client, scenario.writes, other)
        assert.deepEqual(theirs, myRow, `(${scenario.name}) the rows differ`)
      }
    }
  }
  return Math.floor(least * 0.8)
}

/** The current row and the newest version behind the answer of a write, without what the server decides. */
async function written(client: pg.Client, table: string, answer: string): Promise<Row[]> {
  const id = /"id":"([^"]+)"/.exec(answer)![1]
  const current = await client.query(`select * from ${table} where id = $1`, [id])
  const versions = await client.query('select * from resource_version where id = $1 order by version desc limit 1', [
    id,
  ])
  return [current.rows[0], versions.rows[0]].map((row: Row) => {
    const { id: _, version, last_updated, content, ...rest } = row
    assert.equal(typeof version, 'number')
    assert.ok(last_updated instanceof Date)
    for (const column of KERNEL) delete rest[column]
    return { ...rest, content: withoutOwn(String(content)) }
  })
}

/** Sends a request as the load generator does and returns the body, without a line end. */
async function send(port: number, request: string): Promise<string> {
  const [head, body] = request.split('\r\n\r\n')
  const [method, path] = head!.split(' ')
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: method!,
    headers: Object.fromEntries(
      head!
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(': '))
        .filter(([name]) => name !== 'host' && name !== 'content-length') as [string, string][],
    ),
    ...(body && { body }),
  })
  const text = (await answer.text()).trimEnd()
  assert.equal(answer.status, 200, `${method} ${path}: ${text.slice(0, 1000)}`)
  return text
}
