// The decision, written as the rule is told: one view of the resource for each of its sensitivities, each consent asked in
// turn, the deepest matching rule speaking for it, any deny over any permit. Slow, with reasons; it is the oracle that the
// statement and the judge are held to, and what explains a decision to people. Pure. Decision record 0011.
import { altered, type Facts } from './facts.ts'
import { type Hearing, hears } from './hearing.ts'
import { sensitivityCodes } from './labels.ts'
import { type Links, matches } from './matches.ts'
import { heardAt } from './policy.ts'
import type { ProvisionRule } from './provision.ts'
import type { ConsentRules } from './read-consent.ts'
import type { ReadScope } from './read-scope.ts'
import { isTold } from './told.ts'

export type Effect = 'permit' | 'deny'

export interface Reason {
  readonly effect: Effect
  /** `Consent/1/_history/2`; absent where no consent decided. */
  readonly consent?: string
  /** Path of the provision: `provision.provision[1]`. */
  readonly path?: string
  /** `consent`, `law`, `own-record`, `implicit-policy`, `no-consent`, `emergency`, `directory`. */
  readonly by: string
  /** The sensitivity that this reason is about; absent: the resource as such. */
  readonly sensitivity?: string
}

export interface Decision {
  readonly effect: Effect
  readonly because: readonly Reason[]
}

export interface Question {
  readonly scope: ReadScope
  readonly facts: Facts
  /** Bits of src/consent/rule.ts. */
  readonly actions: number
  readonly at: number
  readonly links: Links
}

interface Spoken {
  readonly effect: Effect
  readonly consent: ConsentRules
  readonly rule: ProvisionRule
}

const within = ({ low, high }: { low: number; high: number }, at: number) => low <= at && at < high

/** What one consent says of one view, if anything. */
function speak(consent: ConsentRules, view: Facts, question: Question, hearing: Hearing): Spoken | undefined {
  const matching = consent.rules.filter(({ rule, period }) => {
    return (
      (!period || within(period, question.at)) &&
      hears(rule, hearing, view.type) &&
      (rule.labels[view.confidentiality]! & view.sensitivity) !== 0 &&
      matches(rule, { facts: view, actions: question.actions, links: question.links })
    )
  })
  const depth = Math.max(...matching.map(({ rule }) => rule.depth))
  const deepest = matching.filter(({ rule }) => rule.depth === depth)
  const speaker = deepest.find(({ rule }) => rule.deny) ?? deepest[0]
  return speaker && { effect: speaker.rule.deny ? 'deny' : 'permit', consent, rule: speaker }
}

/** `facts` once for each of its sensitivities. */
function views(facts: Facts): Facts[] {
  const bits = [...Array(31).keys()].map((n) => 1 << n).filter((bit) => (facts.sensitivity & bit) !== 0)
  return bits.map((sensitivity) => altered(facts, { sensitivity }))
}

const named = ({ sensitivity }: Facts) => {
  const [code] = sensitivityCodes(sensitivity)
  return code === undefined ? {} : { sensitivity: code }
}

function decideView(question: Question, view: Facts, heard: readonly ConsentRules[]): Reason[] {
  const { scope } = question
  const emergency = scope.emergencies !== undefined
  const { hearing } = scope
  const asked = heard.filter(({ rules }) => rules.some(({ rule }) => !rule.research || hearing.research))
  const spoken = asked.flatMap((consent) => speak(consent, view, question, hearing) ?? [])
  const reason = ({ effect, consent, rule }: Spoken): Reason => ({
    effect,
    by: 'consent',
    consent: consent.reference,
    path: rule.path,
    ...named(view),
  })
  const denies = spoken.filter(({ effect }) => effect === 'deny')
  const permits = spoken.filter(({ effect }) => effect === 'permit')
  const onFile = asked.some(({ rules }) => rules.some(({ rule }) => rule.depth === 0 && !rule.deny))
  // The one step that all readings share says what follows from silence.
  const verdict = {
    open: view.sensitivity && permits.length > 0 && denies.length === 0 ? filled(view.sensitivity) : filled(0),
    shut: denies.length > 0 ? filled(view.sensitivity) : filled(0),
    onFile,
  }
  const told = isTold(scope, view, verdict)
  if (denies.length > 0 && !told) return denies.map(reason)
  if (permits.length > 0 && told && !emergency && view.patient !== scope.own) return permits.map(reason)
  return [{ effect: told ? 'permit' : 'deny', by: unspoken(scope, view, told, onFile), ...named(view) }]
}

const filled = (mask: number): number[] => Array(6).fill(mask)

function unspoken(scope: ReadScope, view: Facts, told: boolean, onFile: boolean): string {
  if (view.patient === undefined) return 'directory'
  if ((view.sensitivity & scope.law.denied) !== 0) return 'law'
  if (scope.emergencies) return 'emergency'
  if (told) return view.patient === scope.own ? 'own-record' : 'implicit-policy'
  if (onFile) return 'no-consent'
  return (view.sensitivity & scope.law.explicit) !== 0 ? 'law' : 'implicit-policy'
}

/** Whether the resource may be told, and every reason: all of its views must be permitted. */
export function decide(question: Question, consents: readonly ConsentRules[]): Decision {
  const heard = heardAt(consents, question.at)
  const because = views(question.facts).flatMap((view) => decideView(question, view, heard))
  const denied = because.filter(({ effect }) => effect === 'deny')
  return denied.length > 0 ? { effect: 'deny', because: denied } : { effect: 'permit', because }
}
