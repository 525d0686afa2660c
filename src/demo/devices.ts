// Implanted and worn devices, https://hl7.org/fhir/R4/device.html. Pure. SNOMED CT codes.
import { ageOn, type Day, dateText, moment } from './calendar.ts'
import type { Chart } from './chart.ts'
import { organization } from './hospitals.ts'
import { concept, type Resource, reference, SNOMED } from './resource.ts'
import type { Visit } from './visits.ts'

interface Worn {
  key: 'pacemaker' | 'hearing-aid'
  type: readonly [code: string, display: string]
  name: string
  made: Day
  implanted?: Visit
}

/** Some whose heart flutters get a pacemaker at a visit to the cardiologist, some elders a hearing aid. */
function worn(chart: Chart): Worn[] {
  const { person, history, visits } = chart
  const random = person.random.branch('device')
  const visit = visits.findLast(({ kind, department }) => kind === 'follow-up' && department.key === 'cardiology')
  const all: Worn[] = []
  if (history.get('atrial-fibrillation') && visit && random.chance(0.4)) {
    const type = ['706004007', 'Implantable cardiac pacemaker (physical object)'] as const
    all.push({ key: 'pacemaker', type, name: 'Demo Pacer DR', made: visit.day - 200, implanted: visit })
  }
  if (ageOn(person.born, person.until) > 76 && random.chance(0.2)) {
    all.push({
      key: 'hearing-aid',
      type: ['6012004', 'Hearing aid, device (physical object)'],
      name: 'Demo Ear S',
      made: person.from,
    })
  }
  return all
}

const deviceId = (chart: Chart, key: Worn['key']): string => `demo-${chart.person.key}-${key}`

export function* devices(chart: Chart): Generator<Resource, void> {
  for (const { key, type, name, made } of worn(chart)) {
    yield {
      resourceType: 'Device',
      id: deviceId(chart, key),
      status: 'active',
      manufacturer: 'Demo Devices',
      manufactureDate: dateText(made),
      serialNumber: `DD-${String(70_000 + chart.person.index)}`,
      deviceName: [{ name, type: 'user-friendly-name' }],
      type: concept(SNOMED, ...type),
      patient: chart.person.reference,
      owner: organization(chart.person.hospital),
    }
  }
}

/** The operation that put the device in. */
export function* implantations(chart: Chart, visit: Visit): Generator<Resource, void> {
  for (const { key, implanted } of worn(chart)) {
    if (implanted !== visit) continue
    const at = (minute: number) => moment(visit.day, visit.minute + minute, visit.hospital.offset)
    yield {
      resourceType: 'Procedure',
      id: `${visit.id}-implantation`,
      status: 'completed',
      code: concept(SNOMED, '307280005', 'Implantation of cardiac pacemaker (procedure)'),
      subject: chart.person.reference,
      encounter: visit.reference,
      performedPeriod: { start: at(10), end: at(70) },
      performer: [{ actor: visit.doctor.practitioner }],
      focalDevice: [{ manipulated: reference('Device', deviceId(chart, key)) }],
    }
  }
}
