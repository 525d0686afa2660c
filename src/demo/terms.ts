// Which terms a person chooses, by what there is to protect. Pure.
import { type Day, dateText } from './calendar.ts'
import { team } from './care.ts'
import type { Chart } from './chart.ts'
import type { ChronicKey } from './chronic.ts'
import { DEPARTMENTS, HOSPITALS, INSTITUTE, organization, PAYERS, payer, recipient } from './hospitals.ts'
import { type Label, type Provision, rule, TREATMENT, USUAL } from './provisions.ts'
import type { Reference } from './resource.ts'
import type { Seeded } from './seeded.ts'
import { breakGlass } from './staff.ts'

/** Labels that the server will put on the data of a problem. */
const LABELS: Partial<Record<ChronicKey, Label>> = {
  depression: 'PSY',
  anxiety: 'PSY',
  schizophrenia: 'PSY',
  bipolar: 'PSY',
  ptsd: 'PSY',
  hiv: 'HIV',
  opioid: 'OPIOIDUD',
  alcohol: 'ETHUD',
  'partner-abuse': 'SDV',
}

export interface Signing {
  chart: Chart
  random: Seeded
  /** The day of the signature. */
  day: Day
}

type Terms = (signing: Signing) => Provision

const home = ({ chart }: Signing): Reference => organization(chart.person.hospital)

const other = ({ chart, random }: Signing): Reference =>
  organization(random.pick(HOSPITALS.filter((hospital) => hospital !== chart.person.hospital)))

/** A neighbour, a former friend: somebody of the staff who is not the own doctor. */
const somebody = ({ chart, random }: Signing): Reference => {
  const { roster, person } = chart
  return random.pick(roster.members.filter((each) => each.hospital === person.hospital && each.key !== person.gp.key))
    .practitioner
}

export const GENERAL: readonly (readonly [Terms, number])[] = [
  [(signing) => rule('permit', { purposes: TREATMENT, recipients: [home(signing)] }), 20],
  [() => rule('permit', { purposes: USUAL }), 26],
  [() => rule('permit', { purposes: USUAL, labels: ['N'] }), 12],
  [() => rule('permit', { purposes: USUAL }, [rule('deny', { labels: ['R'] })]), 8],
  [
    ({ random }) =>
      rule('permit', { purposes: USUAL }, [
        rule('deny', { purposes: ['HPAYMT'], recipients: [payer(random.pick(PAYERS).key)] }),
      ]),
    8,
  ],
  [(signing) => rule('permit', { purposes: USUAL }, [rule('deny', { recipients: [somebody(signing)] })]), 8],
  [({ day }) => rule('permit', { purposes: USUAL, dataPeriod: { start: dateText(day - 730) } }), 6],
  [
    ({ day }) =>
      rule('permit', { purposes: USUAL }, [
        rule('deny', { dataPeriod: { start: dateText(day - 900), end: dateText(day - 500) } }),
      ]),
    5,
  ],
  [() => rule('deny', { purposes: USUAL }), 5],
  [
    ({ chart }) => rule('deny', { purposes: USUAL }, [rule('permit', { recipients: [chart.person.gp.practitioner] })]),
    3,
  ],
  [(signing) => rule('permit', { purposes: TREATMENT, recipients: [home(signing), other(signing)] }), 7],
  [
    ({ day, random }) =>
      rule('permit', { purposes: USUAL, period: { start: dateText(day), end: dateText(day + random.int(200, 1500)) } }),
    9,
  ],
]

const specialist = (chart: Chart, key: ChronicKey): Reference => {
  const wanted = chart.history.get(key)?.entry.department
  const department = DEPARTMENTS.find((each) => each.key === wanted)
  return department?.protected ? recipient(chart.person.hospital, department) : chart.person.gp.practitioner
}

/** The problem whose data the person most wants kept, and its label. */
export function secret({ history }: Chart): readonly [ChronicKey, Label] | undefined {
  for (const { entry } of history.problems) {
    const label = LABELS[entry.key]
    if (label !== undefined) return [entry.key, label]
  }
  return undefined
}

/** For those with something to keep: everybody sees the ordinary, only some the rest. */
export function guarded({ chart, random }: Signing, [key, label]: readonly [ChronicKey, Label]): Provision {
  const joint = team(chart)
  const normal = { purposes: TREATMENT, labels: ['N'] } as const
  const inside = (recipients: readonly Reference[]) => [rule('permit', { labels: ['R', label], recipients })]
  return random.weighted<() => Provision>([
    [() => rule('permit', normal, inside([specialist(chart, key)])), 40],
    [() => rule('permit', { purposes: USUAL }, [rule('deny', { labels: [label] })]), 25],
    [() => rule('permit', normal, inside([joint ?? chart.person.gp.practitioner])), 20],
    [() => rule('permit', normal), 15],
  ])()
}

export const emergency = ({ chart }: Signing): Provision =>
  rule('permit', { purposes: ['BTG'], recipients: [breakGlass(chart.person.hospital)] })

export const research = ({ random }: Signing): Provision => {
  const asked = { purposes: ['HRESCH'], recipients: [INSTITUTE] } as const
  if (random.chance(0.2)) return rule('deny', asked)
  return rule('permit', asked, random.chance(0.4) ? [rule('deny', { labels: ['R', 'HIV', 'PSY', 'ETH'] })] : undefined)
}
