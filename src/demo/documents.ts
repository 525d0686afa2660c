// Letters and notes, https://hl7.org/fhir/R4/documentreference.html. Pure. LOINC document types. The text names nobody.
import { moment } from './calendar.ts'
import type { Chart } from './chart.ts'
import { organization } from './hospitals.ts'
import { concept, LOINC, type Resource } from './resource.ts'
import type { Visit } from './visits.ts'

/** A plain text in an attachment, https://hl7.org/fhir/R4/datatypes.html#attachment; ASCII only. */
export const attachment = (title: string, text: string, creation: string) => ({
  contentType: 'text/plain',
  language: 'en',
  data: btoa(text),
  title,
  creation,
})

interface Letter {
  key: string
  type: readonly [code: string, display: string]
  text: string
}

function letter(visit: Visit): Letter | undefined {
  if (visit.kind === 'inpatient' || visit.kind === 'delivery') {
    const text = `Invented discharge summary. ${visit.last ? 'The patient died in hospital.' : 'The patient went home in good health.'}`
    return { key: 'discharge-summary', type: ['18842-5', 'Discharge summary'], text }
  }
  const noted = visit.kind === 'follow-up' && visit.random.branch('note').chance(0.12)
  if (!noted) return undefined
  return {
    key: 'note',
    type: ['11506-3', 'Progress note'],
    text: 'Invented progress note. Plan discussed with the patient.',
  }
}

export function* documents(chart: Chart, visit: Visit): Generator<Resource, void> {
  const written = letter(visit)
  if (written === undefined) return
  const ends = visit.last && chart.person.died !== undefined ? visit.minute + 60 : visit.minute + visit.minutes
  const date = moment(visit.day, ends, visit.hospital.offset)
  yield {
    resourceType: 'DocumentReference',
    id: `${visit.id}-${written.key}`,
    status: 'current',
    docStatus: 'final',
    type: concept(LOINC, ...written.type),
    category: [
      concept(
        'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
        'clinical-note',
        'Clinical Note',
      ),
    ],
    subject: chart.person.reference,
    date,
    author: [visit.doctor.practitioner],
    custodian: organization(visit.hospital),
    content: [{ attachment: attachment(written.type[1], written.text, date) }],
    context: { encounter: [visit.reference] },
  }
}
