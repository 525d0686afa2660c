// Contained resources: dom-2 to dom-5, https://hl7.org/fhir/R4/domainresource.html#invs. Pure.
import { isObject } from '../kernel/json.ts'
import { checkObject, type Walk } from './check.ts'
import { TYPES } from './generated/elements.ts'

type Node = Record<string, unknown>

/** Every `#id` anywhere below, and whether `#` refers to the container. */
function innerReferences(value: unknown, found: Set<string>): Set<string> {
  if (Array.isArray(value)) for (const item of value) innerReferences(item, found)
  else if (isObject(value)) {
    for (const key in value) {
      const member = value[key]
      // Reference.reference, and canonicals and uris, which may point inwards too.
      if (typeof member === 'string') {
        if (member.startsWith('#')) found.add(member.slice(1))
      } else innerReferences(member, found)
    }
  }
  return found
}

export function checkContained(walk: Walk, type: string, resource: Node): void {
  if (!Array.isArray(resource.contained)) return
  const used = innerReferences(resource, new Set())
  const seen = new Set<unknown>()
  for (const [i, inner] of resource.contained.entries()) {
    const path = `${type}.contained[${i}]`
    if (!isObject(inner)) continue // reported as structure already
    checkOne(walk, inner, path)
    if (typeof inner.id !== 'string') walk.report('required', `${path}.id`, 'A contained resource needs an id.')
    else if (seen.has(inner.id)) walk.report('duplicate', `${path}.id`, 'Two contained resources have this id.')
    else if (!used.has(inner.id) && !innerReferences(inner, new Set()).has(''))
      walk.report(
        'invariant',
        path,
        'dom-3: A contained resource must be referred to from the resource, or refer to it.',
      )
    seen.add(inner.id)
  }
}

function checkOne(walk: Walk, inner: Node, path: string): void {
  const type = String(inner.resourceType)
  const table = TYPES[type]
  if (table?.kind !== 'resource')
    return walk.report('not-supported', `${path}.resourceType`, 'No resource type that this server can contain.')
  checkObject(walk, table, type, inner, path)
  const meta = isObject(inner.meta) ? inner.meta : {}
  if ('contained' in inner) walk.report('invariant', `${path}.contained`, 'dom-2: Contained resources do not nest.')
  if ('versionId' in meta || 'lastUpdated' in meta)
    walk.report('invariant', `${path}.meta`, 'dom-4: A contained resource has no versionId and no lastUpdated.')
  if ('security' in meta)
    walk.report('invariant', `${path}.meta.security`, 'dom-5: A contained resource has no security label.')
}
