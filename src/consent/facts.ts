// What rules may ask of a resource, read once from its JSON: labels, compartment, codings, references, authors. Pure.
import { compartmentOf } from '../fhir/compartment.ts'
import type { DateBounds } from '../fhir/dates.ts'
import { localReference } from '../fhir/references.ts'
import { isObject } from '../kernel/json.ts'
import { type Labels, labelsOf } from './labels.ts'

type Node = Record<string, unknown>

export interface Facts extends Labels {
  readonly type: string
  readonly id: string
  readonly patient?: string
  /** Names several patients. */
  readonly shared: boolean
  /** Id of the Organization that holds the resource. */
  readonly custodian?: string
  /** Time that the data are about; worked out when a rule asks. */
  clinical(): DateBounds | undefined
  /** See `factWords`; computed when a rule asks. */
  words(): ReadonlySet<string>
}

export const codeWord = (system: string, code: string) => `c|${system}|${code}`
export const profileWord = (url: string) => `p|${url}`
export const linkWord = (reference: string) => `l|${reference}`
export const authorWord = (reference: string) => `a|${reference}`

const AUTHORS = ['author', 'performer', 'requester', 'recorder', 'asserter', 'informationSource']

function authors(resource: Node, into: Set<string>): void {
  for (const element of AUTHORS) {
    const value = resource[element]
    for (const one of Array.isArray(value) ? value : [value]) {
      const reference = localReference(one) ?? (isObject(one) ? localReference(one.actor) : undefined)
      if (reference) into.add(authorWord(reference))
    }
  }
}

function visit(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) visit(item, into)
  else if (isObject(value)) {
    if (typeof value.code === 'string' && typeof value.system === 'string') into.add(codeWord(value.system, value.code))
    const reference = localReference(value)
    if (reference) into.add(linkWord(reference))
    for (const key in value) if (typeof value[key] === 'object') visit(value[key], into)
  }
}

/** Codings, profiles, references to other resources and authors, each as a word that rules can compare. */
export function factWords(resource: Node): Set<string> {
  const words = new Set<string>()
  for (const key in resource) if (key !== 'meta') visit(resource[key], words)
  const profiles = isObject(resource.meta) ? resource.meta.profile : undefined
  for (const url of Array.isArray(profiles) ? profiles : []) words.add(profileWord(String(url)))
  authors(resource, words)
  return words
}

/** What only the store knows of a resource: who holds it, and which of its dates says when it was. */
export interface Settled {
  readonly custodian?: string
  readonly clinical: (resource: Node) => DateBounds | undefined
}

export const factsOf = (resource: Node, settled: Settled): Facts => new Read(resource, settled)

/** The same but for `changes`: what has methods cannot be spread. */
export const altered = (facts: Facts, changes: Partial<Facts>): Facts =>
  Object.assign(Object.create(facts) as Facts, changes)

// Every row that is told is read so, and functions that are made for each cost more than all else here: methods.
class Read implements Facts {
  readonly type: string
  readonly id: string
  readonly patient?: string
  readonly shared: boolean
  readonly custodian?: string
  readonly confidentiality: number
  readonly sensitivity: number
  private readonly resource: Node
  private readonly settled: Settled
  private found: ReadonlySet<string> | undefined

  constructor(resource: Node, settled: Settled) {
    const { patient, shared } = compartmentOf(resource)
    const { confidentiality, sensitivity } = labelsOf(resource)
    this.type = resource.resourceType as string
    this.id = resource.id as string
    this.shared = shared
    this.confidentiality = confidentiality
    this.sensitivity = sensitivity
    this.resource = resource
    this.settled = settled
    if (patient !== undefined) this.patient = patient
    if (settled.custodian !== undefined) this.custodian = settled.custodian
  }

  clinical(): DateBounds | undefined {
    return this.settled.clinical(this.resource)
  }

  words(): ReadonlySet<string> {
    this.found ??= factWords(this.resource)
    return this.found
  }
}
