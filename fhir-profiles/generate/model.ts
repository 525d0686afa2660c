// StructureDefinition snapshots -> the model (IR) every emitter reads: one TypeModel per resource, datatype and
// backbone element, choice elements expanded to their JSON names. Pure. https://hl7.org/fhir/R4/elementdefinition.html
import type { Definitions, ElementDefinition, StructureDefinition } from './read.ts'

export interface ElementModel {
  /** JSON property, `valueQuantity` for a choice. */
  name: string
  min: number
  /** True where max > 1: a JSON array. */
  list: boolean
  /** FHIR type, backbone name (`PatientContact`) or `Resource`. */
  type: string
  primitive: boolean
  /** An XML attribute, which has no extensions. */
  attribute?: true
  /** `value` for `valueQuantity`: at most one property of the group may stand, at least one where choiceMin is 1. */
  choice?: string
  choiceMin?: number
  /** Resource types a Reference may point to; absent means any. */
  targets?: string[]
  /** A SimpleQuantity: no comparator. */
  simple?: true
  /** Value set of a required binding. */
  codes?: string
}

export interface TypeModel {
  name: string
  kind: 'resource' | 'datatype' | 'backbone'
  /** File stem: the resource that a backbone belongs to, or `datatypes`. */
  home: string
  elements: ElementModel[]
}

export interface Model {
  /** Resource types with roots in the schema, in lens order. */
  resources: string[]
  containedOnly: string[]
  types: Map<string, TypeModel>
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const isPrimitive = (code: string) => /^[a-z]/.test(code)
const backboneName = (path: string) => path.split('.').map(capital).join('')
const target = (url: string) => url.slice(url.lastIndexOf('/') + 1)

/** FHIR types its own primitives' values by FHIRPath system types; the real name rides in an extension. */
function typeCode(type: NonNullable<ElementDefinition['type']>[number]): string {
  if (!type.code.startsWith('http://hl7.org/fhirpath/')) return type.code
  const named = type.extension?.find((e) => e.url.endsWith('structuredefinition-fhir-type'))?.valueUrl
  // R4 says `string` for Resource.id and Element.id; a resource's id follows the rules of the type `id`.
  return named ?? 'string'
}

function elementsOf(definition: ElementDefinition, resourceId: boolean): ElementModel[] {
  const name = definition.path.slice(definition.path.lastIndexOf('.') + 1)
  const base = { min: definition.min, list: definition.max !== '1' && definition.max !== '0' }
  const codes = definition.binding?.strength === 'required' ? definition.binding.valueSet?.split('|')[0] : undefined
  if (definition.contentReference) {
    const type = backboneName(definition.contentReference.slice(1))
    return [{ name, ...base, type, primitive: false }]
  }
  const choice = name.endsWith('[x]') ? name.slice(0, -3) : undefined
  return (definition.type ?? []).map((type) => {
    const code = resourceId ? 'id' : typeCode(type)
    const backbone = code === 'BackboneElement' || code === 'Element'
    const targets = type.targetProfile?.map(target)
    return {
      name: choice ? choice + capital(code) : name,
      ...base,
      ...(choice ? { min: 0, choice, choiceMin: definition.min } : {}),
      type: backbone ? backboneName(definition.path) : code,
      primitive: isPrimitive(code),
      ...(definition.representation?.includes('xmlAttr') ? { attribute: true as const } : {}),
      ...(targets && !targets.includes('Resource') ? { targets } : {}),
      ...(type.profile?.some((p) => p.endsWith('/SimpleQuantity')) ? { simple: true as const } : {}),
      ...(codes && ['code', 'Coding', 'CodeableConcept', 'uri', 'string'].includes(code) ? { codes } : {}),
    }
  })
}

function typesOf(structure: StructureDefinition): TypeModel[] {
  const resource = structure.kind === 'resource'
  const found = new Map<string, TypeModel>()
  const home = resource ? structure.name : 'datatypes'
  for (const definition of structure.snapshot.element) {
    const dot = definition.path.lastIndexOf('.')
    if (dot < 0 || isNested(definition)) {
      const name = dot < 0 ? structure.name : backboneName(definition.path)
      const kind = dot < 0 ? (resource ? 'resource' : 'datatype') : 'backbone'
      found.set(definition.path, { name, kind, home, elements: [] })
    }
    if (dot < 0 || definition.max === '0') continue
    const owner = found.get(definition.path.slice(0, dot))
    const resourceId = resource && definition.path === `${structure.name}.id`
    owner?.elements.push(...elementsOf(definition, resourceId))
  }
  return [...found.values()]
}

const isNested = (definition: ElementDefinition) =>
  definition.type?.some(({ code }) => code === 'BackboneElement' || code === 'Element') ?? false

/** Every type that the lens reaches. */
export function buildModel(definitions: Definitions): Model {
  const resources = definitions.lens.map(({ type }) => type)
  const types = new Map<string, TypeModel>()
  const visit = (name: string) => {
    if (types.has(name) || name === 'Resource' || isPrimitive(name)) return
    const structure = definitions.structures.get(name)
    if (!structure) throw new Error(`lens.json: R4 defines no type ${name}`)
    const made = typesOf(structure)
    for (const type of made) types.set(type.name, type)
    for (const type of made) for (const element of type.elements) if (!types.has(element.type)) visit(element.type)
  }
  for (const name of ['Element', 'Extension', ...resources, ...definitions.containedOnly]) visit(name)
  return { resources, containedOnly: definitions.containedOnly, types }
}
