// What the Provenances of all writes of one asker share: the JSON text with holes, and columns that it is searched by. Named
// by what is in it, so that it is stored once, by whoever comes first, and never changes. Pure.
import { createHash } from 'node:crypto'
import { SEARCH } from '../../fhir/generated/search-parameters.ts'
import { parseLocalReference } from '../../fhir/references.ts'
import type { Asker } from '../../kernel/asker.ts'
import { actReason, type Coding, clean, concept, quote, quoteUri, role } from '../audit/codes.ts'
import { references, roleCodes, tokens } from '../audit/columns.ts'
import { HOLES } from './holes.ts'

/** A row of provenance_frame; columns in PostgreSQL's own text form, an empty text is null. */
export interface ProvenanceFrame {
  readonly hash: string
  readonly template: string
  readonly agent: string
  readonly agent_role: string
  readonly agent_type: string
}

const participant = (code: string): Coding => ({
  system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
  code,
})
/** The asker made it; the operator enters what others have made; the server's own rules put it together. */
const [AUTHOR, ENTERER, ASSEMBLER] = [participant('author'), participant('enterer'), participant('assembler')]

const ACTIVITY = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation'
/** Types that R4 lets act here; a Person is none. */
const ACTING = (SEARCH.Provenance!.parameters.agent as { targets?: readonly string[] }).targets ?? []

/** Of the writes that this asker makes, or enters. */
export function askerFrame(asker: Asker, enters: boolean): ProvenanceFrame {
  const type = enters ? ENTERER : AUTHOR
  const user = parseLocalReference(asker.user)
  const acts = user !== undefined && ACTING.includes(user.type)
  const { organisation, purpose } = asker
  const who = acts
    ? `{"reference":${quote(asker.user)}}`
    : `{"identifier":{"system":${quoteUri(asker.issuer)},"value":${quote(asker.subject)}}}`
  const behalf = organisation ? `,"onBehalfOf":{"reference":${quote(`Organization/${organisation}`)}}` : ''
  const reason = `"reason":[{"coding":[{"system":"${actReason('').system}","code":${quote(purpose)}}]}],`
  return frameOf({
    template: templateOf(
      reason,
      `{"type":${concept(type)},"role":[${concept(role(asker.role))}],"who":${who}${behalf}}`,
    ),
    agent: acts ? references([clean(asker.user)]) : '',
    agent_role: roleCodes(asker.role),
    agent_type: tokens([type]),
  })
}

const templateOf = (reason: string, agent: string): string =>
  `{"resourceType":"Provenance","id":"${HOLES.id}","meta":{"versionId":"1","lastUpdated":"${HOLES.recorded}"},` +
  `"target":[{"reference":"${HOLES.target}/_history/${HOLES.version}"}],"recorded":"${HOLES.recorded}",${reason}` +
  `"activity":{"coding":[{"system":"${ACTIVITY}","code":"${HOLES.activity}"}]},"agent":[${agent}]${HOLES.entity}}`

/** 128 bits of a SHA-256: two frames of one name would be one write told as another's. */
export function frameOf(row: Omit<ProvenanceFrame, 'hash'>): ProvenanceFrame {
  const { template, agent, agent_role, agent_type } = row
  const hash = createHash('sha256')
  for (const column of [template, agent, agent_role, agent_type]) hash.update(`${column}\u001e`)
  const uuid = hash
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { hash: uuid, ...row }
}

/** Of what the labelling rules write by themselves, when a drug comes to say more: nobody asked for it. */
export const RULES_FRAME = frameOf({
  template: templateOf(
    '',
    `{"type":${concept(ASSEMBLER)},"who":{"type":"Device","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:healthchain:rules"}}}`,
  ),
  agent: '',
  agent_role: '',
  agent_type: tokens([ASSEMBLER]),
})
