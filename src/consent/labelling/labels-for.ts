// The security labelling service: what the codes of a resource say about its sensitivity. Pure.
// https://hl7.org/fhir/R4/security-labels.html. Codings anywhere count: extensions, components, contained resources. Only
// codes do: no rule reads display, text or narrative. Of the references only those to Medications are followed: named.ts.
import { namesStranger } from '../../fhir/compartment.ts'
import { isObject } from '../../kernel/json.ts'
import { LEVELS, type Level, NORMAL, RESTRICTED, SENSITIVITIES, type Sensitivity } from '../labels.ts'
import { rulesFor, sensitivityOf } from './match.ts'
import { RULE_SET } from './rules/index.ts'
import type { CodeSystem } from './rules/rule.ts'
import { ANY, type KnownSystem, plainCode, SNOMED, systemOf } from './systems.ts'

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
  coding(written: unknown, code: string, labels: boolean): void {
    const system = systemOf(written)
    if (system === undefined) return
    if (system !== 'confidentiality') this.code(system, code)
    if (labels) this.label(system, code)
    if (system === 'snomed') this.concept(written)
  }

  /** A code as the value of an identifier, where FHIR wants none. */
  identifier(written: string, value: unknown): void {
    const system = systemOf(written)
    if (system === undefined || system === ANY || system === 'confidentiality') return
    if (typeof value === 'string') this.code(system, value)
    if (system === 'snomed') this.concept(written)
  }

  /** `http://snomed.info/id/86406008` is a concept, whatever code stands beside it. */
  concept(written: unknown): void {
    if (typeof written === 'string' && written !== SNOMED) this.code('snomed', written)
  }

  code(system: CodeSystem | typeof ANY, code: string): void {
    for (const rule of rulesFor(system, code)) {
      for (const sensitivity of rule.sensitivities) this.sensitivities.add(sensitivity)
      this.raise(LEVELS.indexOf(rule.confidentiality), `${rule.id} (${RULE_SET.version})`)
    }
  }

  /** A label inside the resource raises the whole: the high-water mark of DS4P. */
  label(system: KnownSystem | typeof ANY, code: string): void {
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
  if (typeof node.code === 'string') findings.coding(node.system, node.code, labels)
  else if (typeof node.system === 'string') findings.identifier(node.system, node.value)
  for (const key in node) if (typeof node[key] === 'object') walk(node[key], findings, labels)
}

/** `named`: the Medications that it names, see `medicationsOf`. */
export function labelsFor(resource: Node, named: readonly Node[] = []): DerivedLabels {
  if (ABOUT_NOBODY.has(resource.resourceType)) return NOTHING
  const findings = new Findings()
  // Labels of the resource itself are what is being decided, so they prove nothing; clinical codes among them do.
  read(resource, findings, false)
  for (const medication of named) read(medication, findings, true)
  // In a directory that everybody reads, it would tell of somebody whom nobody can ask.
  if (namesStranger(resource)) findings.raise(RESTRICTED, `names-stranger (${RULE_SET.version})`)
  return labelsIn(findings)
}

/** What these resources say together, their own labels included, whomever they are about. */
export function labelsOfContent(resources: readonly Node[]): DerivedLabels {
  const findings = new Findings()
  for (const resource of resources) read(resource, findings, true)
  return labelsIn(findings)
}

function labelsIn({ because, level, sensitivities }: Findings): DerivedLabels {
  if (because.size === 0) return NOTHING
  return {
    confidentiality: level,
    codes: SENSITIVITIES.filter((code) => sensitivities.has(code)),
    because: [...because].sort(),
  }
}

function read(resource: Node, findings: Findings, own: boolean): void {
  // The labels in a Consent are its criteria: what it is about, not what it tells.
  const labels = resource.resourceType !== 'Consent'
  for (const key in resource) if (key !== 'meta') walk(resource[key], findings, labels)
  if (isObject(resource.meta))
    for (const key in resource.meta) walk(resource.meta[key], findings, labels && (own || key !== 'security'))
  else walk(resource.meta, findings, labels)
}
