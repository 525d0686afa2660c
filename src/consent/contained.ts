// Contained resources have no life of their own, but they have a type and say something: who would not be told such a
// resource by itself is not told it inside another either. What says the same in words goes with it: withheld.ts. Pure.
import { compartmentOf, namesStranger } from '../fhir/compartment.ts'
import type { DateBounds } from '../fhir/dates.ts'
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import { isObject } from '../kernel/json.ts'
import { type Facts, factWords } from './facts.ts'
import type { Judge, Verdict } from './judge.ts'
import { labelsOfContent } from './labelling/labels-for.ts'
import { medicationsIn } from './labelling/named.ts'
import { ACT_CODE, CONFIDENTIALITY, type Labels, LEVELS, labelsOf, NONE } from './labels.ts'
import type { Mask } from './mask.ts'
import { admissions, type ReadScope } from './read-scope.ts'
import { isAdmitted, isTold } from './told.ts'
import { withhold } from './withheld.ts'

type Node = Record<string, unknown>

/** `mask`, and without contained resources of types that `mayRead` refuses: whoever the patient is. */
export function withoutContained(mask: Mask, mayRead: (type: string) => boolean): Mask {
  const readable = (inner: unknown) => isObject(inner) && mayRead(String(inner.resourceType))
  return (resource) => mask(withhold(resource, readable))
}

/** How the container was judged. */
export interface Containing {
  readonly scope: ReadScope
  readonly container: Facts
  readonly actions: number
  /** What the patient's policies say of a type; undefined where no consent is on file. */
  readonly judge: (type: string) => Promise<Judge | undefined> | Judge | undefined
  readonly clinical: (resource: Node) => DateBounds | undefined
}

/** Without the contained resources that the consents of the container's patient hold back. The same object where none is. */
export async function withoutUntold<T extends object>(resource: T, containing: Containing): Promise<T> {
  const { contained } = resource as Node
  if (containing.scope.everything || !Array.isArray(contained)) return resource
  const told = new Set<unknown>()
  for (const inner of contained) if (isObject(inner) && (await isToldInside(inner, containing))) told.add(inner)
  return withhold(resource, (inner) => told.has(inner))
}

async function isToldInside(inner: Node, { scope, container, actions, judge, clinical }: Containing): Promise<boolean> {
  const facts = factsInside(inner, container, () => clinical(inner))
  if (!facts) return false
  if (Object.hasOwn(SEARCH, facts.type)) {
    // What a scope's suffix asks only a search can answer.
    const open = admissions(scope, facts.type, 'r').filter(({ filter }) => filter.length === 0)
    if (!isAdmitted(open, facts)) return false
  }
  const verdict = (await judge(facts.type))?.verdict(() => ({ facts, actions, links: () => new Set() }))
  return isTold(scope, facts, verdict) || (isOpen(scope, facts, verdict) && isNobodys(inner))
}

/** Undefined for what is about somebody else than its container. */
function factsInside(inner: Node, container: Facts, clinical: Facts['clinical']): Facts | undefined {
  const type = String(inner.resourceType)
  // A contained Patient has no id of ours: it is whom the container speaks of.
  const { patient, shared } = type === 'Patient' ? { shared: false } : compartmentOf(inner)
  if (shared || (patient !== undefined && patient !== container.patient)) return undefined
  const words = () => factWords(inner)
  return {
    // No id of a resource that stands: none that a consent names by id is meant.
    ...{ type, id: '', shared: false, ...labelsInside(inner, container), words, clinical },
    ...(container.patient !== undefined && { patient: container.patient }),
    ...(container.custodian !== undefined && { custodian: container.custodian }),
  }
}

function labelsInside(inner: Node, container: Facts): Labels {
  const { confidentiality, codes } = labelsOfContent([inner])
  const level = { system: CONFIDENTIALITY, code: LEVELS[confidentiality] }
  const own = labelsOf({ meta: { security: [level, ...codes.map((code) => ({ system: ACT_CODE, code }))] } })
  // What a Medication of the directory says was worked out for the container as a whole.
  if (medicationsIn(inner).length === 0) return own
  const sensitive = (own.sensitivity | container.sensitivity) & ~NONE
  return { confidentiality: Math.max(own.confidentiality, container.confidentiality), sensitivity: sensitive || NONE }
}

/** Names neither a patient of ours nor a stranger: what does is told as consent allows. */
const isNobodys = (inner: Node) => compartmentOf(inner).patient === undefined && !namesStranger(inner)

/** A drug, a ward, a doctor: told by itself to everybody, so here to whom no rule shuts it. No emergency opens more. */
function isOpen({ law, emergencies }: ReadScope, { type, confidentiality, sensitivity }: Facts, verdict?: Verdict) {
  const shut = law.denied | (verdict?.shut[confidentiality] ?? 0)
  return SEARCH[type]?.directory === true && !emergencies && (sensitivity & shut) === 0
}
