// Codes, units and adult ranges of the vital signs. Data only. LOINC, https://hl7.org/fhir/R4/observation-vitalsigns.html
import type { Range, Unit } from './observation.ts'
import { type Concept, coding, concept, LOINC } from './resource.ts'

export interface Sign {
  key: string
  code: Concept
  unit: Unit
  /** Of grown-ups; children have no range here. */
  range?: Range
}

const sign = (key: string, code: string, display: string, unit: Unit, range?: Range): Sign => ({
  key,
  code: concept(LOINC, code, display),
  unit,
  ...(range ? { range } : {}),
})

const per = (unit: string): Unit => ({ unit, code: '/min', decimals: 0 })
const unit = (code: string, decimals: number): Unit => ({ unit: code, code, decimals })
const MMHG: Unit = { unit: 'mmHg', code: 'mm[Hg]', decimals: 0 }

export const PULSE = sign('heart-rate', '8867-4', 'Heart rate', per('beats/minute'), {
  low: 50,
  high: 100,
  panicHigh: 140,
})
export const BREATHS = sign('respiratory-rate', '9279-1', 'Respiratory rate', per('breaths/minute'), {
  low: 12,
  high: 20,
})
export const TEMPERATURE = sign('temperature', '8310-5', 'Body temperature', unit('Cel', 1), {
  low: 36,
  high: 37.8,
  panicHigh: 39.5,
})
export const HEIGHT = sign('height', '8302-2', 'Body height', unit('cm', 1))
export const WEIGHT = sign('weight', '29463-7', 'Body weight', unit('kg', 1))
export const BMI = sign('bmi', '39156-5', 'Body mass index (BMI) [Ratio]', unit('kg/m2', 1), { low: 18.5, high: 25 })

const BY_PULSE = 'Oxygen saturation in Arterial blood by Pulse oximetry'

/** FHIR asks for 2708-6, US Core for 59408-5: both. */
export const SATURATION: Sign = {
  ...sign('oxygen-saturation', '59408-5', BY_PULSE, unit('%', 0), { low: 94, panicLow: 88 }),
  code: {
    coding: [coding(LOINC, '59408-5', BY_PULSE), coding(LOINC, '2708-6', 'Oxygen saturation in Arterial blood')],
    text: 'Oxygen saturation',
  },
}

/** The panel has no value of its own (obs-7). */
export const PRESSURE = concept(LOINC, '85354-9', 'Blood pressure panel with all children optional')
export const SYSTOLIC = sign('systolic', '8480-6', 'Systolic blood pressure', MMHG, {
  low: 90,
  high: 139,
  panicHigh: 180,
})
export const DIASTOLIC = sign('diastolic', '8462-4', 'Diastolic blood pressure', MMHG, {
  low: 55,
  high: 89,
  panicHigh: 120,
})
