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
  reasonReference: [{ reference: '#c' }],
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
    reasonReference: [{ reference: '#c' }],
  })
  expect(order.contained).toHaveLength(2)
})

test('nothing contained, or nothing that is refused: the same object', () => {
  const { contained: _, ...plain } = order
  expect(mask(plain)).toBe(plain)
  const open = { ...order, contained: [{ resourceType: 'Medication', id: 'd' }] }
  expect(mask(open)).toBe(open)
})
