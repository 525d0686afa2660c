// Contained resources have no life of their own, but they have a type: who may not read the type is not told it inside
// another resource either. What says the same in words goes with it. Pure; depends on the asker, never on the patient.
import { isObject } from '../kernel/json.ts'
import type { Mask } from './mask.ts'

type Node = Record<string, unknown>

/** `mask`, and without contained resources of types that `mayRead` refuses. */
export function withoutContained(mask: Mask, mayRead: (type: string) => boolean): Mask {
  const readable = (inner: unknown) => isObject(inner) && mayRead(String(inner.resourceType))
  return <T extends object>(resource: T): T => {
    const { contained, text: _, ...rest } = resource as Node
    if (!Array.isArray(contained) || contained.every(readable)) return mask(resource)
    const kept = contained.filter(readable)
    return mask({ ...rest, ...(kept.length > 0 && { contained: kept }) }) as T
  }
}
