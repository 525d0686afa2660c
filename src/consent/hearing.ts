// How consents hear an asker: as purposes and recipients that rules can name. Pure.
import type { Asker } from '../kernel/asker.ts'
import { ancestorsOf, isKindOf } from '../kernel/purpose.ts'
import type { Rule } from './rule.ts'

export interface Hearing {
  /** The purpose and all that it is a kind of. */
  readonly purposes: readonly string[]
  readonly research: boolean
  /** Everyone whom a rule may name and mean this asker. */
  readonly recipients: readonly string[]
  /** Id of the asker's organisation. */
  readonly organisation?: string
  /** Only rules that name the purpose itself: an emergency passes over all others. */
  readonly byName?: true
}

// Rules are compiled for a hearing, so an asker keeps theirs.
const hearings = new WeakMap<Asker, Hearing>()

export function hearingOf(asker: Asker): Hearing {
  const known = hearings.get(asker) ?? makeHearing(asker)
  hearings.set(asker, known)
  return known
}

function makeHearing(asker: Asker): Hearing {
  const { user, groups, organisation, partOf = [], role, patient, purpose } = asker
  const recipients = [user, ...groups]
  // A department is its hospital too: who names the hospital means all of it, for and against.
  for (const id of organisation === undefined ? [] : [organisation, ...partOf]) recipients.push(`Organization/${id}`)
  if (role === 'patient' && patient !== undefined) recipients.push(`Patient/${patient}`)
  return {
    purposes: purpose === 'BTG' ? ['BTG'] : ancestorsOf(purpose),
    research: isKindOf(purpose, 'HRESCH'),
    recipients: [...new Set(recipients)],
    ...(organisation !== undefined && { organisation }),
    ...(purpose === 'BTG' && { byName: true as const }),
  }
}

/** Whether the rule speaks of who asks, for what, and of this type of resource at all. */
export const hears = (rule: Rule, { purposes, recipients, research, byName }: Hearing, type: string): boolean =>
  (!rule.research || research) &&
  (rule.purposes ? rule.purposes.some((p) => purposes.includes(p)) : !byName) &&
  (!rule.recipients || rule.recipients.some((r) => recipients.includes(r))) &&
  (!rule.types || rule.types.includes(type) || rule.profiles !== undefined)
