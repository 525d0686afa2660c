// The security labelling service: what the codes of a resource say about its sensitivity. Pure.
// https://hl7.org/fhir/R4/security-labels.html. Codings anywhere count: extensions, components, contained resources. Only
// codes do: no rule reads display, text or narrative, and none follows a reference to another resource.
import { isObject } from '../../kernel/json.ts'
import { LEVELS, type Level, NORMAL, RESTRICTED, SENSITIVITIES, type Sensitivity } from '../labels.ts'
import { rulesFor, sensitivityOf } from './match.ts'
import { RULE_SET } from './rules/index.ts'
import type { CodeSystem } from './rules/rule.ts'
import { type KnownSystem, plainCode, systemOf } from './systems.ts'

export interface DerivedLabels {
  /** Index into LEVELS; NORMAL where nothing is sensitive. */
  readonly confidentiality: number
  /** In the order of SENSITIVITIES. */
  readonly codes: readonly Sensitivity[]
  /** Rules and their version, and labels that stand inside the resource; never values. */
  readonly because: readonly string[]
}

type Node = Record<string, unknown>

/** What is about nobody: a drug in the formulary, a ward for addictions, a study of HIV. Their data name no patient. */
const ABOUT_NOBODY: ReadonlySet<unknown> = new Set([
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Medication',
  'ResearchStudy',
])

const NOTHING: DerivedLabels = { confidentiality: NORMAL, codes: [], because: [] }

class Findings {
  level = NORMAL
  readonly sensitivities = new Set<Sensitivity>()
  readonly because = new Set<string>()

  /** `labels`: whether security labels found here are about the data. */
  coding(written: string, code: string, labels: boolean): void {
    const system = systemOf(written)
    if (system === undefined) return
    if (system !== 'confidentiality') this.code(system, code)
    if (labels) this.label(system, code)
  }

  code(system: CodeSystem, code: string): void {
    for (const rule of rulesFor(system, code)) {
      for (const sensitivity of rule.sensitivities) this.sensitivities.add(sensitivity)
      this.raise(LEVELS.indexOf(rule.confidentiality), `${rule.id} (${RULE_SET.version})`)
    }
  }

  /** A label inside the resource raises the whole: the high-water mark of DS4P. */
  label(system: KnownSystem, code: string): void {
    const sensitivity = sensitivityOf(system, code)
    if (sensitivity !== undefined) this.sensitivities.add(sensitivity)
    const level = system === 'confidentiality' ? LEVELS.indexOf(plainCode(code) as Level) : -1
    if (sensitivity !== undefined || level >= RESTRICTED)
      this.raise(Math.max(level, RESTRICTED), `label/${sensitivity ?? LEVELS[level]}`)
  }

  raise(level: number, because: string): void {
    this.level = Math.max(this.level, level)
    this.because.add(because)
  }
}

function walk(value: unknown, findings: Findings, labels: boolean): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) walk(value[i], findings, labels)
    return
  }
  const node = value as Node
  if (typeof node.code === 'string' && typeof node.system === 'string') findings.coding(node.system, node.code, labels)
  for (const key in node) if (typeof node[key] === 'object') walk(node[key], findings, labels)
}

export function labelsFor(resource: Node): DerivedLabels {
  if (ABOUT_NOBODY.has(resource.resourceType)) return NOTHING
  const findings = new Findings()
  // The labels in a Consent are its criteria: what it is about, not what it tells.
  const labels = resource.resourceType !== 'Consent'
  for (const key in resource) if (key !== 'meta') walk(resource[key], findings, labels)
  // Labels of the resource itself are what is being decided, so they prove nothing; clinical codes among them do.
  if (isObject(resource.meta))
    for (const key in resource.meta) walk(resource.meta[key], findings, labels && key !== 'security')
  else walk(resource.meta, findings, labels)
  if (findings.because.size === 0) return NOTHING
  return {
    confidentiality: findings.level,
    codes: SENSITIVITIES.filter((code) => findings.sensitivities.has(code)),
    because: [...findings.because].sort(),
  }
}
