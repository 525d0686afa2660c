// Whose resource is it? The Patient compartment, https://hl7.org/fhir/R4/compartmentdefinition-patient.html. Pure.
import { isObject } from '../kernel/json.ts'
import { SEARCH } from './generated/search-parameters.ts'
import { localPatient, parseLocalReference, parseReference } from './references.ts'
import type { SearchParameter } from './search-parameters.ts'

type Node = Record<string, unknown>

export interface Compartment {
  /** Id of the patient, where the elements that tell name exactly one. */
  readonly patient?: string
  /** Names several patients: belongs to none of them alone. */
  readonly shared: boolean
}

/** Calls `visit` for every value at the end of the path; repeating properties fan out. */
export function reach(value: unknown, path: readonly string[], at: number, visit: (value: unknown) => void): void {
  if (value === undefined || value === null) return
  if (Array.isArray(value)) for (const item of value) reach(item, path, at, visit)
  else if (at === path.length) visit(value)
  else if (isObject(value)) reach(value[path[at]!], path, at + 1, visit)
}

function patientsIn(resource: Node, { paths }: SearchParameter, into: Set<string>): void {
  for (const { path } of paths)
    reach(resource, path, 0, (value) => {
      if (!isObject(value) || typeof value.reference !== 'string') return
      const patient = localPatient(value.reference)
      if (patient !== undefined) into.add(patient)
    })
}

const parametersOf = new Map(
  Object.entries(SEARCH).map(([type, { parameters, compartment }]) => {
    // Where a parameter is searched in the patient column, nobody else's reference may stand there.
    const searched = Object.values(parameters).find(({ shape }) => shape === 'patient')
    const telling = searched ? [searched] : compartment.map((code) => parameters[code])
    const known = telling.filter((p) => p !== undefined)
    return [type, type === 'AuditEvent' ? known.flatMap(wherePathsBegin(['entity'], ['agent'])) : known]
  }),
)

/**
 * Whether resources of the type can be part of a patient's record. More than the Patient compartment: a Device has no place
 * in it, and yet names whose implant it is.
 */
export const holdsPatients = (type: string): boolean => type === 'Patient' || (parametersOf.get(type)?.length ?? 0) > 0

/** An access is an event of whose record was seen; who looked may be a patient too, as somebody's proxy. */
function wherePathsBegin(...elements: readonly (readonly string[])[]) {
  return (parameter: SearchParameter): SearchParameter[] =>
    elements.map((names) => ({ ...parameter, paths: parameter.paths.filter(({ path }) => names.includes(path[0]!)) }))
}

/** Groups of what is no person, and of those who treat: https://hl7.org/fhir/R4/valueset-group-type.html */
const isOfOthers = ({ resourceType, type }: Node) => resourceType === 'Group' && type !== undefined && type !== 'person'

/** Whether a reference may name a patient of whom we have no record: elsewhere, by a number, by a name. */
function mayBeStranger(value: unknown, resource: Node): boolean {
  if (!isObject(value)) return true
  const text = typeof value.reference === 'string' ? value.reference : ''
  const address = parseReference(text)
  if (address) return address.type === 'Patient' && parseLocalReference(text) === undefined
  return typeof value.type === 'string' ? value.type === 'Patient' : !isOfOthers(resource)
}

/** Whether a resource of a directory, which everybody reads, names somebody whom nobody can ask. */
export function namesStranger(resource: Node): boolean {
  const type = String(resource.resourceType)
  if (!Object.hasOwn(SEARCH, type) || SEARCH[type]!.directory !== true) return false
  let found = false
  for (const { paths } of parametersOf.get(type) ?? [])
    for (const { path } of paths)
      reach(resource, path, 0, (value) => {
        found ||= mayBeStranger(value, resource)
      })
  return found
}

/** The most telling element decides; what names no patient there is asked for the next. */
export function compartmentOf(resource: Node): Compartment {
  const type = String(resource.resourceType)
  if (type === 'Patient') return { patient: String(resource.id), shared: false }
  const patients = new Set<string>()
  for (const parameter of parametersOf.get(type) ?? []) {
    patientsIn(resource, parameter, patients)
    if (patients.size > 0) break
  }
  const [patient] = patients
  return patients.size === 1 ? { patient: patient!, shared: false } : { shared: patients.size > 1 }
}
