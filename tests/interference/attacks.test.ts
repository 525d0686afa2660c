// Leaks that were found, each kept as the attack that found it.
import { expect, test } from 'vitest'
import { commit } from '../../src/interactions/pipeline.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { testApp } from '../support/app.ts'

const WITH_SUFFIX: Asker = {
  ...{ issuer: 'https://issuer.example', subject: 'dr', client: 'app', user: 'Practitioner/dr', role: 'practitioner' },
  ...{ groups: [], purpose: 'TREAT' },
  scopes: [{ context: 'user', type: 'Observation', rights: ['r', 's'], filter: [['status', ['final']]] }],
}

test('a SMART scope with a suffix tells no older version that the suffix may not be about', async () => {
  const implicit = { byDefault: 'all-normal', byCustodian: new Map() } as const
  const app = await testApp({ policies: { implicit, packs: [] } })
  try {
    const operator = await operatorInteraction(app.database, 'test')
    const put = (resource: Record<string, unknown> & { resourceType: string; id: string }) =>
      commit([{ kind: 'update', type: resource.resourceType, id: resource.id, resource }], operator)
    await put({ resourceType: 'Patient', id: 'p1' })
    for (const status of ['preliminary', 'final'])
      await put({
        ...{ resourceType: 'Observation', id: 'o1', status, code: { text: 'x' } },
        subject: { reference: 'Patient/p1' },
      })
    const query =
      '{ all: ObservationHistory(id: "o1") { versionId } old: Observation(id: "o1", versionId: "1") { status } }'
    const { data } = await app.ask(query, {}, WITH_SUFFIX)
    expect(data).toEqual({ all: [{ versionId: '2' }], old: null })
  } finally {
    await app.close()
  }
})
