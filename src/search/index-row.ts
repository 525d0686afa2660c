// A resource -> its search columns, by the generated parameter table. Pure.
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import { parseLocalReference } from '../fhir/references.ts'
import type { SearchParameter, SearchPath, SearchTable } from '../fhir/search-parameters.ts'
import { isObject } from '../kernel/json.ts'
import { boundsOf, timestamp } from './types/date.ts'
import { indexReference } from './types/reference.ts'
import { indexString, joinStrings } from './types/string.ts'
import { indexToken } from './types/token.ts'

type Node = Record<string, unknown>
/** Column -> value as JSON that PostgreSQL reads; columns without a value are left out. */
export type IndexRow = Record<string, string | string[]>

function reach(value: unknown, path: readonly string[], at: number, visit: (value: unknown) => void): void {
  if (value === undefined || value === null) return
  if (Array.isArray(value)) for (const item of value) reach(item, path, at, visit)
  else if (at === path.length) visit(value)
  else if (isObject(value)) reach(value[path[at]!], path, at + 1, visit)
}

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
  if (shape === 'date' || shape === 'dates') return indexDates(resource, parameter, row)
  const found = new Set<string>()
  let isTrue = false
  each(resource, parameter, (value, { type, target, truth }) => {
    if (truth) isTrue ||= value !== false
    else if (shape === 'code') found.add(String(value))
    else if (shape === 'tokens') indexToken(type, value, found)
    else if (shape === 'string') indexString(type, value, found)
    else {
      const form = indexReference(value, shape === 'patient' ? 'Patient' : target)
      if (form !== undefined) found.add(form)
    }
  })
  if (parameter.paths[0]?.truth) indexToken('boolean', isTrue, found)
  if (found.size === 0) return
  if (shape === 'tokens' || shape === 'references') row[column] = [...found]
  else if (shape === 'string') row[column] = joinStrings(found)
  else if (shape === 'patient') row[column] = found.values().next().value!.slice('Patient/'.length)
  else row[column] = found.values().next().value!
}

/** The patient whose compartment holds the resource, where its elements name exactly one. */
function compartmentPatient(resource: Node, table: SearchTable): string | undefined {
  if (resource.resourceType === 'Patient') return String(resource.id)
  const patients = new Set<string>()
  for (const code of table.compartment) {
    const parameter = table.parameters[code]
    if (!parameter) continue
    each(resource, parameter, (value) => {
      const address =
        isObject(value) && typeof value.reference === 'string' ? parseLocalReference(value.reference) : undefined
      if (address?.type === 'Patient') patients.add(address.id)
    })
    if (patients.size > 0) break
  }
  return patients.size === 1 ? patients.values().next().value : undefined
}

/** Search columns, `patient` and `custodian` of a stored resource. */
export function indexRow(resource: Node): IndexRow {
  const table = SEARCH[String(resource.resourceType)]
  if (!table) throw new TypeError('no search table for this type')
  const row: IndexRow = {}
  for (const code in table.parameters) indexOne(resource, table.parameters[code]!, row)
  // Where a parameter is searched in the patient column, nobody else's reference may stand there.
  const searched = Object.values(table.parameters).some(({ shape }) => shape === 'patient')
  const patient = searched ? undefined : compartmentPatient(resource, table)
  if (patient !== undefined) row.patient = patient
  const custodian = table.custodian ? indexReference(resource[table.custodian], 'Organization') : undefined
  if (custodian) row.custodian = custodian.slice('Organization/'.length)
  return row
}
