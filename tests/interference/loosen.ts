// Consents made to concern more askers and more data: the arbitraries narrow each provision in many ways at once, so that
// most of what they say is heard by nobody who asks here. Short ones, that contradict themselves; and some that are over. Pure.
import { coding, TYPES } from '../consent/arbitraries/pools.ts'
import type { Dice } from './dice.ts'
import type { Node } from './grow.ts'

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What narrows a provision, beside labels and time. */
const NARROWING = ['actor', 'purpose', 'action', 'class', 'code', 'data', 'dataPeriod']

function loosenProvision(provision: Node, dice: Dice): Node {
  const left = Object.entries(provision).filter(
    ([name]) => !NARROWING.includes(name) || dice.chance(name === 'purpose' ? 60 : 25),
  )
  const inner = Array.isArray(provision.provision) ? provision.provision.filter(isNode) : []
  return {
    ...Object.fromEntries(left),
    ...(inner.length > 0 && { provision: inner.map((one) => loosenProvision(one, dice)) }),
  }
}

const concept = (system: string, code: string) => ({ system, code })
const NORMAL = coding('v3-Confidentiality')('N')
const LABELS = [
  ...['N', 'N', 'R', 'R', 'V'].map(coding('v3-Confidentiality')),
  ...['PSY', 'SUD', 'HIV', 'SEX', 'ETHUD'].map(coding('v3-ActCode')),
]

/** As people sign them: for or against, with exceptions by label, purpose or type. */
function shortProvision(dice: Dice, depth = 0): Node {
  const inner = Array.from({ length: depth > 1 ? 0 : dice.int(depth === 0 ? 1 : 0, depth === 0 ? 3 : 1) }, () =>
    shortProvision(dice, depth + 1),
  )
  const root = depth === 0
  const narrow = root ? 20 : 35
  const type = dice.chance(root ? 75 : 45) ? 'permit' : 'deny'
  // Whoever agrees at all agrees often to what is normal, and to no more.
  const label = root && type === 'permit' && dice.chance(35) ? NORMAL : dice.pick(LABELS)
  return {
    type,
    ...((label === NORMAL || dice.chance(narrow)) && { securityLabel: [label] }),
    ...(dice.chance(root ? 8 : 35) && {
      purpose: [coding('v3-ActReason')(dice.pick(['TREAT', 'TREAT', 'HPAYMT', 'HRESCH']))],
    }),
    ...(dice.chance(root ? 8 : 20) && {
      class: [concept('http://hl7.org/fhir/resource-types', dice.pick(TYPES))],
    }),
    ...(inner.length > 0 && { provision: inner }),
  }
}

/** What is normal and one sensitivity beside it: who bears another as well is told of neither. */
const opening = (dice: Dice): Node => ({
  ...{ type: 'permit', securityLabel: [NORMAL] },
  provision: [{ type: 'permit', securityLabel: [dice.pick(LABELS.slice(-5))] }],
})

const DAY = 86_400_000
const IN_FORCE = {
  status: 'active',
  scope: { coding: [coding('consentscope')('patient-privacy')] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
}

/** Of nine consents one stays as it was drawn, four are short and two open one thing alone; one of five is over. */
export function loosened(consent: Node, now: number, dice: Dice): Node {
  const { provision } = consent
  if (!isNode(provision)) return consent
  const end = new Date(now - dice.int(1, 300) * DAY).toISOString()
  const over = dice.chance(22) ? { period: { end } } : {}
  const drawn = () => ({ ...consent, provision: { ...provision, ...over } })
  const loose = () => ({ ...consent, provision: { ...loosenProvision(provision, dice), ...over } })
  // Signed and in force, so that it counts.
  const signed = { ...consent, ...IN_FORCE, performer: [consent.patient] }
  const short = () => ({ ...signed, provision: { ...shortProvision(dice), ...over } })
  return dice.weighted<() => Node>([
    [1, drawn],
    [2, loose],
    [4, short],
    [2, () => ({ ...signed, provision: { ...opening(dice), ...over } })],
  ])()
}
