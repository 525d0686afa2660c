// A policy's rules -> rows of policy_rule. Pure. What a row of a resource holds as hashes, rules hold as hashes too.
import { authorWord, linkWord, profileWord } from '../../consent/facts.ts'
import { isDynamic, type Rule } from '../../consent/rule.ts'
import { hash64 } from '../../kernel/hash.ts'
import { timestamp } from '../../search/types/date.ts'

const hashes = (list: readonly string[] | undefined, word: (text: string) => string) =>
  list?.map((text) => hash64(word(text))) ?? null

export function policyRows(policy: number, rules: readonly Rule[]): object[] {
  return rules.map((rule, position) => ({ policy, position, ...ruleRow(rule) }))
}

function ruleRow(rule: Rule): object {
  const [u, l, m, n, r, v] = rule.labels
  const { data, dataPeriod } = rule
  return {
    depth: rule.depth,
    deny: rule.deny,
    research: rule.research,
    purposes: rule.purposes ?? null,
    recipients: rule.recipients ?? null,
    types: rule.types ?? null,
    ...{ u, l, m, n, r, v },
    dynamic: isDynamic(rule),
    actions: rule.actions,
    custodians: rule.custodians ?? null,
    facts: hashes(rule.codes, (code) => `c|${code}`),
    authors: hashes(rule.authors, authorWord),
    profiles: hashes(rule.profiles, profileWord),
    instances: data?.instances ?? null,
    // What somebody wrote and what refers to something: words of the resource, one of either is enough.
    dependents: data ? [...hashes(data.dependents, linkWord)!, ...hashes(data.authors, authorWord)!] : null,
    related: data && data.related.length > 0 ? data.related : null,
    timed: dataPeriod !== undefined,
    data_from: dataPeriod ? timestamp(dataPeriod.from ?? -Infinity) : null,
    data_until: dataPeriod ? timestamp(dataPeriod.until ?? Infinity) : null,
  }
}
