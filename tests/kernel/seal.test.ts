import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from '../../src/kernel/seal.ts'

const key = randomBytes(32)
const text = fc.string({ unit: 'grapheme' })

describe('sealed text', () => {
  it('opens with the same key and context, the empty text too', () => {
    fc.assert(
      fc.property(text, text, (body, context) => {
        expect(unseal(key, seal(key, body, context), context)).toBe(body)
      }),
    )
    expect(unseal(key, seal(key, '', 'context'), 'context')).toBe('')
  })

  it('does not open with another key or another context', () => {
    fc.assert(
      fc.property(text, text, text, (body, context, other) => {
        const sealed = seal(key, body, context)
        expect(unseal(randomBytes(32), sealed, context)).toBeUndefined()
        if (other !== context) expect(unseal(key, sealed, other)).toBeUndefined()
      }),
    )
  })

  it('does not open when any bit of it was changed, or when it was cut', () => {
    const bytes = Buffer.from(seal(key, 'Patient?name=anna', 'context'), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(unseal(key, changed.toString('base64url'), 'context')).toBeUndefined()
    }
    for (let length = 0; length < bytes.length; length++)
      expect(unseal(key, bytes.subarray(0, length).toString('base64url'), 'context')).toBeUndefined()
  })

  it('has one spelling: what only decodes to the same bytes does not open', () => {
    const sealed = seal(key, 'ab', 'context')
    const broken = `${sealed.slice(0, 4)}\n${sealed.slice(4)}`
    for (const other of [`${sealed}=`, `${sealed} `, `${sealed}!`, ` ${sealed}`, broken])
      expect(unseal(key, other, 'context')).toBeUndefined()
  })

  it('never throws, whatever is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String({ maxLength: 100 })), (given) => {
        expect(unseal(key, given, 'context')).toBeUndefined()
      }),
    )
  })

  it('differs each time, so that equal searches cannot be told from their cursors', () => {
    expect(new Set(Array.from({ length: 100 }, () => seal(key, 'same', 'context')))).toHaveLength(100)
  })

  it('shows nothing of what it holds', () => {
    expect(Buffer.from(seal(key, 'zqjxkw', 'context'), 'base64url').includes('zqjxkw')).toBe(false)
  })
})
