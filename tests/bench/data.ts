// The population of the bench: patients, each with observations of ten codes over five years, written as an import
// writes. The same numbers make the same people on every machine.
import { createHash } from 'node:crypto'
import { type Seeded, seeded } from '../../src/demo/seeded.ts'
import { type Call, commit, prepare } from '../../src/interactions/pipeline.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import type { Database } from '../../src/store/database.ts'
import { consents } from './consents.ts'

type Node = Record<string, unknown>

export const LOINC = 'http://loinc.org'
export const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'
export const MRN = 'https://hospital.example/mrn'
const UCUM = 'http://unitsofmeasure.org'
const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation'

/** Code, display, UCUM unit, lowest and highest value. */
export const SIGNS = [
  ['8867-4', 'Heart rate', '/min', 55, 115],
  ['9279-1', 'Respiratory rate', '/min', 10, 22],
  ['8310-5', 'Body temperature', 'Cel', 36, 39],
  ['8302-2', 'Body height', 'cm', 150, 195],
  ['29463-7', 'Body weight', 'kg', 45, 115],
  ['39156-5', 'Body mass index (BMI) [Ratio]', 'kg/m2', 18, 38],
  ['2708-6', 'Oxygen saturation in Arterial blood', '%', 90, 100],
  ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', 4, 10],
  ['2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'mg/dL', 1, 3],
  ['2339-0', 'Glucose [Mass/volume] in Blood', 'mg/dL', 70, 190],
] as const

const SECOND = 1000
const BEGIN = Date.UTC(2020, 0, 1)
export const DAYS = 5 * 365
/** `YYYY-MM-DD`, so many days after the first observation may have been made. */
export const day = (n: number): string => new Date(BEGIN + n * 86_400 * SECOND).toISOString().slice(0, 10)

/** UUIDs, as the server draws them, but always the same. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export const patientId = (n: number): string => idOf(`patient ${n}`)

export function patient(n: number, roll: Seeded): Node {
  const family = roll.pick(['Andersson', 'Brown', 'Costa', 'Dubois', 'Evans', 'Fischer', 'Garcia', 'Horvat'])
  const given = roll.pick(['Alice', 'Bob', 'Carla', 'David', 'Emma', 'Frank', 'Grace', 'Henry'])
  return {
    resourceType: 'Patient',
    identifier: [{ use: 'usual', system: MRN, value: `MRN-${n}` }],
    active: roll.chance(0.9),
    name: [{ use: 'official', family, given: [given, 'Lee'] }],
    telecom: [
      { system: 'phone', value: `+1-555-${roll.int(1_000_000, 9_999_999)}`, use: 'home' },
      { system: 'email', value: `${given}.${family}.${n}@mail.example` },
    ],
    gender: roll.pick(['female', 'male']),
    birthDate: new Date(Date.UTC(1930, 0, 1) + roll.int(0, 29_000) * 86_400 * SECOND).toISOString().slice(0, 10),
    address: [
      {
        use: 'home',
        line: [`${roll.int(1, 999)} Main Street`],
        city: 'Springfield',
        postalCode: '01234',
        country: 'US',
      },
    ],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }], text: 'English' } }],
  }
}

const coded = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }] })

export function observation(subject: number, sign: number, roll: Seeded): Node {
  const [code, text, unit, low, high] = SIGNS[sign % SIGNS.length]!
  const at = new Date(BEGIN + roll.int(0, DAYS * 86_400 - 1) * SECOND).toISOString().replace('.000Z', 'Z')
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [coded(CATEGORY, 'vital-signs', 'Vital Signs')],
    code: { ...coded(LOINC, code, text), text },
    subject: { reference: `Patient/${patientId(subject)}` },
    encounter: { reference: `Encounter/${idOf(`encounter ${subject} ${roll.int(0, 9)}`)}` },
    effectiveDateTime: at,
    issued: at,
    performer: [{ reference: `Practitioner/${idOf(`practitioner ${roll.int(0, 49)}`)}` }],
    valueQuantity: { value: Math.round(roll.between(low, high) * 10) / 10, unit, system: UCUM, code: unit },
    interpretation: [coded(INTERPRETATION, 'N', 'Normal')],
    referenceRange: [{ low: { value: low, unit }, high: { value: high, unit } }],
  }
}

const BATCH = 500

/** Checks and writes everything as an import does: while PostgreSQL stores one batch, the next is checked. */
export async function build(
  database: Database,
  patients: number,
  each: number,
  onBatch: (count: number) => void,
): Promise<void> {
  const interaction = await operatorInteraction(database, 'bench')
  const roll = seeded(615)
  let batch: Call[] = []
  let count = 0
  let writing: Promise<unknown> = Promise.resolve()
  const put = (type: string, id: string, resource: Node) => {
    const call: Call = { kind: 'update', type, id, resource }
    prepare(call)
    batch.push(call)
  }
  const flush = async () => {
    await writing
    const calls = batch
    batch = []
    writing = commit(calls, interaction).then(() => {
      count += calls.length
      onBatch(count)
    })
    writing.catch(() => {}) // awaited with the next batch
  }
  for (let n = 0; n < patients; n++) {
    put('Patient', patientId(n), patient(n, roll))
    for (const consent of consents(n, patientId(n), roll)) put('Consent', consent.id, consent)
    for (let i = 0; i < each; i++) put('Observation', idOf(`observation ${n} ${i}`), observation(n, i, roll))
    if (batch.length >= BATCH) await flush()
  }
  await flush()
  await writing
}
