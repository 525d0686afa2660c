// Audit events are the server's own testimony: what a file brings is refused, line by line, and the rest is stored.
import { expect, test } from 'vitest'
import type { ImportEvent, ImportItem } from '../../src/interactions/import/events.ts'
import { load } from '../../src/interactions/import/load.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { testDatabase } from '../support/database.ts'

const AUDIT = {
  resourceType: 'AuditEvent',
  id: 'forged',
  type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110100' },
  recorded: '2026-01-01T00:00:00Z',
  agent: [{ requestor: true }],
  source: { observer: { display: 'elsewhere' } },
}
const PATIENT = { resourceType: 'Patient', id: 'p1' }

const item = (resource: ImportItem['resource'], line: number): ImportItem => ({
  ...{ kind: 'item', file: 'a.ndjson', line, size: 0, resource, lossless: false, duplicates: [], conditional: [] },
})

test.for([
  ['among other lines, the others are stored', undefined, 1, /^audit events are written by this server alone$/],
  ['in a transaction, nothing of it is stored', 'transaction', 0, /none of its entries is stored$/],
] as const)('%s', async ([, atomic, created, said]) => {
  const db = await testDatabase()
  try {
    const problems: string[] = []
    const items: ImportEvent[] = [item(PATIENT, 1), item(AUDIT as never, 2)]
    const bundle = { file: 'a.ndjson', line: 1, bundle: 1, type: 'transaction', entries: 2, atomic: true, creates: [] }
    const events: ImportEvent[] = atomic
      ? [{ kind: 'bundle-start', ...bundle }, ...items, { kind: 'bundle-end', bundle: 1, failed: 0 }]
      : items
    const tally = await load(await operatorInteraction(db.database, 'import'), [events], {
      onProblem: ({ message }) => problems.push(message),
    })
    expect(tally).toMatchObject({ created, problems: atomic ? 2 : 1 })
    expect(problems.at(-1)).toMatch(said)
    const forged = await db.database.query({
      sql: "select 1 from audit_event where id = 'forged' union all select 1 from resource_version where id = 'forged'",
      parameters: [],
    })
    expect(forged).toEqual([])
  } finally {
    await db.drop()
  }
})

test('a second import of the same resource changes nothing and claims nothing', async () => {
  const db = await testDatabase()
  try {
    const interaction = await operatorInteraction(db.database, 'import')
    for (const unchanged of [0, 1]) expect(await load(interaction, [[item(PATIENT, 1)]])).toMatchObject({ unchanged })
    const [row] = await db.database.query<{ count: number }>({
      sql: 'select count(*)::int from audit_event',
      parameters: [],
    })
    expect(row).toEqual({ count: 1 })
  } finally {
    await db.drop()
  }
})
