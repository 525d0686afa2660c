// The rule set of the labelling service: one version, one list. A new version means that what is stored is labelled anew.
import { DEVELOPMENT } from './development.ts'
import { ELSEWHERE } from './elsewhere.ts'
import { GENETICS } from './genetics.ts'
import { HIV } from './hiv.ts'
import { PSYCHIATRIC } from './psychiatry.ts'
import type { LabelRule } from './rule.ts'
import { SEXUAL_HEALTH } from './sexual-health.ts'
import { SUBSTANCE_USE } from './substance-use.ts'
import { VIOLENCE } from './violence.ts'

export interface RuleSet {
  readonly version: string
  readonly rules: readonly LabelRule[]
}

const RULES = [...HIV, ...SUBSTANCE_USE, ...PSYCHIATRIC, ...DEVELOPMENT, ...VIOLENCE, ...SEXUAL_HEALTH, ...GENETICS]

export const RULE_SET: RuleSet = {
  version: '2026.11.4',
  rules: RULES.map((rule) => ({ ...rule, codes: { ...rule.codes, ...ELSEWHERE[rule.id] } })),
}
