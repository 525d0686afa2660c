// Consents in the form of IHE PCF, https://profiles.ihe.net/ITI/PCF and https://hl7.org/fhir/R4/consent.html. Pure.
import { ageOn, type Day, moment } from './calendar.ts'
import type { Chart } from './chart.ts'
import { attachment } from './documents.ts'
import { organization } from './hospitals.ts'
import type { Provision } from './provisions.ts'
import { relative, representative } from './relatives.ts'
import { concept, DEMO, LOINC, type Resource, reference, terminology } from './resource.ts'
import { emergency, GENERAL, guarded, research, type Signing, secret } from './terms.ts'

type Subject = 'sharing' | 'emergency' | 'research'

type Status = 'active' | 'inactive' | 'rejected' | 'proposed' | 'entered-in-error'

export interface Agreement {
  id: string
  subject: Subject
  status: Status
  day: Day
  provision: Provision
}

/** Of consents to the same policy only the latest counts; those to different policies stand side by side. */
const policy = (subject: Subject): string => `${DEMO}/policy/${subject}-1`

const STATUSES: readonly (readonly [Status, number])[] = [
  ['active', 88],
  ['inactive', 4],
  ['rejected', 4],
  ['proposed', 2],
  ['entered-in-error', 2],
]

function sharing(signing: Signing): Provision {
  const kept = secret(signing.chart)
  if (kept !== undefined && signing.random.chance(0.7)) return guarded(signing, kept)
  return signing.random.weighted(GENERAL)(signing)
}

const TERMS: Record<Subject, (signing: Signing) => Provision> = { sharing, emergency, research }

function agreement(
  chart: Chart,
  subject: Subject,
  label: string,
  days: readonly [Day, Day],
  status?: Status,
): Agreement {
  const random = chart.person.random.branch(`consent-${label}`)
  const day = random.int(...days)
  return {
    id: `demo-${chart.person.key}-consent-${label}`,
    subject,
    status: status ?? random.weighted(STATUSES),
    day,
    provision: TERMS[subject]({ chart, random, day }),
  }
}

/** Three of five people have recorded one to three consents. */
export function agreements(chart: Chart): Agreement[] {
  const { person } = chart
  const random = person.random.branch('consents')
  if (!random.chance(0.61)) return []
  const middle = Math.round((person.from + person.until) / 2)
  const signed = [agreement(chart, 'sharing', 'sharing', [middle, person.until])]
  // A few have changed their mind: the consent of the first years was withdrawn for the one above.
  if (random.chance(0.08))
    signed.unshift(agreement(chart, 'sharing', 'sharing-old', [person.from, middle - 1], 'inactive'))
  if (random.chance(0.12)) signed.push(agreement(chart, 'emergency', 'emergency', [middle, person.until]))
  const grown = ageOn(person.born, middle) >= 18
  if (grown && signed.length < 3 && random.chance(0.4))
    signed.push(agreement(chart, 'research', 'research', [middle, person.until]))
  return signed
}

/** Whether the person lets researchers in. */
export const takesPart = (signed: readonly Agreement[]): boolean =>
  signed.some(
    ({ subject, status, provision }) => subject === 'research' && status === 'active' && provision.type === 'permit',
  )

/** Parents sign for children; for people with dementia a child does, where there is one. */
const signer = ({ person, history }: Chart) => {
  const kind = representative(person)
  return kind === 'parent' || (kind === 'child' && history.get('alzheimer')) ? relative(person) : person.reference
}

const TITLE = 'Signed privacy consent'

const form = ({ subject }: Agreement, date: string) =>
  attachment(TITLE, `Invented consent form about ${subject}. Read, understood and signed.`, date)

/** The scanned form, for those who signed on paper. */
function scan(chart: Chart, signed: Agreement, date: string): Resource {
  return {
    resourceType: 'DocumentReference',
    id: `${signed.id}-form`,
    status: 'current',
    type: concept(LOINC, '59284-0', 'Patient Consent'),
    subject: chart.person.reference,
    date,
    custodian: organization(chart.person.hospital),
    content: [{ attachment: form(signed, date) }],
  }
}

const category = (subject: Subject) => [
  concept(LOINC, '59284-0', 'Patient Consent'),
  subject === 'research'
    ? concept(terminology('v3-ActCode'), 'RESEARCH', 'research information access')
    : concept(terminology('v3-ActCode'), 'INFA', 'information access'),
]

const scope = (subject: Subject) =>
  subject === 'research'
    ? concept(terminology('consentscope'), 'research', 'Research')
    : concept(terminology('consentscope'), 'patient-privacy', 'Privacy Consent')

export function* consents(chart: Chart, signed: readonly Agreement[]): Generator<Resource, void> {
  const { person } = chart
  for (const each of signed) {
    const date = moment(each.day, 615, person.hospital.offset)
    const paper = person.random.branch(`paper-${each.id}`).chance(0.4)
    if (paper) yield scan(chart, each, date)
    yield {
      resourceType: 'Consent',
      id: each.id,
      status: each.status,
      scope: scope(each.subject),
      category: category(each.subject),
      patient: person.reference,
      dateTime: date,
      performer: [signer(chart)],
      organization: [organization(person.hospital)],
      ...(paper
        ? { sourceReference: reference('DocumentReference', `${each.id}-form`) }
        : { sourceAttachment: form(each, date) }),
      policy: [{ uri: policy(each.subject) }],
      provision: each.provision,
    }
  }
}
