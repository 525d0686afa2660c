// The leaf of one version that is about to be written. Pure but for chance.
import { type Committed, leafTypeOf } from '../../provenance/commitment.ts'
import type { About, Line } from './leaf-lines.ts'
import { makeLeaf } from './make-leaf.ts'

export interface Versioned extends About {
  readonly op: Committed['op']
  /** The stored text of the Provenance. */
  readonly provenance?: string
  /** Id of the decision that allowed it. */
  readonly decision?: string
}

/** As resource_version calls it: what is stored again after a delete is an update of it. */
export const operationOf = (deleted: boolean, version: number): Committed['op'] =>
  deleted ? 'delete' : version === 1 ? 'create' : 'update'

/** @param resource the text that is stored; empty for a delete @param at milliseconds since the epoch */
export function versionLine(version: Versioned, resource: string, at: number): Line {
  const { type, id, op, provenance = '', decision = '' } = version
  const versionId = String(version.version)
  const content = { resourceType: type, id, versionId, op, resource, provenance, decision }
  return { ...makeLeaf(leafTypeOf(content), content, at), id, version: version.version, decision }
}
