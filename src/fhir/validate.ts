// Is this a FHIR R4 resource? Lists every fault, each with its FHIRPath. Pure. https://hl7.org/fhir/R4/validation.html
import type { Issue } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import { checkObject, Walk } from './check.ts'
import { checkContained } from './contained.ts'
import { TYPES } from './generated/elements.ts'

/** Every fault of `resource` as a resource of type `type`; none means it may be stored. */
export function validate(type: string, resource: unknown): Issue[] {
  const table = TYPES[type]
  if (table?.kind !== 'resource') throw new TypeError(`no resource type ${type}`)
  const walk = new Walk(isObject(resource) ? resource : {})
  if (!isObject(resource)) walk.report('structure', type, 'A resource is a JSON object.')
  else if (resource.resourceType !== type)
    walk.report('structure', `${type}.resourceType`, `resourceType must be "${type}".`)
  else {
    checkObject(walk, table, type, resource, type)
    checkContained(walk, type, resource)
  }
  return walk.issues
}
