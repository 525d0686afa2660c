// Medication resources: prescriptions, dispenses, doses given in hospital, what patients take on their own. Pure.
import { ageOn, type Day, dateText, moment } from './calendar.ts'
import { drug } from './catalogue-drugs.ts'
import type { Chart } from './chart.ts'
import { counted, dosage, medication, perDay, route } from './dosage.ts'
import type { Order } from './orders.ts'
import { concept, given, quantity, type Resource, reference, terminology } from './resource.ts'
import type { Visit } from './visits.ts'

const setting = (visit: Visit): readonly [code: string, display: string] =>
  visit.kind === 'inpatient' ? ['inpatient', 'Inpatient'] : ['community', 'Community']

export function prescription({ person }: Chart, order: Order): Resource {
  const { drug, visit } = order
  const days = drug.days * (order.repeats + 1)
  return given({
    resourceType: 'MedicationRequest',
    id: order.id,
    status: order.status,
    statusReason: order.stopped === undefined ? undefined : { text: order.stopped },
    intent: 'order',
    category: [concept(terminology('medicationrequest-category'), ...setting(visit))],
    reportedBoolean: false,
    medicationCodeableConcept: medication(drug),
    subject: person.reference,
    encounter: visit.reference,
    authoredOn: moment(visit.day, visit.minute + 12, visit.hospital.offset),
    requester: visit.doctor.practitioner,
    reasonReference: [order.reason],
    dosageInstruction: [dosage(drug)],
    dispenseRequest: {
      validityPeriod: { start: dateText(visit.day), end: dateText(visit.day + Math.max(30, days)) },
      numberOfRepeatsAllowed: order.repeats,
      quantity: counted(perDay(drug) * drug.days, drug),
      expectedSupplyDuration: quantity(drug.days, 'days', 'd'),
    },
  })
}

function dispense(chart: Chart, order: Order, day: Day, turn: number): Resource {
  const { drug, visit } = order
  const { hospital } = visit
  // The first time the pharmacy comes after the doctor, and after the way home from the ward.
  const minute = turn === 0 ? Math.max(17 * 60, visit.minute + 60) : 10 * 60 + turn * 20
  return {
    resourceType: 'MedicationDispense',
    id: `${order.id}-dispense-${turn + 1}`,
    status: 'completed',
    category: concept(terminology('medicationdispense-category'), 'community', 'Community'),
    medicationCodeableConcept: medication(drug),
    subject: chart.person.reference,
    performer: [{ actor: chart.roster.one(hospital, 'pharmacist').practitioner }],
    authorizingPrescription: [reference('MedicationRequest', order.id)],
    type: concept(terminology('v3-ActCode'), turn === 0 ? 'FF' : 'RF', turn === 0 ? 'First Fill' : 'Refill'),
    quantity: counted(perDay(drug) * drug.days, drug),
    daysSupply: quantity(drug.days, 'days', 'd'),
    whenPrepared: moment(day, minute, hospital.offset),
    whenHandedOver: moment(day, minute + 15, hospital.offset),
    dosageInstruction: [dosage(drug)],
  }
}

export function* dispenses(chart: Chart, order: Order): Generator<Resource, void> {
  for (const { day, turn } of order.dispensed) yield dispense(chart, order, day, turn)
}

/** Doses swallowed under the eyes of a nurse: methadone at the clinic, the first one of a stay. */
export function* administrations(chart: Chart, visit: Visit, orders: readonly Order[]): Generator<Resource, void> {
  const watched = chart.courses.filter(({ drug, from }) => drug.key === 'methadone' && from <= visit.day)
  const clinic = visit.kind === 'follow-up' && visit.department.key === 'psychiatry' ? watched : []
  const stay = visit.kind === 'inpatient' ? orders.filter((order) => order.visit === visit) : []
  for (const { drug } of [...clinic, ...stay]) {
    const request = stay.find((order) => order.drug === drug)
    yield given({
      resourceType: 'MedicationAdministration',
      id: `${visit.id}-given-${drug.key}`,
      status: 'completed',
      medicationCodeableConcept: medication(drug),
      subject: chart.person.reference,
      context: visit.reference,
      effectiveDateTime: moment(visit.day, visit.minute + 14, visit.hospital.offset),
      performer: [{ actor: chart.roster.one(visit.hospital, 'nurse').practitioner }],
      request: request === undefined ? undefined : reference('MedicationRequest', request.id),
      dosage: { route: route(drug), dose: counted(drug.dose, drug) },
    })
  }
}

/** What grown-ups say they take without a prescription. */
export function* statements(chart: Chart): Generator<Resource, void> {
  const { person, allergies, visits } = chart
  const random = person.random.branch('own-medication')
  const asked = visits.find((visit) => visit.kind === 'check-up')
  const own = drug(random.pick(['ibuprofen', 'paracetamol', 'loratadine'] as const))
  if (asked === undefined || ageOn(person.born, asked.day) < 18 || !random.chance(0.3) || !allergies.permit(own)) return
  yield {
    resourceType: 'MedicationStatement',
    id: `demo-${person.key}-takes-${own.key}`,
    status: random.chance(0.7) ? 'active' : 'completed',
    medicationCodeableConcept: medication(own),
    subject: person.reference,
    context: asked.reference,
    effectiveDateTime: dateText(asked.day),
    dateAsserted: moment(asked.day, asked.minute + 8, asked.hospital.offset),
    informationSource: person.reference,
    dosage: [dosage(own)],
  }
}
