// Coherence: numbers follow from each other, drugs from diagnoses, courses of disease from treatment.
import { describe, expect, test } from 'vitest'
import { generate, measurements, type Of, prescribed, quantityOf, type Record, recordsOf } from './population.ts'

const records = recordsOf(generate(1, 500))
const METFORMIN = '861007'
const years = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / (365.2425 * 86_400_000)
const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length

/** Values of one tube of blood: results of the same visit, by LOINC code. */
function atVisit(record: Record, encounter: string | undefined, loinc: string): number | undefined {
  return quantityOf(measurements(record, loinc).find((each) => each.encounter?.reference === encounter))
}

describe('numbers that follow from numbers', () => {
  test('the body mass index is that of the height and weight it is derived from', () => {
    let seen = 0
    for (const record of records) {
      const byId = new Map(record.of('Observation').map((each) => [`Observation/${each.id}`, each]))
      for (const index of measurements(record, '39156-5')) {
        const [height, weight] = (index.derivedFrom ?? []).map(({ reference = '' }) => quantityOf(byId.get(reference)))
        expect(Math.abs((quantityOf(index) ?? 0) - (weight ?? 0) / ((height ?? 0) / 100) ** 2)).toBeLessThan(0.051)
        seen++
      }
    }
    expect(seen).toBeGreaterThan(1000)
  })

  test('LDL is total cholesterol without HDL and a fifth of the triglycerides (Friedewald)', () => {
    for (const record of records) {
      for (const total of measurements(record, '2093-3')) {
        const [triglycerides = 0, hdl = 0, ldl = 0] = ['2571-8', '2085-9', '13457-7'].map((loinc) =>
          atVisit(record, total.encounter?.reference, loinc),
        )
        expect(Math.abs((quantityOf(total) ?? 0) - hdl - ldl - triglycerides / 5)).toBeLessThan(1)
      }
    }
  })

  // https://www.kidney.org/ckd-epi-creatinine-equation-2021, written out again
  test('the filtration rate is that of the creatinine', () => {
    for (const record of records) {
      for (const rate of measurements(record, '98979-8')) {
        const creatinine = atVisit(record, rate.encounter?.reference, '2160-0') ?? 0
        const age = years(record.patient.birthDate ?? '', rate.effectiveDateTime ?? '')
        const sexes = [
          142 * Math.min(creatinine / 0.7, 1) ** -0.241 * Math.max(creatinine / 0.7, 1) ** -1.2 * 0.9938 ** age * 1.012,
          142 * Math.min(creatinine / 0.9, 1) ** -0.302 * Math.max(creatinine / 0.9, 1) ** -1.2 * 0.9938 ** age,
        ]
        const { gender } = record.patient
        const expected = gender === 'female' ? sexes.slice(0, 1) : gender === 'male' ? sexes.slice(1) : sexes
        expect(Math.min(...expected.map((each) => Math.abs(each - (quantityOf(rate) ?? 0))))).toBeLessThan(0.6)
      }
    }
  })

  test('the interpretation is that of the range', () => {
    for (const observation of records.flatMap((record) => record.of('Observation'))) {
      const range = observation.referenceRange?.[0]
      const value = quantityOf(observation)
      if (range === undefined || value === undefined) continue
      const outside = value > (range.high?.value ?? value) ? 'H' : value < (range.low?.value ?? value) ? 'L' : 'N'
      expect(observation.interpretation?.[0]?.coding?.[0]?.code?.[0]).toBe(outside)
    }
  })

  test('a child grows and never shrinks by more than the error of the measure', () => {
    for (const record of records.filter(({ patient }) => (patient.birthDate ?? '') > '2010-01-01')) {
      const heights = measurements(record, '8302-2').map((each) => quantityOf(each) ?? 0)
      expect(heights).toEqual([...heights].sort((a, b) => a - b))
    }
  })
})

describe('drugs that follow from diagnoses', () => {
  const diabetics = records.filter((record) => record.has('44054006'))

  test('a diabetic takes metformin, or tolerates it badly, or has kidneys that forbid it', () => {
    expect(diabetics.length).toBeGreaterThan(20)
    const reason = (record: Record) =>
      record.has('431857002') ?? record.of('AllergyIntolerance').find(({ code }) => code?.coding?.[0]?.code === '6809')
    const without = diabetics.filter((record) => !prescribed(record).includes(METFORMIN))
    expect(without.filter((record) => !reason(record))).toEqual([])
    const despite = diabetics.filter((record) => prescribed(record).includes(METFORMIN) && reason(record))
    expect(despite).toEqual([])
  })

  test('metformin is only for diabetics', () => {
    const others = records.filter((record) => prescribed(record).includes(METFORMIN) && !record.has('44054006'))
    expect(others).toEqual([])
  })

  test('no penicillin for the allergic', () => {
    const allergic = records.filter((record) =>
      record.of('AllergyIntolerance').some(({ code }) => code?.coding?.[0]?.code === '7980'),
    )
    expect(allergic.length).toBeGreaterThan(10)
    expect(allergic.filter((record) => prescribed(record).includes('308182'))).toEqual([])
  })

  test('a dispense follows its prescription, with the same drug, no more often than allowed', () => {
    for (const record of records) {
      const requests = new Map(record.of('MedicationRequest').map((each) => [`MedicationRequest/${each.id}`, each]))
      const times = new Map<Of<'MedicationRequest'>, number>()
      for (const dispense of record.of('MedicationDispense')) {
        const request = requests.get(dispense.authorizingPrescription?.[0]?.reference ?? '')
        expect(request?.medicationCodeableConcept).toEqual(dispense.medicationCodeableConcept)
        expect(Date.parse(dispense.whenHandedOver ?? '')).toBeGreaterThan(Date.parse(request?.authoredOn ?? ''))
        if (request) times.set(request, (times.get(request) ?? 0) + 1)
      }
      for (const [request, count] of times) {
        expect(count).toBeLessThanOrEqual(1 + (request.dispenseRequest?.numberOfRepeatsAllowed ?? 0))
      }
    }
  })

  test('every prescription names a Condition of the patient as its reason', () => {
    for (const record of records) {
      const conditions = new Set(record.of('Condition').map(({ id }) => `Condition/${id}`))
      for (const { reasonReference } of record.of('MedicationRequest')) {
        expect(conditions).toContain(reasonReference?.[0]?.reference)
      }
    }
  })

  test('only women of childbearing age are pregnant, and the drugs of high pressure are not for them', () => {
    const pregnant = records.filter((record) => record.has('72892002'))
    expect(pregnant.length).toBeGreaterThan(3)
    for (const record of pregnant) {
      const age = years(record.patient.birthDate ?? '', record.has('72892002')?.onsetDateTime ?? '')
      expect(age).toBeGreaterThan(16)
      expect(age).toBeLessThan(50)
      expect(record.patient.gender).not.toBe('male')
      expect(prescribed(record)).not.toContain('314076')
    }
  })
})

describe('courses', () => {
  const on = (record: Record, loinc: string, within: (sinceOnset: number) => boolean, snomed: string) => {
    const onset = record.has(snomed)?.onsetDateTime ?? ''
    return measurements(record, loinc).filter(({ effectiveDateTime = '' }) => within(years(onset, effectiveDateTime)))
  }

  test('high blood pressure falls once it is treated', () => {
    const ill = records.filter((record) => record.has('59621000'))
    const systolic = (each: Of<'Observation'>) => each.component?.[0]?.valueQuantity?.value ?? 0
    const found = (within: (years: number) => boolean) =>
      ill.flatMap((record) => on(record, '85354-9', within, '59621000')).map(systolic)
    const [before, later] = [found((at) => at > -0.1 && at < 0.05), found((at) => at > 1)]
    expect(before.length).toBeGreaterThan(10)
    expect(mean(before)).toBeGreaterThan(mean(later) + 15)
    expect(mean(before)).toBeGreaterThan(145)
  })

  test('HbA1c rises up to the diagnosis of diabetes and falls under treatment', () => {
    const ill = records.filter((record) => record.has('44054006'))
    const found = (within: (years: number) => boolean) =>
      ill.flatMap((record) => on(record, '4548-4', within, '44054006')).map((each) => quantityOf(each) ?? 0)
    const [long, at, later] = [
      found((year) => year < -0.7),
      found((year) => year >= 0 && year < 0.05),
      found((year) => year > 0.8 && year < 4),
    ]
    expect(Math.min(long.length, at.length, later.length)).toBeGreaterThan(1)
    expect(mean(at)).toBeGreaterThan(mean(long) + 1)
    expect(mean(at)).toBeGreaterThan(mean(later) + 0.7)
  })

  test('the viral load of treated people falls below what can be counted', () => {
    const ill = records.filter((record) => record.has('86406008'))
    expect(ill.length).toBeGreaterThan(2)
    const last = ill.map((record) => measurements(record, '20447-9').at(-1)?.valueQuantity?.comparator)
    expect(last.filter((comparator) => comparator === '<').length).toBeGreaterThan(ill.length / 2)
  })

  test('sensitive data are there to be protected', () => {
    const codes = ['86406008', '75544000', '370143000', '58214004', '240589008', '706893006']
    expect(codes.filter((code) => !records.some((record) => record.has(code)))).toEqual([])
    expect(records.some((record) => prescribed(record).some((code) => code === '864706' || code === '351266'))).toBe(
      true,
    )
  })
})
