// Three invented hospitals with departments, places, payers and a research institute. Data and references to it.
// Specialties are SNOMED CT codes of https://hl7.org/fhir/R4/valueset-c80-practice-codes.html
import { type Concept, concept, type Reference, reference, SNOMED } from './resource.ts'

export type DepartmentKey =
  | 'primary-care'
  | 'cardiology'
  | 'endocrinology'
  | 'psychiatry'
  | 'paediatrics'
  | 'obstetrics'
  | 'infectious-diseases'
  | 'emergency'
  | 'general-medicine'

export interface Department {
  key: DepartmentKey
  name: string
  specialty: Concept
  /** Protected departments are Organizations of their own, so that a consent can name them as recipient. */
  protected?: boolean
}

export interface Hospital {
  key: string
  name: string
  city: string
  postal: string
  /** Fixed UTC offset of every time the hospital writes. */
  offset: string
  /** Share of the patients who call it their home hospital. */
  share: number
}

const department = (key: DepartmentKey, name: string, code: string, display: string, hidden?: boolean): Department => ({
  key,
  name,
  specialty: concept(SNOMED, code, display),
  ...(hidden ? { protected: true } : {}),
})

export const DEPARTMENTS: readonly Department[] = [
  department('primary-care', 'Primary Care', '394814009', 'General practice'),
  department('cardiology', 'Cardiology', '394579002', 'Cardiology'),
  department('endocrinology', 'Endocrinology', '394583002', 'Endocrinology'),
  department('psychiatry', 'Psychiatry and Addiction Medicine', '394587001', 'Psychiatry', true),
  department('paediatrics', 'Paediatrics', '394537008', 'Pediatric specialty'),
  department('obstetrics', 'Obstetrics and Gynaecology', '394585009', 'Obstetrics and gynecology'),
  department('infectious-diseases', 'Infectious Diseases', '394807007', 'Infectious diseases', true),
  department('emergency', 'Emergency', '394576009', 'Surgical-Accident & emergency'),
  department('general-medicine', 'General Medicine', '394802001', 'General medicine'),
]

export const HOSPITALS: readonly Hospital[] = [
  { key: 'northlake', name: 'Northlake Demo Hospital', city: 'Northlake', postal: '00100', offset: 'Z', share: 45 },
  {
    key: 'rivermouth',
    name: 'Rivermouth Demo Clinic',
    city: 'Rivermouth',
    postal: '00200',
    offset: '+01:00',
    share: 33,
  },
  {
    key: 'eastfield',
    name: 'Eastfield Demo Hospital',
    city: 'Eastfield',
    postal: '00400',
    offset: '+05:30',
    share: 22,
  },
]

export const PAYERS = [
  { key: 'public', name: 'Demo Public Health Fund' },
  { key: 'meadow', name: 'Meadow Demo Insurance' },
  { key: 'harbour', name: 'Harbour Demo Mutual' },
] as const

export const organization = (hospital: Hospital): Reference =>
  reference('Organization', `demo-hospital-${hospital.key}`, hospital.name)

/** The Organization of a protected department; the hospital itself for the others. */
export const recipient = (hospital: Hospital, department: Department): Reference =>
  department.protected
    ? reference(
        'Organization',
        `demo-hospital-${hospital.key}-${department.key}`,
        `${hospital.name}, ${department.name}`,
      )
    : organization(hospital)

export const place = (hospital: Hospital, department: Department): Reference =>
  reference('Location', `demo-location-${hospital.key}-${department.key}`, `${hospital.name}, ${department.name}`)

export const payer = (key: (typeof PAYERS)[number]['key']): Reference =>
  reference('Organization', `demo-payer-${key}`, PAYERS.find((known) => known.key === key)?.name)

export const INSTITUTE = reference('Organization', 'demo-research-institute', 'Demo Institute for Health Research')
