// What holds where no consent is on file: the implicit policies of IHE PCF, per organisation that holds the data. Pure.
// https://profiles.ihe.net/ITI/PCF/volume-1.html (Policy-basic-normal, Policy-all-normal, Policy-break-glass-only, Policy-deny)
import type { Asker } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isKindOf } from '../kernel/purpose.ts'
import { NORMAL, RESTRICTED } from './labels.ts'

export const IMPLICIT_POLICIES = ['deny', 'basic-normal', 'all-normal', 'break-glass-only'] as const
export type ImplicitPolicy = (typeof IMPLICIT_POLICIES)[number]

export interface ImplicitPolicies {
  readonly byDefault: ImplicitPolicy
  /** Id of the Organization that holds the data -> its own. */
  readonly byCustodian: ReadonlyMap<string, ImplicitPolicy>
}

const isPolicy = (text: string): text is ImplicitPolicy => (IMPLICIT_POLICIES as readonly string[]).includes(text)

/** `basic-normal` or `basic-normal,org-1=deny,org-2=all-normal`. @throws HealthChainError incorrect for anything else. */
export function parseImplicit(text: string): ImplicitPolicies {
  let byDefault: ImplicitPolicy | undefined
  const byCustodian = new Map<string, ImplicitPolicy>()
  for (const part of text.split(',').map((p) => p.trim())) {
    const [, organisation, policy = ''] = /^(?:(?:Organization\/)?([A-Za-z0-9\-.]{1,64})=)?(.*)$/.exec(part) ?? []
    const known = isPolicy(policy) ? policy : undefined
    if (!known || (organisation === undefined && byDefault !== undefined)) throw refuse()
    if (organisation === undefined) byDefault = known
    else byCustodian.set(organisation, known)
  }
  // Exceptions without a rule: where nothing is said, nothing is allowed.
  return { byDefault: byDefault ?? 'deny', byCustodian }
}

const refuse = () =>
  new HealthChainError(
    'incorrect',
    'bad-config',
    `IMPLICIT_POLICY is one of ${IMPLICIT_POLICIES.join(', ')}, then exceptions such as ,ORGANIZATION=deny.`,
  )

const CLINICIANS: readonly string[] = ['practitioner', 'nurse', 'pharmacist']
const NEVER = ['HRESCH', 'HMARKT']

/** Highest confidentiality that the policy opens to this asker, or where the glass is broken lets be opened; -1: none. */
export function impliedLevel(policy: ImplicitPolicy, { role, purpose }: Pick<Asker, 'role' | 'purpose'>): number {
  // Policy-deny is `Deny all`, Policy-break-glass-only `Deny for all use, except` break-glass.
  if (purpose === 'BTG') return policy === 'deny' ? -1 : RESTRICTED
  if (NEVER.some((wider) => isKindOf(purpose, wider))) return -1
  if (policy === 'all-normal') return NORMAL
  return policy === 'basic-normal' && CLINICIANS.includes(role) && isKindOf(purpose, 'TREAT') ? NORMAL : -1
}
