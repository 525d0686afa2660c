// Security labels of data and of rules, from the text of HL7's v3-Confidentiality and v3-ActCode alone.
// https://hl7.org/fhir/R4/security-labels.html
import type { Coding } from '@medplum/fhirtypes'
import type { Effect, Resource } from './question.ts'

export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
export const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

const ORDER = ['U', 'L', 'M', 'N', 'R', 'V']
const rank = (code: string): number => ORDER.indexOf(code)

/** Every code below _InformationSensitivityPolicy, each with its parent. */
const PARENT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'ETH GDIS HIV MST SCA SDV SEX SPI STD TBOO VIO SICKLE DEMO DOB GENDER LIVARG MARST RACE REL B EMPL LOCIS SSP ADOL CEL DIA DRGIS EMP PDS PHY PRS'
      .split(' ')
      .map((code) => [code, '']),
  ),
  BH: 'SPI',
  COGN: 'BH',
  DVD: 'BH',
  EMOTDIS: 'BH',
  MH: 'SPI',
  PSY: 'SPI',
  PSYTHPN: 'SPI',
  SUD: 'SPI',
  ETHUD: 'SUD',
  OPIOIDUD: 'SUD',
}
export const SENSITIVITIES = Object.keys(PARENT)
const isSensitivity = (code: string): boolean => Object.hasOwn(PARENT, code)

function isKindOf(code: string, wider: string): boolean {
  if (code === wider) return true
  // v3 keeps the old code for substance abuse beside the tree of the new one.
  if (code === 'SUD' && wider === 'ETH') return true
  const parent = PARENT[code]
  return parent !== undefined && parent !== '' && isKindOf(parent, wider)
}

/** A resource as if it carried at most one sensitivity label. */
export interface View {
  /** Rank in U < L < M < N < R < V. */
  readonly confidentiality: number
  readonly sensitivity?: string
}
export const NORMAL = rank('N')
export const RESTRICTED = rank('R')

/** One view per sensitivity; one without, where there is none. */
export function viewsOf(resource: Resource): View[] {
  const security = ((resource.meta as { security?: Coding[] } | undefined)?.security ?? []) as Coding[]
  const marked = security.filter(({ system }) => system === CONFIDENTIALITY).map(({ code }) => code ?? '')
  // A confidentiality that HL7 does not know is the highest.
  const ranks = marked.map((code) => (rank(code) < 0 ? rank('V') : rank(code)))
  const labelled = ranks.length === 0 ? NORMAL : Math.max(...ranks)
  // v3-ActCode also holds handling codes, which say what to do with data that is told.
  const sensitive = security.filter(({ system, code }) => system === ACT_CODE && isSensitivity(code ?? ''))
  const sensitivities = [...new Set(sensitive.map(({ code }) => code!))]
  if (sensitivities.length === 0) return [{ confidentiality: labelled }]
  return sensitivities.map((sensitivity) => ({ confidentiality: Math.max(labelled, rank('R')), sensitivity }))
}

/** Whether a rule about `label` is about the view; unknown where nobody can say what the label means. */
export function covers(effect: Effect, label: Coding, view: View): boolean | 'unknown' {
  const code = label.code ?? ''
  if (label.system === CONFIDENTIALITY && rank(code) >= 0)
    // Asymmetric: who permits R permits N, who denies R does not deny N.
    return effect === 'permit' ? view.confidentiality <= rank(code) : view.confidentiality >= rank(code)
  if (label.system === ACT_CODE && isSensitivity(code))
    return view.sensitivity !== undefined && isKindOf(view.sensitivity, code)
  return 'unknown'
}
