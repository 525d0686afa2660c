// One object of a resource beside the generated element table: every fault with its FHIRPath. Pure. Messages name elements
// and rules, never values. https://hl7.org/fhir/R4/validation.html
import type { Issue } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import { checkCodes } from './codes.ts'
import { type ElementRow, isPrimitiveType, type TypeTable } from './elements.ts'
import { TYPES } from './generated/elements.ts'
import { checkInvariants } from './invariants.ts'
import { primitiveFault } from './primitives.ts'
import { checkTarget } from './targets.ts'

type Node = Record<string, unknown>

/** More than anyone corrects at a time; without an end a small body could ask for a very large answer. */
const ISSUES_MAX = 1000

/** One walk over one resource: collects issues, knows the resource for `#id` references. */
export class Walk {
  readonly issues: Issue[] = []
  readonly root: Node
  /** By id; of two with one id, which is a fault, the first. */
  readonly contained = new Map<unknown, Node>()
  constructor(root: Node) {
    this.root = root
    for (const inner of Array.isArray(root.contained) ? root.contained.filter(isObject) : [])
      if (!this.contained.has(inner.id)) this.contained.set(inner.id, inner)
  }
  report(code: string, expression: string, diagnostics: string): void {
    if (this.issues.length > ISSUES_MAX) return
    if (this.issues.length === ISSUES_MAX)
      return this.#add(
        'too-long',
        String(this.root.resourceType),
        'There are more faults than these: correct these first.',
      )
    this.#add(code, expression, diagnostics)
  }
  #add(code: string, expression: string, diagnostics: string): void {
    this.issues.push({ severity: 'error', code, diagnostics, expression })
  }
}

/** One object against one table. `path` is its FHIRPath. Also used for contained resources. */
export function checkObject(walk: Walk, table: TypeTable, type: string, node: Node, path: string): void {
  const keys = Object.keys(node)
  if (keys.length === 0) return walk.report('invalid', path, 'An element must not be empty.')
  if (table.kind !== 'resource' && keys.length === 1 && keys[0] === 'id')
    walk.report('invariant', path, 'ele-1: An element needs a value, children or extensions beside its id.')
  let choices: Map<string, number> | undefined
  for (const key of keys) {
    const name = key.startsWith('_') ? key.slice(1) : key
    const row = Object.hasOwn(table.elements, name) ? table.elements[name] : undefined
    if (!row || (name !== key && !mayHaveSibling(type, name, row))) {
      if (key === 'resourceType' && table.kind === 'resource') continue
      if (/^_?[A-Za-z]\w{0,63}$/.test(key))
        walk.report('structure', `${path}.${identifier(key)}`, `${type} has no element ${key}.`)
      else walk.report('structure', path, `${type} has no element whose name is not letters and digits.`)
      continue
    }
    const at = `${path}.${fhirPath(name, row)}`
    // A modifier extension changes what the resource means; storing one that nothing here understands would mislead.
    if (key === 'modifierExtension') walk.report('extension', at, 'This server understands no modifier extensions.')
    if (name === key) checkElement(walk, row, node, key, at)
    else checkSibling(walk, row, node, key, at)
    if (row[3]?.choice && (name === key || !(name in node))) {
      choices ??= new Map()
      choices.set(row[3].choice, (choices.get(row[3].choice) ?? 0) + 1)
    }
  }
  checkPresence(walk, table, node, path, choices)
  checkInvariants(walk, type, node, path)
}

/** Ids, the URL of an extension and narrative carry no extensions, https://hl7.org/fhir/R4/json.html#primitive */
const mayHaveSibling = (type: string, name: string, [, , primitive]: ElementRow) =>
  isPrimitiveType(primitive) && name !== 'id' && primitive !== 'xhtml' && !(type === 'Extension' && name === 'url')

/** `value.ofType(Quantity)` for `valueQuantity`: what FHIRPath calls the element. */
const fhirPath = (name: string, row: ElementRow) =>
  row[3]?.choice ? `${row[3].choice}.ofType(${row[2]})` : identifier(name)

/** Words of FHIRPath's grammar are names only between backticks, `Narrative.div` among them. */
const identifier = (name: string) => (/^(?:and|or|xor|implies|div|mod|true|false)$/.test(name) ? `\`${name}\`` : name)

function checkPresence(walk: Walk, table: TypeTable, node: Node, path: string, choices?: Map<string, number>): void {
  for (const name in table.elements) {
    const row = table.elements[name]!
    if (row[0] > 0 && !Object.hasOwn(node, name) && !Object.hasOwn(node, `_${name}`))
      walk.report('required', `${path}.${identifier(name)}`, `${name} is required.`)
  }
  for (const choice of table.requiredChoices)
    if (!choices?.has(choice)) walk.report('required', `${path}.${choice}`, `One of ${choice}[x] is required.`)
  for (const [choice, count] of choices ?? [])
    if (count > 1) walk.report('structure', `${path}.${choice}`, `Only one of ${choice}[x] may be given, not ${count}.`)
}

function checkElement(walk: Walk, row: ElementRow, node: Node, key: string, path: string): void {
  const value = node[key]
  if (row[1] === 1) {
    if (Array.isArray(value)) walk.report('structure', path, 'Only one value may be given here, not an array.')
    else checkValue(walk, row, value, path)
    return
  }
  if (!Array.isArray(value)) return walk.report('structure', path, 'An array is needed here, even for one value.')
  if (value.length === 0) return walk.report('invalid', path, 'An array must not be empty: leave the element out.')
  const sibling = node[`_${key}`]
  for (const [i, item] of value.entries()) {
    // In a list of primitives null keeps the place of an item that has only extensions.
    const placeholder = item === null && isPrimitiveType(row[2]) && Array.isArray(sibling) && isObject(sibling[i])
    if (!placeholder) checkValue(walk, row, item, `${path}[${i}]`)
  }
}

function checkSibling(walk: Walk, row: ElementRow, node: Node, key: string, path: string): void {
  const value = node[key]
  const element = TYPES.Element!
  const check = (item: unknown, at: string, hasValue: boolean) => {
    // ele-1 asks for a value, children or extensions: beside a value an id may stand alone.
    if (isObject(item) && hasValue && Object.keys(item).join() === 'id')
      checkElement(walk, element.elements.id!, item, 'id', `${at}.id`)
    else if (isObject(item)) checkObject(walk, element, 'Element', item, at)
    else walk.report('structure', at, `${key} holds objects with id and extension.`)
  }
  if (row[1] === 1) return check(value, path, isPresent(node[key.slice(1)]))
  if (!Array.isArray(value)) return walk.report('structure', path, `${key} must be an array, as its element is.`)
  const values = node[key.slice(1)]
  if (value.every((item) => item === null)) walk.report('invalid', path, `${key} must not be empty: leave it out.`)
  if (Array.isArray(values) && values.length < value.length && value.slice(values.length).some((item) => item === null))
    walk.report('structure', path, `${key} must line up with its element, item by item.`)
  for (const [i, item] of value.entries())
    if (item !== null) check(item, `${path}[${i}]`, Array.isArray(values) && isPresent(values[i]))
}

function checkValue(walk: Walk, row: ElementRow, value: unknown, path: string): void {
  const type = row[2]
  if (value === null) return walk.report('structure', path, 'null is not a value: leave the element out.')
  if (isPrimitiveType(type)) {
    const wants = primitiveFault(type, value)
    if (wants) walk.report('value', path, `Not a ${type}: write ${wants}.`)
    else if (row[3]?.codes) checkCodes(walk, row[3].codes, type, value, path)
    return
  }
  if (!isObject(value)) return walk.report('structure', path, `A JSON object (${type}) is needed here.`)
  if (type === 'Resource') return // contained: judged by checkContained
  checkObject(walk, TYPES[type]!, type, value, path)
  if (row[3]?.codes) checkCodes(walk, row[3].codes, type, value, path)
  if (row[3]?.simple && 'comparator' in value)
    walk.report('invariant', path, 'sqty-1: A simple quantity has no comparator.')
  if (type === 'Reference') checkTarget(walk, row[3]?.targets, value, path)
}

const isPresent = (value: unknown) => value !== undefined && value !== null
