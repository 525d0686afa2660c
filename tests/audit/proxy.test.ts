// A patient who looks at another's record as their proxy: the event is one of whose record it was.
import { expect, test } from 'vitest'
import { compartmentOf } from '../../src/fhir/compartment.ts'

const event = (agent: string, entity: string | undefined) => ({
  resourceType: 'AuditEvent',
  agent: [{ who: { reference: agent }, requestor: true }],
  ...(entity && { entity: [{ what: { reference: entity } }] }),
})

test.for([
  ['Patient/q', 'Patient/p', { patient: 'p', shared: false }],
  ['Practitioner/d', 'Patient/p', { patient: 'p', shared: false }],
  ['Patient/q', undefined, { patient: 'q', shared: false }],
  ['Practitioner/d', undefined, { shared: false }],
] as const)('%s looks at %s', ([agent, entity, expected]) => {
  expect(compartmentOf(event(agent, entity))).toEqual(expected)
})
