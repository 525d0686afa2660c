// The FHIR Provenance of one version as text, https://hl7.org/fhir/R4/provenance.html: what its leaf commits to. Pure. The
// view provenance_printed prints the same, to the byte.
import type { Committed } from '../../provenance/commitment.ts'
import type { ProvenanceFrame } from './frame.ts'
import { HOLES } from './holes.ts'

export interface PrintedVersion {
  /** UUID of its entry in the log. */
  readonly entry: string
  /** As the version's meta.lastUpdated. */
  readonly recorded: string
  readonly type: string
  readonly id: string
  readonly version: number
  readonly op: Committed['op']
}

const ACTIVITY = { create: 'CREATE', update: 'UPDATE', delete: 'DELETE' } as const

export function provenanceText(frame: ProvenanceFrame, printed: PrintedVersion): string {
  const { entry, recorded, type, id, version, op } = printed
  const target = `${type}/${id}`
  const fillings: Readonly<Record<string, string>> = {
    [HOLES.id]: entry,
    [HOLES.recorded]: recorded,
    [HOLES.target]: target,
    [HOLES.version]: String(version),
    [HOLES.activity]: ACTIVITY[op],
    [HOLES.entity]: entityOf(target, version, op),
  }
  let text = ''
  for (const piece of piecesOf(frame)) text += fillings[piece] ?? piece
  return text
}

const CUT = new RegExp(`([${Object.values(HOLES).join('')}])`)
// Every write asks for the same few frames.
const cut = new WeakMap<ProvenanceFrame, readonly string[]>()

/** The template, each hole a piece of its own. */
function piecesOf(frame: ProvenanceFrame): readonly string[] {
  const pieces = cut.get(frame) ?? frame.template.split(CUT)
  cut.set(frame, pieces)
  return pieces
}

/** https://hl7.org/fhir/R4/valueset-provenance-entity-role.html: what was deleted is removed, not revised. */
function entityOf(target: string, version: number, op: Committed['op']): string {
  if (version === 1) return ''
  const role = op === 'delete' ? 'removal' : 'revision'
  return `,"entity":[{"role":"${role}","what":{"reference":"${target}/_history/${version - 1}"}}]`
}
