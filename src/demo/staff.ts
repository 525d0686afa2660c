// Practitioners with their roles, and the groups of staff that consents can name. Pure.
// Occupations are SNOMED CT codes of https://hl7.org/fhir/R4/valueset-practitioner-role.html
import {
  DEPARTMENTS,
  type Department,
  type DepartmentKey,
  HOSPITALS,
  type Hospital,
  INSTITUTE,
  organization,
  place,
} from './hospitals.ts'
import { fullName, personName, plain, type Sex } from './naming.ts'
import { concept, DEMO, type Reference, type Resource, reference, SNOMED, SYNTHETIC, terminology } from './resource.ts'
import type { Seeded } from './seeded.ts'

interface Post {
  key: string
  department: DepartmentKey
  /** Code of http://terminology.hl7.org/CodeSystem/practitioner-role */
  role: 'doctor' | 'nurse' | 'pharmacist'
  occupation: readonly [code: string, display: string]
}

export interface Member {
  key: string
  post: string
  kind: Post['role']
  hospital: Hospital
  department: Department
  practitioner: Reference
  role: Reference
}

/** Who works where: `one` finds the first of a post, `doctor` any doctor of a department. */
export interface Roster {
  members: readonly Member[]
  one(hospital: Hospital, post: string): Member
  doctor(hospital: Hospital, department: DepartmentKey, random: Seeded): Member
}

const POSTS: readonly Post[] = [
  { key: 'gp-1', department: 'primary-care', role: 'doctor', occupation: ['59058001', 'General physician'] },
  { key: 'gp-2', department: 'primary-care', role: 'doctor', occupation: ['59058001', 'General physician'] },
  { key: 'cardiologist', department: 'cardiology', role: 'doctor', occupation: ['17561000', 'Cardiologist'] },
  { key: 'endocrinologist', department: 'endocrinology', role: 'doctor', occupation: ['61894003', 'Endocrinologist'] },
  { key: 'psychiatrist', department: 'psychiatry', role: 'doctor', occupation: ['80584001', 'Psychiatrist'] },
  { key: 'paediatrician', department: 'paediatrics', role: 'doctor', occupation: ['82296001', 'Pediatrician'] },
  { key: 'obstetrician', department: 'obstetrics', role: 'doctor', occupation: ['11935004', 'Obstetrician'] },
  {
    key: 'infectiologist',
    department: 'infectious-diseases',
    role: 'doctor',
    occupation: ['76899008', 'Infectious diseases physician'],
  },
  {
    key: 'emergency-physician',
    department: 'emergency',
    role: 'doctor',
    occupation: ['309294001', 'Accident and Emergency doctor'],
  },
  { key: 'nurse', department: 'primary-care', role: 'nurse', occupation: ['106292003', 'Nurse'] },
  {
    key: 'internist',
    department: 'general-medicine',
    role: 'doctor',
    occupation: ['39677007', 'Internal medicine specialist'],
  },
  { key: 'pharmacist', department: 'primary-care', role: 'pharmacist', occupation: ['46255001', 'Pharmacist'] },
]

const TITLES = { doctor: 'Dr.', nurse: undefined, pharmacist: undefined, researcher: 'Prof.' }

function practitioner(random: Seeded, id: string, role: keyof typeof TITLES, number: number): Resource {
  const sex: Sex = random.chance(0.55) ? 'female' : 'male'
  const name = personName(random, sex)
  const title = TITLES[role]
  return {
    resourceType: 'Practitioner',
    id,
    meta: SYNTHETIC,
    identifier: [{ use: 'official', system: `${DEMO}/licence`, value: `L-${String(number).padStart(5, '0')}` }],
    active: true,
    name: [
      {
        use: 'official',
        text: [title, fullName(name)].filter(Boolean).join(' '),
        family: name.family,
        given: name.given,
        ...(title ? { prefix: [title] } : {}),
      },
    ],
    telecom: [
      { system: 'email', value: `${plain(name.given[0] ?? '')}.${plain(name.family)}@example.org`, use: 'work' },
    ],
    gender: sex,
  }
}

const named = (resource: Resource): Reference =>
  reference(resource.resourceType, resource.id, (resource.name as { text: string }[])[0]?.text)

const roleResource = (id: string, who: Reference, where: Reference, code: object[], more: object = {}): Resource => ({
  resourceType: 'PractitionerRole',
  id,
  active: true,
  practitioner: who,
  organization: where,
  code,
  ...more,
})

/** Hires everyone; `resources` are theirs, Practitioner before PractitionerRole. */
export function hire(random: Seeded): { roster: Roster; resources: Resource[] } {
  const members: Member[] = []
  const resources: Resource[] = []
  for (const hospital of HOSPITALS) {
    for (const post of POSTS) {
      const key = `${hospital.key}-${post.key}`
      const person = practitioner(random.branch(key), `demo-practitioner-${key}`, post.role, members.length + 1)
      const department = DEPARTMENTS.find((each) => each.key === post.department) as Department
      const role = reference('PractitionerRole', `demo-role-${key}`)
      members.push({ key, post: post.key, kind: post.role, hospital, department, practitioner: named(person), role })
      const code = [concept(terminology('practitioner-role'), post.role), concept(SNOMED, ...post.occupation)]
      const more = { specialty: [department.specialty], location: [place(hospital, department)] }
      resources.push(person, roleResource(`demo-role-${key}`, named(person), organization(hospital), code, more))
    }
  }
  const researcher = practitioner(random.branch('researcher'), RESEARCHER.id, 'researcher', members.length + 1)
  const code = [concept(terminology('practitioner-role'), 'researcher', 'Researcher')]
  resources.push(researcher, roleResource('demo-role-researcher', named(researcher), INSTITUTE, code))
  return { roster: rosterOf(members), resources }
}

const RESEARCHER = { id: 'demo-practitioner-researcher' }

export const researcher = reference('Practitioner', RESEARCHER.id)

function rosterOf(members: readonly Member[]): Roster {
  const at = (hospital: Hospital) => members.filter((member) => member.hospital === hospital)
  return {
    members,
    one: (hospital, post) => at(hospital).find((member) => member.post === post) as Member,
    doctor: (hospital, department, random) =>
      random.pick(at(hospital).filter((each) => each.department.key === department && each.kind === 'doctor')),
  }
}

export const breakGlass = (hospital: Hospital): Reference =>
  reference('Group', `demo-break-glass-${hospital.key}`, `Break-glass staff of ${hospital.name}`)

/** Emergency staff who may break the glass, one Group per hospital, https://hl7.org/fhir/R4/group.html */
export function* staffGroups(roster: Roster): Generator<Resource, void> {
  for (const hospital of HOSPITALS) {
    const staff = ['emergency-physician', 'internist', 'nurse'].map((post) => roster.one(hospital, post))
    yield {
      resourceType: 'Group',
      id: `demo-break-glass-${hospital.key}`,
      active: true,
      type: 'practitioner',
      actual: true,
      code: concept('urn:healthchain:group', 'break-glass', 'Break-glass staff'),
      name: `Break-glass staff of ${hospital.name}`,
      quantity: staff.length,
      managingEntity: organization(hospital),
      member: staff.map((member) => ({ entity: member.practitioner })),
    }
  }
}
