// How long an answer takes does not tell what is forbidden from what is absent: samples of the one and the other, taken in
// turn, differ by no more than two samples of absent ids do.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commit } from '../../src/interactions/pipeline.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { type TestApp, testApp } from '../support/app.ts'

const NURSE: Asker = {
  ...{ issuer: 'https://issuer.example', subject: 'nurse', client: 'app', user: 'Practitioner/nurse', role: 'nurse' },
  ...{ groups: [], purpose: 'TREAT', scopes: [{ context: 'user', type: '*', rights: ['r', 's', 'u'], filter: [] }] },
}
const ROUNDS = 60

let app: TestApp
beforeAll(async () => {
  app = await testApp()
  const patients = Array.from({ length: ROUNDS }, (_, n) => ({ resourceType: 'Patient', id: `there-${n}` }))
  const operator = await operatorInteraction(app.database, 'test')
  await commit(
    patients.map((resource) => ({ kind: 'update' as const, type: 'Patient', id: resource.id, resource })),
    operator,
  )
})
afterAll(() => app.close())

const FIELDS = {
  read: 'query Q($id: ID!) { Patient(id: $id) { id } }',
  history: 'query Q($id: ID!) { PatientHistory(id: $id) { versionId } }',
  update: 'mutation Q($id: ID!) { PatientUpdate(id: $id, res: { resourceType: "Patient", active: true }) { id } }',
}

const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!
/** Median distance from the median: a few slow answers do not count. */
const spread = (list: readonly number[]) => median(list.map((one) => Math.abs(one - median(list))))

test.for(['read', 'history', 'update'] as const)(
  '%s takes as long for what is forbidden as for what is absent',
  async (kind) => {
    const times = { forbidden: [] as number[], absent: [] as number[], other: [] as number[] }
    const take = async (into: number[], id: string) => {
      const began = performance.now()
      await app.ask(FIELDS[kind], { id }, NURSE)
      into.push(performance.now() - began)
    }
    for (let n = -5; n < ROUNDS; n++) {
      if (n === 0) for (const list of Object.values(times)) list.length = 0
      // In another order each time: who comes first pays for what the others find warm.
      const turns = [
        () => take(times.forbidden, `there-${Math.max(n, 0)}`),
        () => take(times.absent, `absent-${n}`),
        () => take(times.other, `nobody-${n}`),
      ]
      for (let i = 0; i < 3; i++) await turns[(i + n + 6) % 3]!()
    }
    const noise =
      Math.abs(median(times.absent) - median(times.other)) + 2 * Math.max(spread(times.absent), spread(times.other))
    expect(Math.abs(median(times.forbidden) - median([...times.absent, ...times.other]))).toBeLessThan(
      Math.max(noise, 0.3),
    )
  },
)
