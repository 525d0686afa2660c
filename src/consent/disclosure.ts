// What hidden elements mean for a question: parameters that cannot be searched, and the reasons told beside the answer.
// Pure. Both hang on the question and the asker alone, so neither tells whether anything hidden exists.
import { TYPES } from '../fhir/generated/elements.ts'
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import type { SearchPath } from '../fhir/search-parameters.ts'
import { spell } from './element-paths.ts'
import { type Hidden, type HiddenElements, hiddenNames } from './hidden-elements.ts'

const overlap = (a: readonly string[], b: readonly string[]) => a.slice(0, b.length).every((name, i) => name === b[i])

/** Search reads no extensions, and of a Reference only where it points. */
const unread = (name: string) => name === 'extension' || name === 'modifierExtension'
const readsHidden = (hidden: HiddenElements, type: string): boolean =>
  hidden.has(type) ||
  Object.entries(TYPES[type]?.elements ?? {}).some(
    ([name, [, , inner]]) => !unread(name) && inner !== 'Reference' && readsHidden(hidden, inner),
  )

function pathHidden(hidden: HiddenElements, type: string, { path, type: value }: SearchPath): boolean {
  const read = value === 'Reference' ? [...path, 'reference'] : path
  let owner = type
  for (const [at, name] of read.entries()) {
    const rest = read.slice(at)
    if (hiddenNames(hidden, owner).some((names) => overlap(rest, names))) return true
    owner = TYPES[owner]?.elements[name]?.[2] ?? ''
  }
  return value !== 'Reference' && readsHidden(hidden, value)
}

const argument = (code: string) => code.replaceAll('-', '_')

/**
 * Whether a search parameter reads into, through or above a hidden element: to search or sort by it would tell.
 * Of a parameter that nobody knows the answer is yes.
 */
export function hidesParameter(hidden: HiddenElements, type: string, code: string): boolean {
  if (code === '_id' || code === '_lastUpdated') return false
  const parameters = Object.hasOwn(SEARCH, type) ? Object.values(SEARCH[type]!.parameters) : []
  const parameter = parameters.find((p) => argument(p.code) === argument(code))
  return !parameter || parameter.paths.some((path) => pathHidden(hidden, type, path))
}

const word = (type: string, element: string) => `${type}.${element}`

/** The GraphQL types of references, `ReferencePatient`, are all the datatype Reference. */
const fhirType = (type: string) => (!Object.hasOwn(TYPES, type) && type.startsWith('Reference') ? 'Reference' : type)

/** A container's narrative goes with the narrative of what it contains. */
const CONTAINED_LIFT = 'Only text of resources that contain one with hidden elements is withheld.'

/**
 * The reasons for the nulls that policy may cause, for the elements that a document selects: type as the schema names it
 * and property, `['Patient', 'telecom']`, `['PatientContact', 'name']`. In order of path and rule.
 */
export function disclosures(
  hidden: HiddenElements,
  selected: Iterable<readonly [type: string, element: string]>,
): Hidden[] {
  if (hidden.size === 0) return []
  const words = new Set<string>()
  for (const [type, element] of selected) words.add(word(fhirType(type), element.replace(/^_/, '')))
  const told = [...hidden].flatMap(([type, all]) =>
    all.filter(({ path }) =>
      spell(type, path.slice(type.length + 1)).some((steps) => steps.every((step) => words.has(word(...step)))),
    ),
  )
  const withText = [...words].filter((w) => /^[A-Z]\w*\.text$/.test(w)).map((w) => w.slice(0, -'.text'.length))
  for (const type of withText)
    if (TYPES[type]?.kind === 'resource' && !hidden.has(type))
      told.push({ path: `${type}.text`, code: 'masked', rule: 'contained-narrative', lift: CONTAINED_LIFT })
  return told.sort((a, b) => compare(a.path, b.path) || compare(a.rule, b.rule))
}
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
