// Under which names a code system travels, https://hl7.org/fhir/R4/terminologies-systems.html. Pure.
// Whoever writes a system oddly must not escape its rules: case, blanks, version, edition and OID make no difference.
import { ACT_CODE, CONFIDENTIALITY } from '../labels.ts'
import type { CodeSystem } from './rules/rule.ts'

export type KnownSystem = CodeSystem | 'confidentiality'

const NAMES: Readonly<Record<KnownSystem, readonly string[]>> = {
  snomed: ['http://snomed.info/sct', 'http://snomed.info/xsct', '2.16.840.1.113883.6.96'],
  // The national editions and that of WHO share their categories.
  icd10: [
    'http://hl7.org/fhir/sid/icd-10-cm',
    'http://hl7.org/fhir/sid/icd-10',
    'http://fhir.de/CodeSystem/bfarm/icd-10-gm',
    'http://fhir.de/CodeSystem/dimdi/icd-10-gm',
    '2.16.840.1.113883.6.90',
    '2.16.840.1.113883.6.3',
  ],
  loinc: ['http://loinc.org', '2.16.840.1.113883.6.1'],
  rxnorm: ['http://www.nlm.nih.gov/research/umls/rxnorm', '2.16.840.1.113883.6.88'],
  cpt: ['http://www.ama-assn.org/go/cpt', '2.16.840.1.113883.6.12'],
  hcpcs: [
    'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
    'http://terminology.hl7.org/CodeSystem/HCPCS-all-codes',
    'urn:oid:2.16.840.1.113883.6.285',
  ],
  actcode: [ACT_CODE, 'http://hl7.org/fhir/v3/ActCode', '2.16.840.1.113883.5.4'],
  confidentiality: [CONFIDENTIALITY, 'http://hl7.org/fhir/v3/Confidentiality', '2.16.840.1.113883.5.25'],
}

/** Blanks, control and invisible characters. */
const INVISIBLE = /[\p{C}\p{Z}]/gu

/** One way of writing what means the same. */
const plain = (system: string): string =>
  system
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .toLowerCase()
    .replace(/[|?#].*$/, '')
    .replace(/^(?:https?:\/\/(?:www\.)?|urn:oid:|oid:)/, '')
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

/** Undefined for a system without rules. */
export function systemOf(system: string): KnownSystem | undefined {
  const known = exact.get(system)
  if (known !== undefined || RULELESS.has(system)) return known
  const name = plain(system)
  // http://snomed.info/sct/731000124108/version/20250301 names an edition.
  return loose.get(name) ?? (name.startsWith('snomed.info/sct/') ? 'snomed' : undefined)
}

const SIMPLE = /^[A-Z0-9-]+$/

/** A code as the rules write it: no blanks, no dots, capitals. */
export const plainCode = (code: string): string =>
  SIMPLE.test(code) ? code : code.normalize('NFKC').replace(INVISIBLE, '').replaceAll('.', '').toUpperCase()
