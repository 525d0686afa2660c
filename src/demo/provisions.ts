// The terms that people agree to: typed root provisions with at most one nested level, https://profiles.ihe.net/ITI/PCF
// Pure. Purposes are v3-ActReason, labels v3-Confidentiality and v3-ActCode, recipients v3-ParticipationType#IRCP.
import { type Coding, coding, concept, given, type Reference, terminology } from './resource.ts'

export interface Provision {
  type: 'permit' | 'deny'
  period?: { start?: string; end?: string }
  actor?: object[]
  securityLabel?: Coding[]
  purpose?: Coding[]
  dataPeriod?: { start?: string; end?: string }
  provision?: Provision[]
}

const PURPOSES = {
  TREAT: 'treatment',
  HPAYMT: 'healthcare payment',
  HOPERAT: 'healthcare operations',
  HRESCH: 'healthcare research',
  BTG: 'break the glass',
} as const

const LABELS = {
  N: 'normal',
  R: 'restricted',
  PSY: 'psychiatry disorder information sensitivity',
  HIV: 'HIV/AIDS information sensitivity',
  ETH: 'substance abuse information sensitivity',
  ETHUD: 'alcohol use disorder information sensitivity',
  OPIOIDUD: 'opioid use disorder information sensitivity',
  SDV: 'sexual assault, abuse, or domestic violence information sensitivity',
} as const

export type Purpose = keyof typeof PURPOSES
export type Label = keyof typeof LABELS

export const TREATMENT: readonly Purpose[] = ['TREAT']
/** Treatment, payment and operations: what most people mean by sharing their record. */
export const USUAL: readonly Purpose[] = ['TREAT', 'HPAYMT', 'HOPERAT']

const label = (code: Label): Coding =>
  coding(terminology(code === 'N' || code === 'R' ? 'v3-Confidentiality' : 'v3-ActCode'), code, LABELS[code])

export interface Criteria {
  purposes?: readonly Purpose[]
  recipients?: readonly Reference[]
  labels?: readonly Label[]
  period?: Provision['period']
  dataPeriod?: Provision['dataPeriod']
}

const IRCP = concept(terminology('v3-ParticipationType'), 'IRCP', 'information recipient')

/** One rule; all criteria hold together, the members of one criterion are alternatives. */
export const rule = (type: Provision['type'], criteria: Criteria, nested?: readonly Provision[]): Provision =>
  given({
    type,
    period: criteria.period,
    actor: criteria.recipients?.map((reference) => ({ role: IRCP, reference })),
    securityLabel: criteria.labels?.map(label),
    purpose: criteria.purposes?.map((code) => coding(terminology('v3-ActReason'), code, PURPOSES[code])),
    dataPeriod: criteria.dataPeriod,
    provision: nested === undefined ? undefined : [...nested],
  })
