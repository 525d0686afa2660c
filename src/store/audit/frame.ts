// All of an audit event but its id and entities: the same for every event of a request with the same kind and outcome. Pure.
import { agents } from './agents.ts'
import { actReason, type Coding, clean, concept, json, profileUrl, quote, REST } from './codes.ts'
import { type AuditRow, addresses, references, roleCodes, tokens } from './columns.ts'
import type { Happening } from './gather.ts'
import type { AuditContext } from './occurrence.ts'
import { PROFILES, type Profile, ROLES_ALONE } from './profiles.ts'

export interface Frame {
  readonly profile: Profile
  /** JSON between the id and the entities. */
  readonly json: string
  readonly columns: Omit<
    AuditRow,
    'id' | 'patient' | 'shared' | 'content' | 'entity' | 'entity_role' | 'entity_type' | 'patient_refs'
  >
}

/** Names what in a happening makes its frame another one. */
export const frameKey = ({ kind, outcome, outcomeDesc, patient, references, consents }: Happening): string =>
  `${kind} ${outcome ?? ''} ${patient !== undefined} ${references.length > 0} ${consents.length > 0} ${outcomeDesc ?? ''}`

export function makeFrame(context: AuditContext, happening: Happening): Frame {
  const profile = PROFILES[happening.kind]
  const { asker } = context
  const [at, outcome] = [JSON.stringify(context.at), happening.outcome ?? profile.outcome]
  const subtypes = profile.about === 'decision' && happening.consents.length === 0 ? ROLES_ALONE : profile.subtypes
  const kind = kindOf(profile, subtypes)
  const override = happening.kind.startsWith('break-glass')
  const reason = override ? `,"purposeOfEvent":[${concept(actReason('BTG'))}]` : ''
  const why = clean(happening.outcomeDesc ?? '')
  const names = profilesMet(context, happening, profile, outcome).map((name) => JSON.stringify(profileUrl(name)))
  const meta = `{"versionId":"1","lastUpdated":${at}${names.length > 0 ? `,"profile":[${names}]` : ''}}`
  return {
    profile,
    json:
      `"meta":${meta},${kind.json},` +
      `"recorded":${at},"outcome":"${outcome}"${why ? `,"outcomeDesc":${quote(why)}` : ''}${reason},` +
      agents(context, profile, override ? 'BTG' : (asker?.purpose ?? '')),
    columns: {
      custodian: clean(asker?.organisation ?? ''),
      address: addresses([context.address, profile.about === 'decision' ? undefined : context.observer]),
      agent: references(asker ? [clean(asker.user), ...organisationOf(context)] : []),
      agent_role: asker ? roleCodes(asker.role) : '',
      date_low: context.at,
      outcome,
      ...kind.columns,
    },
  }
}

interface KindText {
  readonly json: string
  readonly columns: Pick<AuditRow, 'action' | 'subtype' | 'type'>
}
const kinds = new Map<readonly Coding[], KindText>()

/** The part that only the kind decides; its subtypes tell kinds apart. */
function kindOf({ type, action }: Profile, subtypes: readonly Coding[]): KindText {
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
