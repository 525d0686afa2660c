// A resource with `meta.security` completed, as it is stored. Pure. Labels only rise by a client's hand; what was derived
// from a code goes with the code. https://hl7.org/fhir/R4/security-labels.html#hcs
import { isObject } from '../../kernel/json.ts'
import { ACT_CODE, CONFIDENTIALITY, LEVELS, type Level, NORMAL, RESTRICTED, type Sensitivity } from '../labels.ts'
import { type DerivedLabels, labelsFor } from './labels-for.ts'
import { sensitivityOf } from './match.ts'
import { type Medications, medicationsOf, NO_MEDICATIONS } from './named.ts'
import { LEVEL_NAMES, SENSITIVITY_NAMES } from './names.ts'
import { systemOf } from './systems.ts'

type Node = Record<string, unknown>

const NO_LABELS: readonly unknown[] = []

function labelsIn(resource: Node): readonly unknown[] {
  const security = isObject(resource.meta) ? resource.meta.security : undefined
  return Array.isArray(security) ? security : NO_LABELS
}

/** A level that nobody knows is the highest, as in `labelsOf`; -1 for what is no level. */
function levelOf(coding: unknown): number {
  if (!isObject(coding) || typeof coding.system !== 'string' || systemOf(coding.system) !== 'confidentiality') return -1
  const level = LEVELS.indexOf(coding.code as Level)
  return level < 0 ? LEVELS.length - 1 : level
}

function labelOf(coding: unknown): Sensitivity | undefined {
  if (!isObject(coding) || typeof coding.system !== 'string' || typeof coding.code !== 'string') return undefined
  const system = systemOf(coding.system)
  return system && sensitivityOf(system, coding.code)
}

const nameOf = ({ system, code }: Node): string => `${system}|${code}`
const same = (one: unknown, other: Node): boolean => isObject(one) && nameOf(one) === nameOf(other)

/** Without repetitions; one that carries an extension says more and stays. The same list where there are none. */
function once(labels: readonly unknown[]): readonly unknown[] {
  const seen = new Set<string>()
  const first = labels.filter((coding) => {
    if (!isObject(coding) || typeof coding.code !== 'string') return true
    const name = nameOf(coding)
    if (seen.has(name)) return coding.extension !== undefined
    seen.add(name)
    return true
  })
  return first.length === labels.length ? labels : first
}

const sensitivityCoding = (code: Sensitivity): Node => ({ system: ACT_CODE, code, display: SENSITIVITY_NAMES[code] })

function levelCoding(level: number): Node {
  const code = LEVELS[level]!
  return { system: CONFIDENTIALITY, code, display: LEVEL_NAMES[code] }
}

interface Kept {
  readonly labels: readonly unknown[]
  /** What the new version may not state less than; -1: there is nothing yet to fall below. */
  readonly floor: number
}

/** What stands beyond what the rules make of the standing content: somebody set it. */
function byHand(standing: Node | undefined, medications: Medications): Kept {
  if (standing === undefined) return { labels: NO_LABELS, floor: -1 }
  const all = labelsIn(standing)
  if (all.length === 0) return { labels: NO_LABELS, floor: NORMAL }
  const derived = labelsFor(standing, medicationsOf(standing, medications))
  const labels = all.filter((coding) => {
    const label = labelOf(coding)
    // What the rules write, they write in HL7's way; `hiv` is somebody's own.
    if (label !== undefined) return !derived.codes.includes(label) || !same(coding, sensitivityCoding(label))
    const level = levelOf(coding)
    return level < 0 || level > derived.confidentiality
  })
  // Without a level data are N, so to call them U is to lower them; what was U before may stay so.
  const stated = Math.max(...all.map(levelOf))
  return { labels, floor: stated < 0 ? NORMAL : Math.min(NORMAL, stated) }
}

/** One confidentiality, where the first of them stood, else behind the rest. What says it already stays as it is. */
function withLevel(labels: readonly unknown[], level: number): readonly unknown[] {
  const first = labels.find((coding) => levelOf(coding) >= 0)
  if (first === undefined) return [...labels, levelCoding(level)]
  const says = (first as Node).system === CONFIDENTIALITY && levelOf(first) === level
  const one = says ? first : levelCoding(level)
  return labels.flatMap((coding) => (levelOf(coding) < 0 ? [coding] : coding === first ? [one] : []))
}

function complete(given: readonly unknown[], kept: Kept, derived: DerivedLabels): readonly unknown[] {
  const labels = once(kept.labels.length === 0 ? given : [...given, ...kept.labels])
  const sensitivities = new Set(derived.codes)
  let level = derived.confidentiality > NORMAL ? derived.confidentiality : -1
  for (const coding of labels) {
    const label = labelOf(coding)
    if (label !== undefined) sensitivities.add(label)
    level = Math.max(level, levelOf(coding))
  }
  if (sensitivities.size > 0) level = Math.max(level, RESTRICTED)
  if (level >= 0) level = Math.max(level, kept.floor)
  const leveled = level < 0 ? labels : withLevel(labels, level)
  const names = new Set(leveled.filter(isObject).map(nameOf))
  const missing = [...sensitivities].map(sensitivityCoding).filter((coding) => !names.has(nameOf(coding)))
  return missing.length === 0 ? leveled : [...leveled, ...missing]
}

const equal = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((coding, i) => coding === other[i])

/** `standing`: the version that this one replaces. The resource itself where nothing is to be added. */
export function withLabels<T extends Node>(resource: T, standing?: Node, medications: Medications = NO_MEDICATIONS): T {
  const given = labelsIn(resource)
  const derived = labelsFor(resource, medicationsOf(resource, medications))
  const kept = byHand(standing, medications)
  if (given.length === 0 && kept.labels.length === 0 && derived.because.length === 0) return resource
  const security = complete(given, kept, derived)
  if (equal(security, given)) return resource
  return { ...resource, meta: { ...(isObject(resource.meta) ? resource.meta : {}), security } }
}
