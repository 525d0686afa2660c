// The frames that this process has made, by who asked and how: made once, found again without reading any long text.
import { isPlain } from './agents.ts'
import type { Frame } from './columns.ts'
import { codeOfType } from './entities.ts'
import { makeFrame, type Shape } from './frame.ts'
import type { AuditContext } from './occurrence.ts'
import { isCut } from './raw-query.ts'

/** Characters of what is remembered; beyond them everything is forgotten. */
const REMEMBERED_MAX = 16_000_000

type Known = Map<string, Frame>
const NOBODY = {}
let byAsker = new WeakMap<object, Map<string, Known>>()
let remembered = 0

/** The frames of one asker for one document. */
function knownTo(asker: object, document: string): Known {
  let mine = byAsker.get(asker)
  if (!mine) {
    mine = new Map()
    byAsker.set(asker, mine)
  }
  const known = mine.get(document)
  if (known) return known
  const made: Known = new Map()
  mine.set(document, made)
  remembered += document.length
  return made
}

function remember(known: Known, key: string, frame: Frame): void {
  remembered += key.length + frame.template.length + frame.document.length
  if (remembered > REMEMBERED_MAX) {
    byAsker = new WeakMap()
    remembered = 0
  } else known.set(key, frame)
}

/** Frames for the events of one request. */
export function framesFor(context: AuditContext): (shape: Shape) => Frame {
  const { asker, address = '', observer, query } = context
  const place = isPlain(context) ? ' ' : `${address.length} ${address}`
  const request = `${place} ${isCut(query?.rest)} ${query !== undefined} ${observer}`
  return (shape) => {
    const { happening, profile, subject, data, part } = shape
    const { kind, outcome = '', outcomeDesc = '', operation = '', consents, types } = happening
    const known = knownTo(asker ?? NOBODY, profile.about === 'query' ? (query?.document ?? '') : '')
    // Lengths, because what callers send must not be able to look like the key of something else.
    const texts = `${outcomeDesc.length} ${operation.length} ${outcomeDesc}${operation}`
    const form = `${kind} ${outcome} ${subject} ${data} ${shape.request} ${consents.length > 0} ${types.map(codeOfType)} ${part},`
    const key = `${form}${texts}${request}`
    const before = known.get(key)
    if (before) return before
    const made = makeFrame(context, shape)
    remember(known, key, made)
    return made
  }
}
