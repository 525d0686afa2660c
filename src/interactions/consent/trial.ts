// One asker and one record, before and after a consent: which resources they gain sight of, and which they lose.
import type { Facts } from '../../consent/facts.ts'
import { LEVELS, sensitivityCodes } from '../../consent/labels.ts'
import type { Links } from '../../consent/matches.ts'
import { admissions } from '../../consent/read-scope.ts'
import { mayAsk } from '../../consent/role-matrix.ts'
import { isAdmitted } from '../../consent/told.ts'
import type { Asker } from '../../kernel/asker.ts'
import { type Heard, outlookOf, type Policies, teller } from './policies.ts'
import type { Slices } from './slices.ts'

export interface Change {
  /** Absent where the asker may not read the patient's audit events. */
  readonly who?: { readonly reference: string }
  readonly organisation?: { readonly reference: string }
  readonly role: string
  readonly purpose: string
  readonly type: string
  readonly labels: readonly string[]
  readonly before: boolean
  readonly after: boolean
  resources: number
}

export interface Trial {
  readonly asker: Asker
  readonly patient: string
  readonly policies: Policies
  readonly before: Heard
  readonly after: Heard
  readonly links: Links
  readonly named: boolean
}

/** Adds what the asker gains and loses. @throws HealthChainError too-costly (cut) */
export async function compare(
  trial: Trial,
  record: readonly Facts[],
  into: Map<string, Change>,
  slices: Slices,
): Promise<void> {
  const { asker, patient, before, after, links } = trial
  const { scope } = outlookOf(asker, trial.policies, patient)
  const [tellsBefore, tellsAfter] = [teller(scope, before, links), teller(scope, after, links)]
  for (const facts of record) {
    if (slices.due) await slices.turn()
    if (!mayAsk(asker, facts.type, 'r').allowed || !isAdmitted(admissions(scope, facts.type, 'r'), facts)) continue
    const [then, thereafter] = [tellsBefore(facts), tellsAfter(facts)]
    if (then === thereafter) continue
    const change = changeOf(trial, facts, then, thereafter)
    const key = JSON.stringify(change)
    const known = into.get(key)
    if (known) known.resources++
    else into.set(key, { ...change, resources: 1 })
  }
}

function changeOf({ asker, named }: Trial, facts: Facts, before: boolean, after: boolean): Omit<Change, 'resources'> {
  const { user, organisation, role, purpose } = asker
  const labels = [LEVELS[facts.confidentiality]!, ...sensitivityCodes(facts.sensitivity)]
  return {
    ...(named && { who: { reference: user } }),
    ...(named && organisation !== undefined && { organisation: { reference: `Organization/${organisation}` } }),
    ...{ role, purpose, type: facts.type, labels, before, after },
  }
}
