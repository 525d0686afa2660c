// The Organizations and Locations of `hospitals.ts` as resources. Pure.
// https://hl7.org/fhir/R4/organization.html, https://hl7.org/fhir/R4/location.html
import { DEPARTMENTS, HOSPITALS, type Hospital, organization, PAYERS } from './hospitals.ts'
import { concept, DEMO, type Resource, reference, terminology } from './resource.ts'

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
