// What is asked, as GraphQL of our server and as a plain request of the floor, and how an answer must begin.
import { type Seeded, seeded } from '../../src/demo/seeded.ts'
import { DAYS, day, LOINC, observation, patient, patientId, SIGNS } from './data.ts'

/** A request to the floor: nothing that it need not read. `$way` stands for the way it reads, see floor.ts. */
interface Plain {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: object
}
interface Question {
  readonly variables: Record<string, unknown>
  readonly plain: Plain
}

export interface Scenario {
  readonly name: string
  readonly title: string
  /** Least share of the floor's requests per second at 8 connections. */
  readonly target: number
  /** Milliseconds, 95th percentile at 8 connections with a million observations. */
  readonly p95?: number
  readonly document: string
  readonly begins: string
  /** The table that it writes. */
  readonly writes?: 'observation' | 'patient'
  draw(roll: Seeded, patients: number): Question
}

const OBSERVATION = `{
  id
  meta { lastUpdated }
  status
  category { coding { code } }
  code { text coding { system code display } }
  subject { reference }
  effectiveDateTime
  issued
  valueQuantity { value unit code }
  interpretation { coding { code } }
}`

const HALF_YEAR = 182

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a',
    title: 'Patient by id, 8 fields',
    target: 0.45,
    document: `query ($id: ID!) { Patient(id: $id) {
  id
  meta { versionId lastUpdated }
  active
  name { family given }
  telecom { system value }
  gender
  birthDate
  address { line city postalCode country }
} }`,
    begins: '{"data":{"Patient":{"id":"',
    draw(roll, patients) {
      const id = patientId(roll.int(0, patients - 1))
      return { variables: { id }, plain: { method: 'GET', path: `/a/$way/${id}` } }
    },
  },
  {
    name: 'b',
    title: 'Patient + 100 Observations, 10 fields each',
    target: 0.5,
    document: `query ($id: ID!) { Patient(id: $id) {
  id
  name { family given }
  birthDate
  ObservationList(_reference: subject, _sort: "-date", _count: 100) ${OBSERVATION}
} }`,
    begins: '{"data":{"Patient":{"id":"',
    draw(roll, patients) {
      const id = patientId(roll.int(0, patients - 1))
      return { variables: { id }, plain: { method: 'GET', path: `/b/$way/${id}` } }
    },
  },
  {
    name: 'c',
    title: 'Observations by code + 6 months, 50 rows',
    target: 0.5,
    p95: 40,
    document: `query ($code: [SearchToken!], $filter: String) {
  ObservationList(code: $code, _filter: $filter, _sort: "-date", _count: 50) ${OBSERVATION}
}`,
    begins: '{"data":{"ObservationList":[{"id":"',
    draw(roll) {
      const first = roll.int(0, DAYS - HALF_YEAR)
      const [from, to] = [day(first), day(first + HALF_YEAR)]
      const [code] = roll.pick(SIGNS)
      const filter = `date ge ${from} and date lt ${to}`
      const path = `/c/$way/${code}/${from}/${to}`
      return { variables: { code: [`${LOINC}|${code}`], filter }, plain: { method: 'GET', path } }
    },
  },
  {
    name: 'f',
    title: 'exact count of code + 6 months',
    target: 0,
    p95: 40,
    document: `query ($code: [SearchToken!], $filter: String) {
  ObservationConnection(code: $code, _filter: $filter, _count: 0) { count }
}`,
    begins: '{"data":{"ObservationConnection":{"count":',
    draw(roll) {
      const first = roll.int(0, DAYS - HALF_YEAR)
      const [from, to] = [day(first), day(first + HALF_YEAR)]
      const [code] = roll.pick(SIGNS)
      const filter = `date ge ${from} and date lt ${to}`
      const path = `/f/$way/${code}/${from}/${to}`
      return { variables: { code: [`${LOINC}|${code}`], filter }, plain: { method: 'GET', path } }
    },
  },
  {
    name: 'd',
    title: 'create an Observation, durable',
    target: 0.35,
    document: `mutation ($res: ObservationInput!) {
  ObservationCreate(res: $res) { id meta { versionId lastUpdated } }
}`,
    begins: '{"data":{"ObservationCreate":{"id":"',
    writes: 'observation',
    draw(roll, patients) {
      const res = observation(roll.int(0, patients - 1), roll.int(0, SIGNS.length - 1), roll)
      return { variables: { res }, plain: { method: 'POST', path: '/d', body: res } }
    },
  },
  {
    name: 'e',
    title: 'update a Patient, durable',
    target: 0.35,
    document: `mutation ($id: ID!, $res: PatientInput!) {
  PatientUpdate(id: $id, res: $res) { id meta { versionId lastUpdated } }
}`,
    begins: '{"data":{"PatientUpdate":{"id":"',
    writes: 'patient',
    draw(roll, patients) {
      const n = roll.int(0, patients - 1)
      const [id, res] = [patientId(n), patient(n, roll)]
      return { variables: { id, res }, plain: { method: 'PUT', path: `/e/${id}`, body: res } }
    },
  },
]

/** Whom to ask; the floor's `way` of reading is `text` or `sql`, see floor.ts. */
export type Side =
  | { readonly who: 'ours' | 'open' | 'logged' | 'unlogged'; readonly token: string }
  | { readonly who: 'floor'; readonly way: string }

/** `count` questions as HTTP/1.1 request texts; the same seed asks the same of either side. */
export function requests(scenario: Scenario, side: Side, count: number, patients: number, seed: number): string[] {
  const roll = seeded(seed, scenario.name)
  return Array.from({ length: count }, () => {
    const { variables, plain } = scenario.draw(roll, patients)
    if (side.who === 'floor') return http(plain.method, plain.path.replace('$way', side.way), plain.body)
    return http('POST', '/graphql', { query: scenario.document, variables }, side.token)
  })
}

function http(method: string, path: string, body?: object, token?: string): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const typed = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${token ? `authorization: Bearer ${token}\r\n` : ''}${body === undefined ? '' : typed}\r\n${text}`
}
