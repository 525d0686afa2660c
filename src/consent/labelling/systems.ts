// Under which names a code system travels, https://hl7.org/fhir/R4/terminologies-systems.html. Pure.
// Whoever writes a system oddly must not escape its rules: case, blanks, version, edition, nation and OID make no difference.
import { ACT_CODE, CONFIDENTIALITY } from '../labels.ts'
import type { CodeSystem } from './rules/rule.ts'

export type KnownSystem = CodeSystem | 'confidentiality'

/** Nobody says which system it is, or nobody here can tell: the code may be of any. */
export const ANY = 'any'

export const SNOMED = 'http://snomed.info/sct'

export const NAMES: Readonly<Record<KnownSystem, readonly string[]>> = {
  snomed: [SNOMED, 'http://snomed.info/xsct', '2.16.840.1.113883.6.96', 'SCT', 'SCT2', 'SNM3'],
  // The national editions and that of WHO share their categories.
  icd10: [
    'http://hl7.org/fhir/sid/icd-10-cm',
    'http://hl7.org/fhir/sid/icd-10',
    'http://fhir.de/CodeSystem/bfarm/icd-10-gm',
    'http://fhir.de/CodeSystem/dimdi/icd-10-gm',
    'http://id.who.int/icd/release/10',
    '2.16.840.1.113883.6.90',
    '2.16.840.1.113883.6.3',
    '2.16.840.1.113883.6.135',
    '2.16.840.1.113883.6.260',
    ...['I10', 'I10C'],
  ],
  icd9: [
    'http://hl7.org/fhir/sid/icd-9-cm',
    '2.16.840.1.113883.6.2',
    '2.16.840.1.113883.6.42',
    '2.16.840.1.113883.6.103',
    ...['I9', 'I9C', 'I9CDX'],
  ],
  icd11: ['http://id.who.int/icd', 'http://id.who.int/icd/release/11', '2.16.840.1.113883.6.347'],
  loinc: ['http://loinc.org', '2.16.840.1.113883.6.1', 'LN'],
  rxnorm: ['http://www.nlm.nih.gov/research/umls/rxnorm', '2.16.840.1.113883.6.88'],
  atc: [
    'http://www.whocc.no/atc',
    'http://fhir.de/CodeSystem/bfarm/atc',
    'http://fhir.de/CodeSystem/dimdi/atc',
    '2.16.840.1.113883.6.73',
    'ATC',
  ],
  cpt: ['http://www.ama-assn.org/go/cpt', '2.16.840.1.113883.6.12', 'C4', 'CPT'],
  hcpcs: [
    'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
    'http://terminology.hl7.org/CodeSystem/HCPCS-all-codes',
    '2.16.840.1.113883.6.285',
    'HPC',
  ],
  actcode: [ACT_CODE, 'http://hl7.org/fhir/v3/ActCode', '2.16.840.1.113883.5.4'],
  confidentiality: [CONFIDENTIALITY, 'http://hl7.org/fhir/v3/Confidentiality', '2.16.840.1.113883.5.25'],
}

/** What a name of nobody's own making has in it, asked in this order. `undefined`: known, and without rules. */
export const PARTS: readonly (readonly [RegExp, KnownSystem | undefined])[] = [
  [/icd-?_?10-?_?pcs|cms\.gov\/medicare\/coding\/icd10/, undefined],
  [/snomed|(?:^|[^a-z])sct(?:[^a-z]|$)/, 'snomed'],
  [/icd[-_ ]?10|icd\/release\/10/, 'icd10'],
  [/icd[-_ ]?9/, 'icd9'],
  [/icd[-_ ]?11|id\.who\.int\/icd/, 'icd11'],
  [/loinc/, 'loinc'],
  [/rxnorm|rxcui/, 'rxnorm'],
  [/whocc\.no|(?:^|[^a-z])atc(?:[^a-z]|$)/, 'atc'],
  [/hcpcs/, 'hcpcs'],
  [/(?:^|[^a-z])cpt(?:[^a-z]|$)/, 'cpt'],
]

/** Blanks, control and invisible characters. */
const INVISIBLE = /[\p{C}\p{Z}]/gu

/** One way of writing what means the same. */
const plain = (system: string): string =>
  system
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .toLowerCase()
    .replace(/[|?#].*$/, '')
    .replace(/^(?:https?:\/\/(?:www\.)?|urn:oid:|urn:iso:oid:|oid:)/, '')
    .replace(/\/+$/, '')

const entries = Object.entries(NAMES) as [KnownSystem, readonly string[]][]
const exact = new Map(entries.flatMap(([system, names]) => names.map((name) => [name, system] as const)))
const loose = new Map(entries.flatMap(([system, names]) => names.map((name) => [plain(name), system] as const)))
/** Systems of ordinary data that have no rules, so that they need no second look. */
const RULELESS = new Set([
  'http://unitsofmeasure.org',
  'http://hl7.org/fhir/sid/cvx',
  'http://terminology.hl7.org/CodeSystem/observation-category',
  'http://terminology.hl7.org/CodeSystem/condition-category',
  'http://terminology.hl7.org/CodeSystem/condition-clinical',
  'http://terminology.hl7.org/CodeSystem/condition-ver-status',
  'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
])

const OID = /^\d+(?:\.\d+)+$/

function recognise(system: string): KnownSystem | typeof ANY | undefined {
  const name = plain(system)
  const known = loose.get(name)
  if (known !== undefined) return known
  if (name === '') return ANY
  // An arc of ICD-10 holds its translations. An OID that is not known tells nobody which system it is.
  if (OID.test(name)) return name.startsWith('2.16.840.1.113883.6.3.') ? 'icd10' : name === PROCEDURES ? undefined : ANY
  return PARTS.find(([part]) => part.test(name))?.[1]
}
/** ICD-10-PCS. */
const PROCEDURES = '2.16.840.1.113883.6.4'

// The names of a population repeat.
const recognised = new Map<string, KnownSystem | typeof ANY | undefined>()
const RECOGNISED_MAX = 2000

/** Undefined for a system without rules. What is no text names no system. */
export function systemOf(system: unknown): KnownSystem | typeof ANY | undefined {
  if (typeof system !== 'string') return ANY
  const known = exact.get(system)
  if (known !== undefined || RULELESS.has(system)) return known
  if (recognised.has(system)) return recognised.get(system)
  const found = recognise(system)
  if (recognised.size >= RECOGNISED_MAX) recognised.clear()
  recognised.set(system, found)
  return found
}

const SIMPLE = /^[A-Z0-9-]+$/

/** A code as the rules write it: no blanks, no dots, capitals. */
export const plainCode = (code: string): string =>
  SIMPLE.test(code) ? code : code.normalize('NFKC').replace(INVISIBLE, '').replaceAll('.', '').toUpperCase()
