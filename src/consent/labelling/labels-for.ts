// The security labelling service: what the codes of a resource say about its sensitivity. Pure.
// https://hl7.org/fhir/R4/security-labels.html. Codings anywhere count: extensions, components, contained resources. Only
// codes do: no rule reads display, text or narrative, and none follows a reference to another resource.
import { LEVELS, type Level, NORMAL, RESTRICTED, SENSITIVITIES, type Sensitivity } from '../labels.ts'
import { rulesFor, sensitivityOf } from './match.ts'
import { RULE_SET } from './rules/index.ts'
import { plainCode, systemOf } from './systems.ts'

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

class Findings {
  level = NORMAL
  readonly sensitivities = new Set<Sensitivity>()
  readonly because = new Set<string>()

  /** A label inside the resource raises the whole: the high-water mark of DS4P. */
  label(system: string, code: string): void {
    const known = systemOf(system)
    if (known === undefined) return
    if (known === 'confidentiality') {
      const level = LEVELS.indexOf(plainCode(code) as Level)
      if (level >= RESTRICTED) this.raise(level, `label/${LEVELS[level]}`)
      return
    }
    const label = sensitivityOf(known, code)
    if (label === undefined) return
    this.sensitivities.add(label)
    this.raise(RESTRICTED, `label/${label}`)
  }

  code(system: string, code: string): void {
    const known = systemOf(system)
    if (known === undefined || known === 'confidentiality') return
    for (const rule of rulesFor(known, code)) {
      for (const sensitivity of rule.sensitivities) this.sensitivities.add(sensitivity)
      this.raise(LEVELS.indexOf(rule.confidentiality), `${rule.id} (${RULE_SET.version})`)
    }
  }

  raise(level: number, because: string): void {
    this.level = Math.max(this.level, level)
    this.because.add(because)
  }
}

/** `labels`: whether security labels found here are about the data. */
function walk(node: Node, findings: Findings, labels: boolean): void {
  const { system, code } = node
  if (typeof system === 'string' && typeof code === 'string') {
    findings.code(system, code)
    if (labels) findings.label(system, code)
  }
  for (const key in node) {
    const member = node[key]
    if (typeof member === 'object' && member !== null) walk(member as Node, findings, labels)
  }
}

/** Labels of the resource itself are what is being decided, so they prove nothing; clinical codes among them do. */
function walkMeta(meta: Node, findings: Findings): void {
  for (const key in meta) {
    const member = meta[key]
    if (typeof member === 'object' && member !== null) walk(member as Node, findings, key !== 'security')
  }
}

export function labelsFor(resource: Node): DerivedLabels {
  const findings = new Findings()
  if (ABOUT_NOBODY.has(resource.resourceType)) return { confidentiality: NORMAL, codes: [], because: [] }
  // The labels in a Consent are its criteria: what it is about, not what it tells.
  const labels = resource.resourceType !== 'Consent'
  for (const key in resource) {
    const member = resource[key]
    if (typeof member !== 'object' || member === null) continue
    if (key === 'meta') walkMeta(member as Node, findings)
    else walk(member as Node, findings, labels)
  }
  return {
    confidentiality: findings.level,
    codes: SENSITIVITIES.filter((code) => findings.sensitivities.has(code)),
    because: [...findings.because].sort(),
  }
}
