// https://hl7.org/fhir/R4/search.html#date
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateBounds } from '../../src/fhir/dates.ts'
import { primitiveFault } from '../../src/fhir/primitives.ts'
import { daysIn, spanOf } from './calendar.ts'

const two = (n: number) => String(n).padStart(2, '0')
const year = fc.oneof(
  fc.integer({ min: 1, max: 9998 }),
  fc.constantFrom(1, 4, 99, 100, 1899, 1900, 1969, 1970, 2000, 2024),
)
const day = fc
  .tuple(year, fc.integer({ min: 1, max: 12 }), fc.nat(30), fc.boolean())
  .map(([y, m, d, last]) => [y, m, last ? daysIn(y, m) : 1 + (d % daysIn(y, m))] as const)
const clock = fc
  .tuple(
    fc.nat(23),
    fc.nat(59),
    fc.option(fc.nat(60), { nil: undefined }),
    fc.option(fc.stringMatching(/^\d{1,9}$/), { nil: undefined }),
    fc.constantFrom('', 'Z', '+00:00', '-00:00', '+14:00', '-14:00', '+05:45', '-03:30', '+13:59'),
  )
  .map(([h, mi, s, f, zone]) => `T${two(h)}:${two(mi)}${s === undefined ? '' : `:${two(s)}${f ? `.${f}` : ''}`}${zone}`)
const goodText = fc
  .tuple(day, fc.integer({ min: 4, max: 10 }), fc.option(clock, { nil: '' }))
  .map(([ymd, precision, time]) => {
    const text = `${String(ymd[0]).padStart(4, '0')}-${two(ymd[1])}-${two(ymd[2])}`
    return precision < 7 ? text.slice(0, 4) : precision < 9 ? text.slice(0, 7) : text + time
  })
const bounds = (text: string) => {
  const span = spanOf(text)
  return span && { low: span.from, high: span.to }
}

describe('a date covers the moments of its precision', () => {
  it('as days counted one by one do', () => {
    fc.assert(
      fc.property(goodText, (text) => {
        expect(spanOf(text)).toBeDefined()
        expect(dateBounds(text)).toEqual(bounds(text))
      }),
      { numRuns: 5000 },
    )
  })

  it.each([
    ['2020', '2020-01-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'],
    ['2020-12', '2020-12-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'],
    ['2020-02-29', '2020-02-29T00:00:00.000Z', '2020-03-01T00:00:00.000Z'],
    ['2020-02-29T23:59', '2020-02-29T23:59:00.000Z', '2020-03-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z', '2017-01-01T00:00:01.000Z'],
    ['2020-01-01T00:00:00+14:00', '2019-12-31T10:00:00.000Z', '2019-12-31T10:00:01.000Z'],
    ['2020-01-01T00:00:00.12-05:00', '2020-01-01T05:00:00.120Z', '2020-01-01T05:00:00.130Z'],
    ['2020-01-01T00:00:00.1239Z', '2020-01-01T00:00:00.123Z', '2020-01-01T00:00:00.124Z'],
    ['0001', '0001-01-01T00:00:00.000Z', '0002-01-01T00:00:00.000Z'],
    ['0099-12-31', '0099-12-31T00:00:00.000Z', '0100-01-01T00:00:00.000Z'],
  ])('%s', (text, low, high) => {
    expect(dateBounds(text)).toEqual({ low: Date.parse(low), high: Date.parse(high) })
  })

  it('which nest: a finer date lies within a coarser one', () => {
    fc.assert(
      fc.property(goodText, (text) => {
        for (const coarser of [text.slice(0, 4), text.slice(0, 7), text.slice(0, 10)]) {
          if (coarser.length >= text.length || text.includes('T')) continue
          const [inner, outer] = [dateBounds(text)!, dateBounds(coarser)!]
          expect(inner.low >= outer.low && inner.high <= outer.high).toBe(true)
        }
        expect(dateBounds(text)!.low).toBeLessThan(dateBounds(text)!.high)
      }),
    )
  })
})

describe('what is no date has no range', () => {
  it.each([
    ...['', '20', '20200', '0000', '2020-', '2020-00', '2020-13', '2020-1', '2020-00-10', '2020-01-00', '2020-01-32'],
    ...['2020-02-30', '2021-02-29', '1900-02-29', '2020-04-31', '2020-01-01T', '2020-01-01T10', '2020-01-01T24:00:00Z'],
    ...['2020-01-01T10:60:00Z', '2020-01-01T10:00:61Z', '2020-01-01T10:00:00.Z', '2020-01-01T10:00:00+14:01'],
    ...['2020-01-01T10:00:00+99:99', '2020-01-01T10:00:00+01:60', '2020-01-01T10:00:00+1:00', '2020-01T10:00:00Z'],
    ...['T10:00:00Z', ' 2020', '2020 ', '2020\n', 'ge2020', '+2020', '2020-01-01 10:00:00Z', '٢٠٢٠'],
  ])('%j', (text) => {
    expect(dateBounds(text)).toBeUndefined()
  })

  it('by the slow calendar neither, whatever two characters are changed', () => {
    const edit = fc.tuple(fc.nat(), fc.constantFrom(...'0123469-:T.Z+', ''))
    fc.assert(
      fc.property(goodText, fc.array(edit, { minLength: 1, maxLength: 2 }), (good, edits) => {
        const text = edits.reduce((t, [at, c]) => t.slice(0, at % t.length) + c + t.slice((at % t.length) + 1), good)
        expect(dateBounds(text)).toEqual(bounds(text))
      }),
      { numRuns: 5000 },
    )
  })

  it('and every date or dateTime that may be stored has one', () => {
    fc.assert(
      fc.property(goodText, (text) => {
        for (const type of ['date', 'dateTime', 'instant'])
          if (primitiveFault(type, text) === undefined) expect(dateBounds(text)).toBeDefined()
      }),
    )
  })
})
