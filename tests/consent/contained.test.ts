// Attack: a resource of a type that one may not read travels inside one of a type that one may.
import { expect, test } from 'vitest'
import { withoutContained } from '../../src/consent/contained.ts'

const order = {
  resourceType: 'MedicationRequest',
  id: 'm',
  text: { status: 'generated', div: 'HIV' },
  contained: [
    { resourceType: 'Condition', id: 'c', code: { text: 'HIV' } },
    { resourceType: 'Medication', id: 'd' },
  ],
  medicationReference: { reference: '#d' },
  reasonReference: [{ reference: '#c', display: 'HIV' }],
}
const mask = withoutContained(
  (resource) => resource,
  (type) => type !== 'Condition',
)

test('attack: a Condition inside a MedicationRequest', () => {
  expect(mask(order)).toEqual({
    resourceType: 'MedicationRequest',
    id: 'm',
    contained: [{ resourceType: 'Medication', id: 'd' }],
    medicationReference: { reference: '#d' },
  })
  expect(order.contained).toHaveLength(2)
})

test('nothing contained, or nothing that is refused: the same object', () => {
  const { contained: _, ...plain } = order
  expect(mask(plain)).toBe(plain)
  const open = { ...order, contained: [{ resourceType: 'Medication', id: 'd' }] }
  expect(mask(open)).toBe(open)
})

const told = (resource: object) => mask(resource as typeof order) as unknown as Record<string, unknown>

test('attack: an element of which the hidden reference is a required part', () => {
  const diagnosis = [{ condition: { reference: '#c' }, rank: 1 }, { condition: { reference: 'Condition/1' } }]
  const { reasonReference: _, medicationReference: __, ...rest } = order
  const seen = told({ ...rest, resourceType: 'Encounter', contained: [order.contained[0]], diagnosis })
  expect(seen).toEqual({ resourceType: 'Encounter', id: 'm', diagnosis: [{ condition: { reference: 'Condition/1' } }] })
})

test('attack: a contained resource that only the hidden one names', () => {
  const contained = [
    { ...order.contained[0], asserter: { reference: '#w' } },
    { resourceType: 'Practitioner', id: 'w' },
  ]
  const seen = told({ ...order, contained: [...contained, order.contained[1]] })
  expect(seen.contained).toEqual([order.contained[1]])
})

test('attack: an extension that points to it', () => {
  const extension = [{ url: 'urn:x', valueReference: { reference: '#c' } }]
  expect(told({ ...order, extension })).not.toHaveProperty('extension')
})
