// Security labels as sets that integers hold, https://hl7.org/fhir/R4/security-labels.html. Pure.
// A resource has one confidentiality and any number of sensitivities; PostgreSQL and the process compare them alike.
import { isObject } from '../kernel/json.ts'

export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
export const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

/** v3-Confidentiality, lowest first; a level is the index. */
export const LEVELS = ['U', 'L', 'M', 'N', 'R', 'V'] as const
export type Level = (typeof LEVELS)[number]
export const NORMAL = LEVELS.indexOf('N')
export const RESTRICTED = LEVELS.indexOf('R')

// Code -> its parent in v3-ActCode, _InformationSensitivityPolicy.
const PARENTS = {
  SPI: '',
  BH: 'SPI',
  COGN: 'BH',
  DVD: 'BH',
  EMOTDIS: 'BH',
  MH: 'SPI',
  PSY: 'SPI',
  PSYTHPN: 'SPI',
  ETH: '',
  SUD: 'SPI',
  ETHUD: 'SUD',
  OPIOIDUD: 'SUD',
  HIV: '',
  STD: '',
  SEX: '',
  SDV: '',
  VIO: '',
  MST: '',
  GDIS: '',
  SCA: '',
  SICKLE: '',
  TBOO: '',
  ADOL: '',
  CEL: '',
  DIA: '',
  DRGIS: '',
  EMP: '',
} as const
/** Codes of v3-ActCode that mean the same: who names one names the other. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { ETH: ['SUD'] }
export type Sensitivity = keyof typeof PARENTS
export const SENSITIVITIES = Object.keys(PARENTS) as Sensitivity[]

/** Bit of a resource without any sensitivity, and of one whose code we do not know. */
export const NONE = 1
const UNKNOWN = 2
const bitOf = new Map<string, number>(SENSITIVITIES.map((code, i) => [code, 1 << (i + 2)]))
/** Every bit that a resource can have. */
export const ALL = [...bitOf.values()].reduce((all, bit) => all | bit, NONE | UNKNOWN)

/** The code and all below it; 0 for a code that is no sensitivity. */
export function sensitivityMask(code: string): number {
  const own = bitOf.get(code)
  if (own === undefined) return 0
  const children = SENSITIVITIES.filter((c) => PARENTS[c] === code || ALIASES[code]?.includes(c))
  return children.reduce((mask, child) => mask | sensitivityMask(child), own)
}

/** Obligations, refrains and laws of v3-ActCode: they say what to do with data, not what the data are about. */
const HANDLING = new Set([
  ...['REDACT', 'MASK', 'DEID', 'ANONY', 'PSEUD', 'ENCRYPT', 'MINEC', 'CPLYCD', 'AOD', 'DELAU', 'PERSISTLABEL'],
  ...['NORDSCLCD', 'NODSCLCD', 'NOREUSE', 'NOINTEGRATE', 'NORELINK', 'NOPERSISTP', 'NOLIST', 'PROCESSINLINELABEL'],
  ...['42CFRPart2', 'HIPAAPsyNotes', 'HIPAASelfPay', 'Title38Section7332', 'CommonRule'],
])

export interface Labels {
  /** Index into LEVELS. */
  readonly confidentiality: number
  /** Set of bits, never empty. */
  readonly sensitivity: number
}

/** What `meta.security` says. Data without a confidentiality are N; of several the highest holds. */
export function labelsOf(resource: Record<string, unknown>): Labels {
  const security = isObject(resource.meta) ? resource.meta.security : undefined
  let [confidentiality, sensitivity] = [-1, 0]
  for (const coding of Array.isArray(security) ? security : []) {
    if (!isObject(coding)) continue
    if (coding.system === CONFIDENTIALITY) {
      // A level that nobody knows is the highest.
      const level = LEVELS.indexOf(coding.code as Level)
      confidentiality = Math.max(confidentiality, level < 0 ? LEVELS.length - 1 : level)
    } else if (coding.system === ACT_CODE && typeof coding.code === 'string' && !HANDLING.has(coding.code))
      sensitivity |= bitOf.get(coding.code) ?? UNKNOWN
  }
  // High-water mark: what is sensitive is restricted, whatever else its labels say.
  const least = sensitivity === 0 ? NORMAL : RESTRICTED
  const known = sensitivity === 0 ? confidentiality : Math.max(confidentiality, least)
  return { confidentiality: known < 0 ? least : known, sensitivity: sensitivity || NONE }
}

/** Codes of a set, for people. */
export const sensitivityCodes = (mask: number): Sensitivity[] =>
  SENSITIVITIES.filter((code) => (mask & bitOf.get(code)!) !== 0)
