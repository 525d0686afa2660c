// An update replaces the whole of a resource, and so what the writer was never told of it: that is put back. Decision 0013.
import { putBack } from '../consent/put-back.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import { opened, type Resource } from '../store/disclose.ts'
import type { Interaction } from './context.ts'

type Node = Record<string, unknown>

interface Standing {
  readonly resource: Resource
  readonly custodian: string | null
  readonly policies: string | null
}

/** @throws HealthChainError forbidden (masked) where elements of what it contains are hidden from the role. */
export async function wholly(
  written: Node,
  standing: Standing,
  { database, view, hidden }: Interaction,
): Promise<Node> {
  const { resource } = standing
  if (!Array.isArray(resource.contained)) return written
  const told = view.mask(await opened(database, view.scope, resource, standing))
  const contained = Array.isArray(told.contained) ? told.contained.filter(isObject) : []
  const masked = contained.find((inner) => (hidden.get(String(inner.resourceType))?.length ?? 0) > 0)
  if (masked) {
    const message = `Some elements of the ${String(masked.resourceType)} inside are hidden from this role, so it cannot replace the whole.`
    throw new HealthChainError('forbidden', 'masked', message)
  }
  return putBack(written, resource, told)
}
