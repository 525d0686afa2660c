// Three invented hospitals with departments, places, payers and a research institute. Pure, no chance in it.
// Specialties are SNOMED CT codes of https://hl7.org/fhir/R4/valueset-c80-practice-codes.html
import {
  type Concept,
  concept,
  DEMO,
  type Reference,
  type Resource,
  reference,
  SNOMED,
  terminology,
} from './resource.ts'

export type DepartmentKey =
  | 'primary-care'
  | 'cardiology'
  | 'endocrinology'
  | 'psychiatry'
  | 'paediatrics'
  | 'obstetrics'
  | 'infectious-diseases'
  | 'emergency'

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

const address = (hospital: Hospital) => ({
  use: 'work',
  line: ['1 Hospital Green'],
  city: hospital.city,
  state: 'EX',
  postalCode: hospital.postal,
  country: 'ZZ',
})

function* hospitalResources(hospital: Hospital, index: number): Generator<Resource, void> {
  const id = `demo-hospital-${hospital.key}`
  yield {
    resourceType: 'Organization',
    id,
    identifier: [{ use: 'official', system: `${DEMO}/organization`, value: `H-00${index + 1}` }],
    active: true,
    type: [concept(terminology('organization-type'), 'prov', 'Healthcare Provider')],
    name: hospital.name,
    telecom: [{ system: 'phone', value: `+1-555-010${index}`, use: 'work' }],
    address: [address(hospital)],
  }
  for (const department of DEPARTMENTS.filter((each) => each.protected)) {
    yield {
      resourceType: 'Organization',
      id: `${id}-${department.key}`,
      active: true,
      type: [concept(terminology('organization-type'), 'dept', 'Hospital Department')],
      name: `${hospital.name}, ${department.name}`,
      partOf: organization(hospital),
    }
  }
}

function* places(hospital: Hospital): Generator<Resource, void> {
  const site = reference('Location', `demo-location-${hospital.key}`, hospital.name)
  yield {
    resourceType: 'Location',
    id: `demo-location-${hospital.key}`,
    status: 'active',
    name: hospital.name,
    mode: 'instance',
    address: address(hospital),
    physicalType: concept(terminology('location-physical-type'), 'bu', 'Building'),
    managingOrganization: organization(hospital),
  }
  for (const department of DEPARTMENTS) {
    yield {
      resourceType: 'Location',
      id: `demo-location-${hospital.key}-${department.key}`,
      status: 'active',
      name: `${hospital.name}, ${department.name}`,
      mode: 'instance',
      physicalType: concept(terminology('location-physical-type'), 'wa', 'Ward'),
      managingOrganization: organization(hospital),
      partOf: site,
    }
  }
}

const outside = (id: string, name: string, type: string, display: string): Resource => ({
  resourceType: 'Organization',
  id,
  active: true,
  type: [concept(terminology('organization-type'), type, display)],
  name,
})

export function* organizations(): Generator<Resource, void> {
  for (const [index, hospital] of HOSPITALS.entries()) {
    yield* hospitalResources(hospital, index)
    yield* places(hospital)
  }
  for (const { key, name } of PAYERS) yield outside(`demo-payer-${key}`, name, 'ins', 'Insurance Company')
  yield outside('demo-research-institute', 'Demo Institute for Health Research', 'edu', 'Educational Institute')
}
