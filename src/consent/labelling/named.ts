// Which Medications a resource names. A Medication is in a directory that everybody reads and bears no labels itself, so
// whoever names one says what its codes say. Every other target is labelled where it stands. Pure.
import { compartmentOf } from '../../fhir/compartment.ts'
import { parseReference, type ResourceAddress } from '../../fhir/references.ts'

type Node = Record<string, unknown>

/** Medications at an address: as one stands, and the version that the address names; none if nothing is known of it. */
export type Medications = (address: ResourceAddress) => readonly Node[]
export const NO_MEDICATIONS: Medications = () => []

const MEDICATION = 'Medication'
const NONE: readonly ResourceAddress[] = []

function collect(value: unknown, into: ResourceAddress[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) collect(item, into)
    return
  }
  const { reference } = value as Node
  if (typeof reference === 'string' && reference.includes(MEDICATION)) {
    // A foreign server's id that is one of ours too labels too much, and nothing is lost by it.
    const address = parseReference(reference)
    if (address?.type === MEDICATION) into.push(address)
  }
  for (const key in value) {
    const member = (value as Node)[key]
    if (typeof member === 'object') collect(member, into)
  }
}

// A write asks several times of one resource, which nobody changes in between.
const found = new WeakMap<Node, readonly ResourceAddress[]>()

/** Wherever they stand: the drug, an ingredient of it, what a procedure used, in contained resources and extensions. */
export function medicationsIn(resource: Node): readonly ResourceAddress[] {
  const known = found.get(resource)
  if (known) return known
  const all: ResourceAddress[] = []
  for (const key in resource) if (key !== 'meta') collect(resource[key], all)
  found.set(resource, all.length === 0 ? NONE : all)
  return all
}

/** Those that say something of whom the resource is about. */
export function medicationsNamed(resource: Node): readonly ResourceAddress[] {
  // What a Consent names is what it is about, as with its labels.
  if (resource.resourceType === 'Consent') return NONE
  const all = medicationsIn(resource)
  if (all.length === 0 || resource.resourceType === MEDICATION) return all
  const { patient, shared } = compartmentOf(resource)
  // About nobody: who keeps the formulary, not who takes the drug.
  return patient === undefined && !shared ? NONE : all
}

/** A word of whatever names a Medication at all: a small index holds these rows alone. */
export const NAMES_MEDICATION = 'm|'
export const medicationWord = (id: string) => `${NAMES_MEDICATION}${id}`

/** By which whoever names a Medication is found again; no rule compares them. An audit event keeps what it was labelled. */
export function medicationWords(resource: Node): readonly string[] {
  if (resource.resourceType === 'AuditEvent') return []
  const named = medicationsNamed(resource)
  return named.length === 0 ? [] : [NAMES_MEDICATION, ...new Set(named.map(({ id }) => medicationWord(id)))]
}

/** All that the resource names, and what that contains in turn. */
export function medicationsOf(resource: Node, medications: Medications): readonly Node[] {
  const found = new Set<Node>()
  const follow = (from: Node) => {
    for (const address of medicationsNamed(from))
      for (const medication of medications(address)) {
        if (found.has(medication)) continue
        found.add(medication)
        follow(medication)
      }
  }
  follow(resource)
  return [...found]
}
