// For whom a cursor opens. tests/server/paging.test.ts turns pages with them.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Interaction } from '../../src/interactions/context.ts'
import { openCursor, sealCursor } from '../../src/interactions/cursor.ts'
import { doctor, stranger } from '../consent/ward.ts'

const cursorKey = randomBytes(32)
const by = (asker: object) => ({ cursorKey, asker }) as unknown as Interaction
const bookmark = { given: { code: 'a' }, position: undefined }

test('the same person goes on with the next token', () => {
  const cursor = sealCursor(by({ ...doctor, token: 'first' }), 'Observation', bookmark)
  expect(openCursor(by({ ...doctor, token: 'second' }), 'Observation', cursor).given).toEqual({ code: 'a' })
})

test.each([
  ['somebody else', stranger, 'Observation'],
  ['the same person for another purpose', { ...doctor, purpose: 'HPAYMT' }, 'Observation'],
  ['the same person in another house', { ...doctor, organisation: 'h9' }, 'Observation'],
  ['another type', doctor, 'Condition'],
])('attack: %s', (_, asker, type) => {
  const cursor = sealCursor(by(doctor), 'Observation', bookmark)
  expect(() => openCursor(by(asker), type, cursor)).toThrow('This cursor is not one of this search.')
})
