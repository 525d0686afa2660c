// The leaf of one version that is about to be written. Pure but for chance.
import { instant } from '../../kernel/clock.ts'
import { type Committed, leafTypeOf } from '../../provenance/commitment.ts'
import type { ProvenanceFrame } from '../provenance/frame.ts'
import { provenanceText } from '../provenance/text.ts'
import type { About, Line } from './leaf-lines.ts'
import { type Drawn, drawLeaf, makeLeaf } from './make-leaf.ts'

export interface Versioned extends About {
  readonly op: Committed['op']
  /** Who wrote it and why; absent for a version that tells it of nobody. */
  readonly frame?: ProvenanceFrame
  /** Id of the decision that allowed it; absent, where it tells who wrote it: the AuditEvent under the id of its entry. */
  readonly decision?: string
}

/** As resource_version calls it: what is stored again after a delete is an update of it. */
export const operationOf = (deleted: boolean, version: number): Committed['op'] =>
  deleted ? 'delete' : version === 1 ? 'create' : 'update'

/**
 * @param resource the text that is stored; empty for a delete
 * @param at milliseconds since the epoch
 * @param events leaves of its audit events, unless these have a leaf of their own
 */
export function versionLine(
  version: Versioned,
  resource: string,
  at: number,
  drawn: Drawn = drawLeaf(at),
  events?: Uint8Array,
): Line {
  const { type, id, op, frame } = version
  const versionId = String(version.version)
  const { decision = frame ? drawn.entry : '' } = version
  const provenance = frame
    ? provenanceText(frame, {
        ...{ type, id, op, version: version.version },
        entry: drawn.entry,
        recorded: instant(at),
      })
    : ''
  const content = { resourceType: type, id, versionId, op, resource, provenance, decision }
  const made = makeLeaf(leafTypeOf(content), content, at, drawn, events)
  return { ...made, id, version: version.version, decision, agent: frame?.hash ?? '' }
}
