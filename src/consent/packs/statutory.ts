// What law says to one asker before any data is seen: masks that the decision and the SQL statement share. Pure.
import type { Asker } from '../../kernel/asker.ts'
import { ancestorsOf, isPurpose } from '../../kernel/purpose.ts'
import { ALL, sensitivityMask } from '../labels.ts'
import type { JurisdictionPack, LawEffect, Obligation, PackRule, Reach } from './pack.ts'

export interface Reason {
  /** Id of the rule, and the version of its pack: `hipaa/research@2026.11.1`. */
  readonly rule: string
  /** Sensitivities that the rule is about; ALL for all data. */
  readonly mask: number
  readonly effect: LawEffect
  readonly says: string
  readonly source: string
}

export interface Statutory {
  /** No consent opens these. */
  readonly denied: number
  /** Only a consent's own permit opens these. */
  readonly explicit: number
  readonly neverByEmergency: number
  readonly onlyDocumentedEmergency: number
  /** The patient's own record is open to the patient, but for what is denied. */
  readonly ownRecord: boolean
  /** Of this asker; those with sensitivities bind only with such data. */
  readonly obligations: readonly Obligation[]
  readonly because: readonly Reason[]
}

/** `doubtful`: whether a purpose that nobody knows is among those named. */
function reaches({ purposes, exceptPurposes, roles, exceptRoles }: Reach, asker: Asker, doubtful: boolean): boolean {
  const asked = ancestorsOf(asker.purpose)
  const named = (list: readonly string[]) => asked.some((purpose) => list.includes(purpose))
  if (purposes && !(isPurpose(asker.purpose) ? named(purposes) : doubtful)) return false
  if (exceptPurposes && (isPurpose(asker.purpose) ? named(exceptPurposes) : !doubtful)) return false
  if (roles && !roles.includes(asker.role)) return false
  return !exceptRoles?.includes(asker.role)
}

const isOwn = ({ role, patient }: Asker): boolean => role === 'patient' && patient !== undefined

/** What forbids holds in doubt, what permits does not. */
const applies = (rule: PackRule, asker: Asker): boolean =>
  reaches(rule, asker, rule.effect !== 'permit') && (rule.own !== true || isOwn(asker))

const maskOf = ({ sensitivities }: PackRule): number =>
  sensitivities === undefined ? ALL : sensitivities.reduce((mask, code) => mask | sensitivityMask(code), 0)

/** The part that can be settled before any data is seen. No pack takes back what another forbids. */
export function statutory(asker: Asker, packs: readonly JurisdictionPack[]): Statutory {
  const holding = packs.flatMap(({ version, rules }) =>
    rules.filter((rule) => applies(rule, asker)).map((rule) => ({ rule, version, mask: maskOf(rule) })),
  )
  const over = (test: (rule: PackRule) => boolean): number =>
    holding.reduce((all, { rule, mask }) => (test(rule) ? all | mask : all), 0)
  return {
    denied: over(({ effect }) => effect === 'deny'),
    explicit: over(({ effect }) => effect === 'explicit'),
    neverByEmergency: over(({ breakGlass }) => breakGlass === 'never'),
    onlyDocumentedEmergency: over(({ breakGlass }) => breakGlass === 'emergency'),
    ownRecord: holding.some(({ rule }) => rule.effect === 'permit' && rule.own === true),
    obligations: packs.flatMap(({ obligations }) => obligations.filter((each) => reaches(each, asker, true))),
    because: holding.map(({ rule: { id, effect, says, source }, version, mask }) => ({
      rule: `${id}@${version}`,
      mask,
      effect,
      says,
      source,
    })),
  }
}
