// What all requests of one asker with one document share of an audit event: its JSON text with holes and most columns. Named
// by what is in it, so that it is stored once, by whoever comes first, and never changes. Pure.
import { parseLocalReference } from '../../fhir/references.ts'
import { sha256 } from '../../provenance/native-hash.ts'
import { frameHashes } from '../../provenance/stored-event.ts'
import { agents, isPlain } from './agents.ts'
import { actReason, type Coding, clean, concept, json, profileUrl, quote, REST } from './codes.ts'
import { addresses, entityCodes, FRAME, type Frame, type FrameRow, references, roleCodes, tokens } from './columns.ts'
import { codeOfType, DATA, type Entity, queryEntity, REQUEST, SUBJECT, tokenEntity, typeEntity } from './entities.ts'
import type { Happening } from './gather.ts'
import { HOLES } from './holes.ts'
import type { AuditContext } from './occurrence.ts'
import { type Profile, ROLES_ALONE } from './profiles.ts'
import { documentJson } from './raw-query.ts'

/** What of one event decides about its frame, beside the request. */
export interface Shape {
  readonly happening: Happening
  readonly profile: Profile
  readonly subject: boolean
  readonly data: boolean
  /** Codes of the entities that the entry has, each once. */
  readonly part: string
  readonly request: boolean
}

export function makeFrame(context: AuditContext, shape: Shape): Frame {
  const { happening, profile, subject } = shape
  const { asker, observer, query } = context
  const outcome = happening.outcome ?? profile.outcome
  const kind = kindOf(profile, happening)
  const { list, codes } = entitiesOf(context, shape)
  const user = parseLocalReference(asker?.user ?? '')
  const row = {
    subject: String(subject),
    template:
      `{"resourceType":"AuditEvent","id":"${HOLES.id}",${headOf(context, shape, kind.json, outcome)},` +
      `${agents(context, profile, purposeOf(context, happening))}${list === '' ? '' : `,"entity":[${list}]`}}`,
    document: profile.about === 'query' && query ? documentJson(query.document).json : '',
    own: user?.type === 'Patient' ? `Patient/${user.id}` : '',
    address: addresses([
      isPlain(context) ? undefined : context.address,
      profile.about === 'decision' ? undefined : observer,
    ]),
    agent: references(asker ? [clean(asker.user), ...organisationOf(context)] : []),
    agent_role: asker ? roleCodes(asker.role) : '',
    outcome,
    ...entityCodes(codes),
    ...kind.columns,
  }
  const named = { hash: '', ...row }
  const columns = COLUMNS.map((column) => named[column])
  const hashes = frameHashes(sha256, columns)
  return { ...named, hash: hashes.name, hashes }
}

const COLUMNS = Object.keys(FRAME) as (keyof FrameRow)[]

function headOf(context: AuditContext, { happening, profile }: Shape, kind: string, outcome: string): string {
  const reason = isOverride(happening) ? `,"purposeOfEvent":[${concept(actReason('BTG'))}]` : ''
  const why = clean(happening.outcomeDesc ?? '')
  const names = profilesMet(context, happening, profile, outcome).map((name) => JSON.stringify(profileUrl(name)))
  const at = `"${HOLES.recorded}"`
  const meta = `{"versionId":"1","lastUpdated":${at}${names.length > 0 ? `,"profile":[${names}]` : ''}}`
  const desc = why ? `,"outcomeDesc":${quote(why)}` : ''
  return `"meta":${meta},${kind},"recorded":${at},"outcome":"${outcome}"${desc}${reason}`
}

const isOverride = ({ kind }: Happening) => kind.startsWith('break-glass')
const purposeOf = ({ asker }: AuditContext, happening: Happening) =>
  isOverride(happening) ? 'BTG' : (asker?.purpose ?? '')

/** In the order of the event; those that differ from event to event stand together. */
function entitiesOf(context: AuditContext, shape: Shape): { list: string; codes: string } {
  const { happening, profile, subject, data, part, request } = shape
  const { about } = profile
  const types = about === 'query' || about === 'none' ? happening.types.map(codeOfType) : []
  const last = about === 'decision' ? tokenEntity(context) : request ? REQUEST : undefined
  const entities: (Entity | undefined)[] = [
    subject ? SUBJECT : undefined,
    data ? DATA : undefined,
    about === 'query' ? queryEntity(context, happening.operation) : undefined,
    ...types.map(typeEntity),
    part === '' ? undefined : { code: part, json: HOLES.part },
    last,
  ]
  const there = entities.filter((entity) => entity !== undefined)
  return { list: there.map((entity) => entity.json).join(','), codes: there.map(({ code }) => code).join(' ') }
}

interface KindText {
  readonly json: string
  readonly columns: Pick<FrameRow, 'action' | 'subtype' | 'type'>
}
const kinds = new Map<readonly Coding[], KindText>()

/** The part that only the kind decides; its subtypes tell kinds apart. */
function kindOf({ about, type, action, subtypes: usual }: Profile, { consents }: Happening): KindText {
  const subtypes = about === 'decision' && consents.length === 0 ? ROLES_ALONE : usual
  const known = kinds.get(subtypes)
  if (known) return known
  const made = {
    json: `"type":${json(type)},"subtype":[${subtypes.map(json)}],"action":"${action}"`,
    columns: { action, subtype: tokens(subtypes), type: tokens([type]) },
  }
  kinds.set(subtypes, made)
  return made
}

const organisationOf = ({ asker }: AuditContext) =>
  asker?.organisation ? [clean(`Organization/${asker.organisation}`)] : []

/** BALP profiles that the event satisfies; those of REST are about successes alone. */
function profilesMet(
  { asker, query }: AuditContext,
  happening: Happening,
  profile: Profile,
  outcome: string,
): string[] {
  const { patient, references, consents } = happening
  const { name, about, type } = profile
  const complete = {
    data: outcome === '0' && references.length > 0,
    query: outcome === '0' && Boolean(query) && (type === REST || patient !== undefined),
    decision: patient !== undefined && consents.length > 0 && asker !== undefined,
    none: false,
  }
  const own = name && complete[about] ? [type === REST && patient !== undefined ? `Patient${name}` : name] : []
  return asker?.token ? [...own, 'OAUTHaccessTokenUse.Minimal'] : own
}
