// What one asker may read, as data that search compiles into its statement. Pure. Only this folder makes a ReadScope.
import type { Asker, Right, Scope } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { codeWord } from './facts.ts'
import { type Hearing, hearingOf } from './hearing.ts'
import { type ImplicitPolicies, impliedLevel } from './implicit.ts'
import { type Repertoire, SILENCE } from './repertoire.ts'
import { mayAsk } from './role-matrix.ts'

/** One override that is under way: this user, this patient. */
export interface Emergency {
  readonly patient: string
  /** A medical emergency was documented, as 42 CFR 2.51 asks. */
  readonly documented: boolean
}

/** What law says before any consent is heard, as masks of sensitivities (src/consent/packs). */
export interface Law {
  /** No consent opens these. */
  readonly denied: number
  /** Only a consent's own permit opens these. */
  readonly explicit: number
  readonly neverByEmergency: number
  readonly onlyDocumentedEmergency: number
  /** The record is the asker's own. */
  readonly ownRecord: boolean
}

declare const granted: unique symbol
/** Proof that consent was asked: a read without it does not type-check. */
export interface ReadScope {
  readonly [granted]: true
  /** The operator of this machine, who imports and migrates: nobody whom a token names. */
  readonly everything: boolean
  readonly asker: Asker
  readonly hearing: Hearing
  /** What the policies on file say to this asker. */
  readonly repertoire: Repertoire
  readonly law: Law
  /** Whether a search parameter reads what is hidden from the asker: a scope must not search by it either. */
  readonly hides: (type: string, parameter: string) => boolean
  /** Highest level that the implicit policy opens, by the organisation that holds the data; -1: none. */
  readonly implied: { readonly byDefault: number; readonly byCustodian: ReadonlyMap<string, number> }
  /** Whose record is the asker's own. */
  readonly own?: string
  /** Id of the organisation that the asker oversees: its log is kept because the law says so, not because somebody agreed. */
  readonly oversees?: string
  /** Purpose BTG: these patients and no others, whatever they denied. */
  readonly emergencies?: readonly Emergency[]
}

/** Whoever runs the commands of this machine. No token makes this asker. */
export const OPERATOR: Asker = {
  issuer: 'local',
  subject: 'operator',
  client: 'operator',
  user: 'Device/operator',
  role: 'system',
  groups: [],
  scopes: [{ context: 'system', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }],
  purpose: 'TREAT',
}

/** Whoever shows no token: nothing is admitted. */
export const NOBODY: Asker = {
  issuer: 'local',
  subject: 'nobody',
  client: 'nobody',
  user: 'Device/nobody',
  role: 'device',
  groups: [],
  scopes: [],
  purpose: 'TREAT',
}

const NO_LAW: Law = { denied: 0, explicit: 0, neverByEmergency: 0, onlyDocumentedEmergency: 0, ownRecord: false }

export interface Circumstances {
  readonly hides?: ReadScope['hides']
  readonly repertoire: Repertoire
  readonly law: Law
  readonly implicit: ImplicitPolicies
  readonly emergencies?: readonly Emergency[]
}

/** The operator reads all there is. */
export function operatorScope(): ReadScope {
  const implied = { byDefault: -1, byCustodian: new Map<string, number>() }
  return {
    everything: true,
    asker: OPERATOR,
    hearing: hearingOf(OPERATOR),
    repertoire: SILENCE,
    law: NO_LAW,
    implied,
  } as unknown as ReadScope
}

/** @throws HealthChainError forbidden for an asker who says nothing of why. */
export function readScope(
  asker: Asker,
  { repertoire, law, implicit, emergencies, hides = () => false }: Circumstances,
): ReadScope {
  if (asker.purpose === '') throw new HealthChainError('forbidden', 'no-purpose', 'Say for which purpose you ask.')
  const implied = {
    byDefault: impliedLevel(implicit.byDefault, asker),
    byCustodian: new Map([...implicit.byCustodian].map(([id, policy]) => [id, impliedLevel(policy, asker)])),
  }
  return {
    everything: false,
    asker,
    hearing: hearingOf(asker),
    repertoire,
    law,
    hides,
    implied,
    ...(law.ownRecord && asker.role === 'patient' && asker.patient !== undefined && { own: asker.patient }),
    ...(asker.role in OVERSEEN && asker.organisation !== undefined && { oversees: asker.organisation }),
    ...(asker.purpose === 'BTG' && { emergencies: emergencies ?? [] }),
  } as unknown as ReadScope
}

/** The code of a Task that reviews an emergency access. */
export const REVIEW = { system: 'urn:healthchain:task', code: 'break-glass-review' } as const

/** The category of a Communication that tells an organisation of one. */
export const NOTICE = { system: 'urn:healthchain:communication', code: 'break-glass-notice' } as const

/** What the law keeps for oversight, by role and type; of a type with a word only what bears it (src/consent/facts.ts). */
export const OVERSEEN: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  auditor: { AuditEvent: undefined },
  admin: { Task: codeWord(REVIEW.system, REVIEW.code), Communication: codeWord(NOTICE.system, NOTICE.code) },
}

/** Types of which a role is told nothing but what it oversees, whatever patients permit. */
export const OVERSEEN_ONLY: Readonly<Record<string, readonly string[]>> = {
  admin: ['Communication'],
  // What patients permit is about their data, not about who looked at them elsewhere.
  auditor: ['AuditEvent'],
}

/** Rows that one SMART scope admits. */
export interface Admission {
  /** Id of the only patient whose rows are admitted; absent: any. */
  readonly patient?: string
  /** Search parameters that hold too. */
  readonly filter: Scope['filter']
}

/** What role and scopes admit of a type; one is enough. None: nothing. Whether consent then tells it is another matter. */
export function admissions({ everything, asker, hides }: ReadScope, type: string, right: Right): readonly Admission[] {
  if (everything) return [{ filter: [] }]
  if (!mayAsk(asker, type, right).allowed) return []
  const bound = asker.role === 'patient' || asker.role === 'proxy'
  return asker.scopes.flatMap(({ context, type: of, rights, filter }) => {
    if ((of !== '*' && of !== type) || !rights.includes(right)) return []
    if (filter.some(([parameter]) => hides(type, parameter))) return []
    if (!bound && context !== 'patient') return [{ filter }]
    return asker.patient === undefined ? [] : [{ patient: asker.patient, filter }]
  })
}
