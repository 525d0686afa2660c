// Time: nothing happens before birth, after death or in the future.
import type { Period } from '@medplum/fhirtypes'
import { describe, expect, test } from 'vitest'
import { generate, momentsIn, type Record, recordsOf, TODAY } from './population.ts'

/** Ends of permissions and supplies may lie ahead, and periods of data are criteria, not events. */
const PLANNED = /(validityPeriod|provision\.period|Coverage\.period)\.end$|\.dataPeriod\./

const events = ({ all }: Record) =>
  all
    .flatMap((resource) => [...momentsIn(resource, resource.resourceType)])
    .filter(([path]) => path !== 'Patient.birthDate' && !PLANNED.test(path))

/** A date is the whole day: it is late only when its first moment is. */
const isAfter = (moment: string, limit: string): boolean =>
  moment.length === 10 || limit.length === 10
    ? moment.slice(0, 10) > limit.slice(0, 10)
    : Date.parse(moment) > Date.parse(limit)

describe.each([1, 2])('seed %i', (seed) => {
  const records = recordsOf(generate(seed, 400))

  test('nothing happens before birth', () => {
    const early = records.flatMap((record) =>
      events(record).filter(([, at]) => isAfter(record.patient.birthDate ?? '', at)),
    )
    expect(early).toEqual([])
  })

  test('nothing happens after death', () => {
    const dead = records.filter(({ patient }) => patient.deceasedDateTime !== undefined)
    expect(dead.length).toBeGreaterThan(5)
    const late = dead.flatMap((record) =>
      events(record).filter(([, at]) => isAfter(at, record.patient.deceasedDateTime ?? '')),
    )
    expect(late).toEqual([])
  })

  test('nothing happens today or later', () => {
    const late = records.flatMap((record) => events(record).filter(([, at]) => at.slice(0, 10) >= TODAY))
    expect(late).toEqual([])
  })

  test('visits of a patient do not overlap', () => {
    const overlaps = records.flatMap((record) => {
      const visits = record.of('Encounter')
      return visits.filter((visit, index) => {
        const next = visits[index + 1]
        return next && Date.parse(visit.period?.end ?? '') > Date.parse(next.period?.start ?? '')
      })
    })
    expect(overlaps).toEqual([])
  })

  test('what is found at a visit is found during it', () => {
    const strays = records.flatMap((record) => {
      const visits = new Map<string, Period | undefined>()
      for (const { id, period } of record.of('Encounter')) visits.set(`Encounter/${id}`, period)
      return record.of('Observation').filter(({ encounter, effectiveDateTime = '' }) => {
        const period = visits.get(encounter?.reference ?? '')
        return !period || isAfter(period.start ?? '', effectiveDateTime) || isAfter(effectiveDateTime, period.end ?? '')
      })
    })
    expect(strays.map(({ id }) => id)).toEqual([])
  })
})
