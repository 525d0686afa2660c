// A slow validator written straight from HL7's StructureDefinition snapshots: the oracle for the places of faults. It
// knows structure, primitives, required bindings and reference targets; invariants have tests of their own.
// https://hl7.org/fhir/R4/validation.html
import { isNumber, isObject, numberText } from '../../src/kernel/json.ts'
import { daysIn } from './calendar.ts'
import { type ElementDefinition, expansion, isPrimitive, type Node, publishedPattern, snapshot } from './r4.ts'

/** One property of one object: what the definitions say of it and where it stands. */
export interface Site {
  holder: Node
  key: string
  element: ElementDefinition
  type: string
  list: boolean
  /** FHIRPath of the object that holds the property, and of the property. */
  at: string
  path: string
  /** `value` of valueQuantity. */
  choice?: string
}

export interface Seen {
  faults: Set<string>
  sites: Site[]
}

interface Context extends Seen {
  root: Node
  /** Resource types that may be contained. */
  known: readonly string[]
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const lastPart = (path: string) => path.slice(path.lastIndexOf('.') + 1)

export function typeNames(element: ElementDefinition, isResource: boolean): string[] {
  return (element.type ?? []).map(({ code, extension }) => {
    if (!code.startsWith('http://hl7.org/fhirpath/')) return code
    if (isResource && /^[A-Za-z]+\.id$/.test(element.path)) return 'id'
    return extension?.find((e) => e.url.endsWith('fhir-type'))?.valueUrl ?? 'string'
  })
}

/** What may stand under the element `path` of the structure `owner`: property -> definition and type. */
export function membersOf(owner: string, path: string, isResource: boolean) {
  const members = new Map<string, { element: ElementDefinition; type: string; choice?: string }>()
  for (const element of snapshot(owner).values()) {
    if (!element.path.startsWith(`${path}.`) || element.path.slice(path.length + 1).includes('.')) continue
    const name = lastPart(element.path)
    if (element.contentReference) members.set(name, { element, type: 'BackboneElement' })
    else if (element.max === '0') continue
    else if (!name.endsWith('[x]')) members.set(name, { element, type: typeNames(element, isResource)[0]! })
    else
      for (const type of typeNames(element, isResource))
        members.set(name.slice(0, -3) + capital(type), { element, type, choice: name.slice(0, -3) })
  }
  return members
}

/** Every fault of a resource by its FHIRPath, and every site at which it could be changed. */
export function inspect(type: string, resource: Node, known: readonly string[]): Seen {
  const context: Context = { faults: new Set(), sites: [], root: resource, known }
  if (resource.resourceType !== type) context.faults.add(`${type}.resourceType`)
  else {
    object(context, type, type, resource, type, true)
    contained(context, resource, type)
  }
  return context
}

function contained(context: Context, resource: Node, type: string): void {
  const ids: unknown[] = []
  if (!Array.isArray(resource.contained)) return
  for (const [i, inner] of resource.contained.entries()) {
    if (!isObject(inner)) continue
    const at = `${type}.contained[${i}]`
    const innerType = String(inner.resourceType)
    if (!context.known.includes(innerType)) context.faults.add(`${at}.resourceType`)
    else object(context, innerType, innerType, inner, at, true)
    if (typeof inner.id !== 'string' || ids.includes(inner.id)) context.faults.add(`${at}.id`)
    ids.push(inner.id)
  }
}

function object(context: Context, owner: string, path: string, node: Node, at: string, isResource = false): void {
  const { faults } = context
  const members = membersOf(owner, path, isResource)
  const keys = Object.keys(node)
  if (keys.length === 0) return void faults.add(at)
  const choices = new Map<string, Set<string>>()
  for (const key of keys) {
    if (isResource && key === 'resourceType') continue
    const name = key.replace(/^_/, '')
    const member = members.get(name)
    if (!member || (name !== key && !hasSibling(member))) {
      faults.add(`${at}.${key}`)
      continue
    }
    const { element, type, choice } = member
    const list = element.max !== '1'
    const place = `${at}.${choice ? `${choice}.ofType(${type})` : name === 'div' ? '`div`' : name}`
    if (name === 'modifierExtension') faults.add(place)
    if (choice) choices.set(choice, (choices.get(choice) ?? new Set()).add(name))
    if (name === key) {
      context.sites.push({ holder: node, key, element, type, list, at, path: place, ...(choice ? { choice } : {}) })
      property(context, owner, member, node, key, place, list)
    } else sibling(context, node, name, place, list)
  }
  for (const [name, { element, choice }] of members)
    if (
      element.min > 0 &&
      !(choice ? choices.has(choice) : Object.hasOwn(node, name) || Object.hasOwn(node, `_${name}`))
    )
      faults.add(`${at}.${choice ?? (name === 'div' ? '`div`' : name)}`)
  for (const [choice, names] of choices) if (names.size > 1) faults.add(`${at}.${choice}`)
}

type Member = { element: ElementDefinition; type: string }

/** Primitives have extensions, but not those that are attributes in XML, nor ids, nor narrative. */
export const hasSibling = ({ element, type }: Member) =>
  isPrimitive(type) && type !== 'xhtml' && !element.path.endsWith('.id') && !element.representation?.includes('xmlAttr')

function property(
  context: Context,
  owner: string,
  member: Member,
  node: Node,
  key: string,
  place: string,
  list: boolean,
) {
  const given = node[key]
  if (Array.isArray(given) !== list) return void context.faults.add(place)
  if (!Array.isArray(given)) return value(context, owner, member, given, place)
  if (given.length === 0) context.faults.add(place)
  const beside = node[`_${key}`]
  given.forEach((item, i) => {
    const placeholder = isPrimitive(member.type) && item === null && Array.isArray(beside) && isObject(beside[i])
    if (!placeholder) value(context, owner, member, item, `${place}[${i}]`)
  })
}

function sibling(context: Context, node: Node, name: string, place: string, list: boolean): void {
  const given = node[`_${name}`]
  const one = (item: unknown, at: string) => {
    if (isObject(item)) object(context, 'Element', 'Element', item, at)
    else context.faults.add(at)
  }
  if (!list) return one(given, place)
  if (!Array.isArray(given)) return void context.faults.add(place)
  const values = node[name]
  const beyond = Array.isArray(values) ? given.slice(values.length) : []
  if (given.every((item) => item === null) || beyond.includes(null)) context.faults.add(place)
  given.forEach((item, i) => {
    if (item !== null) one(item, `${place}[${i}]`)
  })
}

function value(context: Context, owner: string, { element, type }: Member, given: unknown, place: string): void {
  const { faults } = context
  if (isPrimitive(type)) {
    if (!fitsPrimitive(type, given) || !bound(element, type, given)) faults.add(place)
    return
  }
  if (!isObject(given)) return void faults.add(place)
  if (type === 'Resource') return
  if (element.contentReference) {
    const target = element.contentReference.slice(1)
    return object(context, target.split('.')[0]!, target, given, place)
  }
  const nested = type === 'BackboneElement' || type === 'Element'
  object(context, nested ? owner : type, nested ? element.path : type, given, place)
  if (!bound(element, type, given)) faults.add(place)
  if (type === 'Reference' && !pointsWhereItMay(context, element, given)) faults.add(place)
}

export function fitsPrimitive(type: string, given: unknown): boolean {
  if (type === 'boolean') return typeof given === 'boolean'
  if (['integer', 'positiveInt', 'unsignedInt', 'decimal'].includes(type)) {
    if (!isNumber(given)) return false
    const text = numberText(given)
    const small = type === 'decimal' || Math.abs(Number(text)) < 2 ** 31
    return publishedPattern(type)!.test(text) && small
  }
  if (typeof given !== 'string' || !given.isWellFormed() || given.trim() === '') return false
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that R4 keeps out of strings
  if (/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(given)) return false
  // What XML calls white space is less than what JavaScript does.
  if (type === 'string' || type === 'markdown') return given.length <= 1024 * 1024
  if (type === 'xhtml') return given.trim().startsWith('<div') && given.trim().endsWith('</div>')
  const day = /^(\d{4})-(\d\d)-(\d\d)/.exec(given)
  if (day && ['date', 'dateTime', 'instant'].includes(type) && Number(day[3]) > daysIn(Number(day[1]), Number(day[2])))
    return false
  return publishedPattern(type)!.test(given)
}

function bound({ binding }: ElementDefinition, type: string, given: unknown): boolean {
  const members = binding?.strength === 'required' && binding.valueSet ? expansion(binding.valueSet) : undefined
  if (!members) return true
  const holds = (coding: unknown) => isObject(coding) && members.has(`${coding.system}|${coding.code}`)
  if (type === 'Coding') return holds(given)
  if (type === 'CodeableConcept') {
    const { coding } = given as Node
    return Array.isArray(coding) && coding.some(holds)
  }
  if (!['code', 'uri', 'string'].includes(type)) return true
  for (const member of members) if (member.slice(member.indexOf('|') + 1) === given) return true
  return false
}

function pointsWhereItMay({ root }: Context, { type }: ElementDefinition, reference: Node): boolean {
  const targets = type?.[0]?.targetProfile?.map((url) => url.slice(url.lastIndexOf('/') + 1))
  const text = typeof reference.reference === 'string' ? reference.reference : ''
  let points: unknown
  if (text === '#') points = root.resourceType
  else if (text.startsWith('#')) {
    const inner = Array.isArray(root.contained)
      ? root.contained.find((c) => isObject(c) && c.id === text.slice(1))
      : undefined
    points = isObject(inner) ? inner.resourceType : undefined
  } else {
    const parts = text.replace(/\/_history\/[A-Za-z0-9\-.]{1,64}$/, '').split('/')
    const [name, id] = parts.slice(-2)
    const absolute = /^https?:\/\//.test(text) && parts.length > 4
    if (
      /^[A-Z][A-Za-z]+$/.test(name ?? '') &&
      /^[A-Za-z0-9\-.]{1,64}$/.test(id ?? '') &&
      (absolute || parts.length === 2)
    )
      points = name
  }
  points ??= reference.type
  return points === undefined || !targets || targets.includes('Resource') || targets.includes(String(points))
}
