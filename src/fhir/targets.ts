// Reference rules: ref-1 and the allowed target types, https://hl7.org/fhir/R4/references.html#Reference. Pure.
import type { Walk } from './check.ts'
import { parseReference } from './references.ts'

/** The type a reference says it points to, as far as it says. */
function typeOf(walk: Walk, value: Record<string, unknown>): unknown {
  const { reference, type } = value
  if (typeof reference === 'string' && reference.startsWith('#')) {
    if (reference === '#') return walk.root.resourceType
    return walk.contained.get(reference.slice(1))?.resourceType
  }
  return (typeof reference === 'string' ? parseReference(reference)?.type : undefined) ?? type
}

export function checkTarget(
  walk: Walk,
  targets: readonly string[] | undefined,
  value: Record<string, unknown>,
  path: string,
) {
  const { reference } = value
  if (typeof reference === 'string' && reference.startsWith('#') && reference !== '#') {
    if (!walk.contained.has(reference.slice(1)))
      walk.report('invariant', path, 'ref-1: A reference that begins with # must name a contained resource.')
  }
  const type = typeOf(walk, value)
  if (targets && type !== undefined && !targets.includes(String(type)))
    walk.report('invalid', path, `May refer only to ${targets.join(', ')}.`)
}
