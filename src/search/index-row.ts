// A resource -> its search columns, by the generated parameter table. Pure.
import { factWords } from '../consent/facts.ts'
import { medicationWords } from '../consent/labelling/named.ts'
import { labelsOf } from '../consent/labels.ts'
import { compartmentOf, reach } from '../fhir/compartment.ts'
import type { DateBounds } from '../fhir/dates.ts'
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import type { SearchParameter, SearchPath } from '../fhir/search-parameters.ts'
import { hash64 } from '../kernel/hash.ts'
import { isObject } from '../kernel/json.ts'
import { boundsOf, timestamp } from './types/date.ts'
import { indexReference } from './types/reference.ts'
import { indexString, joinStrings } from './types/string.ts'
import { indexToken } from './types/token.ts'

type Node = Record<string, unknown>
/** Column -> value as JSON that PostgreSQL reads; columns without a value are left out. */
export type IndexRow = Record<string, string | string[] | number | boolean>

function each(resource: Node, parameter: SearchParameter, visit: (value: unknown, path: SearchPath) => void): void {
  for (const path of parameter.paths)
    reach(resource, path.path, 0, (value) => {
      if (path.where && !(isObject(value) && value[path.where[0]!] === path.where[1])) return
      visit(value, path)
    })
}

function indexDates(resource: Node, parameter: SearchParameter, row: IndexRow): void {
  const low: string[] = []
  const high: string[] = []
  each(resource, parameter, (value, { type }) => {
    const bounds = boundsOf(type, value)
    if (!bounds) return
    low.push(timestamp(bounds.low))
    high.push(timestamp(bounds.high))
  })
  if (low.length === 0) return
  const many = parameter.shape === 'dates'
  row[`${parameter.column}_low`] = many ? low : low[0]!
  row[`${parameter.column}_high`] = many ? high : high[0]!
}

function indexOne(resource: Node, parameter: SearchParameter, row: IndexRow): void {
  const { shape, column } = parameter
  // The compartment is settled for the resource as a whole.
  if (shape === 'patient') return
  if (shape === 'date' || shape === 'dates') return indexDates(resource, parameter, row)
  const found = new Set<string>()
  let isTrue = false
  each(resource, parameter, (value, { type, target, truth }) => {
    if (truth) isTrue ||= value !== false
    else if (shape === 'code') found.add(String(value))
    else if (shape === 'tokens') indexToken(type, value, found)
    else if (shape === 'string') indexString(type, value, found)
    else {
      const form = indexReference(value, target)
      if (form !== undefined) found.add(form)
    }
  })
  if (parameter.paths[0]?.truth) indexToken('boolean', isTrue, found)
  if (found.size === 0) return
  if (shape === 'tokens' || shape === 'references') row[column] = [...found]
  else if (shape === 'string') row[column] = joinStrings(found)
  else row[column] = found.values().next().value!
}

const tableOf = ({ resourceType }: Node) =>
  typeof resourceType === 'string' && Object.hasOwn(SEARCH, resourceType) ? SEARCH[resourceType] : undefined

/** The time that a resource is about, by the date that orders its type. */
export function clinicalOf(resource: Node): DateBounds | undefined {
  const table = tableOf(resource)
  const parameter = table?.clinical && Object.values(table.parameters).find(({ column }) => column === table.clinical)
  let found: DateBounds | undefined
  if (parameter)
    each(resource, parameter, (value, { type }) => {
      found ??= boundsOf(type, value)
    })
  return found
}

/** Id of the Organization that an element names as holding the resource; of several the first. */
export function custodianIn(resource: Node, element: string): string | undefined {
  const value = resource[element]
  return indexReference(Array.isArray(value) ? value[0] : value, 'Organization')?.slice('Organization/'.length)
}

/** Search columns, compartment, custodian, labels and facts of a stored resource. */
export function indexRow(resource: Node): IndexRow {
  const table = tableOf(resource)
  if (!table) throw new TypeError('no search table for this type')
  const row: IndexRow = {}
  for (const code in table.parameters) indexOne(resource, table.parameters[code]!, row)
  const { patient, shared } = compartmentOf(resource)
  if (patient !== undefined) row.patient = patient
  row.shared = shared
  const { confidentiality, sensitivity } = labelsOf(resource)
  row.confidentiality = confidentiality
  row.sensitivity = sensitivity
  row.facts = [...factWords(resource), ...medicationWords(resource)].map(hash64)
  const custodian = table.custodian && custodianIn(resource, table.custodian)
  if (custodian) row.custodian = custodian
  return row
}
