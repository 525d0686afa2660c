// The second wall: every row that a statement found is judged again here, by the compiled rules, before it leaves. A row
// that the statement told and the rules do not is a fault of ours: nothing of the answer leaves then.
import { type Facts, factsOf, factWords } from '../consent/facts.ts'
import type { Hearing } from '../consent/hearing.ts'
import { Judge, type Verdict } from '../consent/judge.ts'
import type { Links } from '../consent/matches.ts'
import type { ReadScope } from '../consent/read-scope.ts'
import { ACTIONS, type Rule } from '../consent/rule.ts'
import { isAdmitted, isTold } from '../consent/told.ts'
import { linkContained, parseLocalReference } from '../fhir/references.ts'
import type { Right } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { readStored } from '../kernel/json.ts'
import type { StoredRow } from '../search/compile.ts'
import { clinicalOf } from '../search/index-row.ts'
import { searchTable } from '../search/parameters.ts'
import { readPolicies } from './consent/policies.ts'
import type { Session } from './database.ts'
import type { View } from './view.ts'

export type Resource = Record<string, unknown> & { resourceType: string; id: string }

/** Resources of the rows, in their order, masked for the caller. @throws HealthChainError fault (second-wall) */
export async function disclose(
  session: Session,
  rows: readonly StoredRow[],
  view: View,
  right: Right,
): Promise<Resource[]> {
  const resources = rows.map(({ content, lossless }) => readStored(content, lossless) as Resource)
  if (!view.scope.everything && rows.length > 0) await judge(session, rows, resources, view, right)
  return resources.map((resource) => {
    const seen = view.mask(resource) as Resource
    linkContained(seen)
    return seen
  })
}

async function judge(
  session: Session,
  rows: readonly StoredRow[],
  resources: readonly Resource[],
  view: View,
  right: Right,
): Promise<void> {
  const policies = await readPolicies(session, new Set(rows.flatMap(({ policy }) => policy ?? [])))
  const links = await linksFor(session, rows, resources, policies, view.scope)
  for (const [i, resource] of resources.entries()) {
    const { custodian, policy } = rows[i]!
    const facts = settled(resource, custodian)
    const rules = policy === null ? undefined : policies.get(policy)
    if (policy !== null && !rules) throw disagreement()
    if (
      !isAdmitted(view.scope, facts, right) ||
      !isTold(view.scope, facts, rules && verdictFor(view.scope, policy!, rules, facts, links))
    )
      throw disagreement()
    view.told(facts)
  }
}

const disagreement = () =>
  new HealthChainError('fault', 'second-wall', 'Something went wrong on the server; it has been logged.')

export function settled(resource: Resource, custodian: string | null): Facts {
  const clinical = clinicalOf(resource)
  return factsOf(resource, { ...(custodian !== null && { custodian }), ...(clinical && { clinical }) })
}

// Compiled rules outlive the request: they depend on the policy and on how the asker is heard, and both never change.
const judges = new WeakMap<Hearing, Map<string, Judge>>()
const JUDGES_MAX = 5000

export function judgeFor(
  { hearing, emergencies }: ReadScope,
  policy: string,
  rules: readonly Rule[],
  type: string,
): Judge {
  const mine = judges.get(hearing) ?? new Map<string, Judge>()
  judges.set(hearing, mine)
  const key = `${type} ${policy}`
  const known = mine.get(key)
  if (known) return known
  // An emergency passes over every rule but those that name break-glass itself.
  const made = emergencies
    ? new Judge(
        rules.filter(({ purposes }) => purposes !== undefined),
        { ...hearing, purposes: ['BTG'] },
        type,
      )
    : new Judge(rules, hearing, type)
  if (mine.size >= JUDGES_MAX) mine.clear()
  mine.set(key, made)
  return made
}

function verdictFor(scope: ReadScope, policy: string, rules: readonly Rule[], facts: Facts, links: Links): Verdict {
  const own = scope.hearing.organisation !== undefined && facts.custodian === scope.hearing.organisation
  const actions = own ? ACTIONS.access : ACTIONS.access | ACTIONS.disclose
  return judgeFor(scope, policy, rules, facts.type).verdict(() => ({ facts, actions, links }))
}

/** What the resources that `related` rules name refer to. Rare: most policies name none. */
async function linksFor(
  session: Session,
  rows: readonly StoredRow[],
  resources: readonly Resource[],
  policies: ReadonlyMap<string, readonly Rule[]>,
  scope: ReadScope,
): Promise<Links> {
  const asked = new Set<string>()
  for (const [i, { policy }] of rows.entries()) {
    const rules = policy === null ? undefined : policies.get(policy)
    if (!rules) continue
    for (const reference of judgeFor(scope, policy!, rules, resources[i]!.resourceType).related) asked.add(reference)
  }
  return readLinks(session, asked)
}

export async function readLinks(session: Session, references: Iterable<string>): Promise<Links> {
  const found = new Map<string, ReadonlySet<string>>()
  const byType = Map.groupBy(
    [...references].flatMap((text) => parseLocalReference(text) ?? []),
    ({ type }) => type,
  )
  for (const [type, addresses] of byType) {
    const rows = await session.query<{ id: string; content: string }>({
      sql: `select id, content from "${searchTable(type).table}" where id = any($1::text[]) and not deleted`,
      parameters: [addresses.map(({ id }) => id)],
    })
    for (const { id, content } of rows) found.set(`${type}/${id}`, linked(JSON.parse(content)))
  }
  return (reference) => found.get(reference) ?? new Set()
}

const linked = (resource: Record<string, unknown>): ReadonlySet<string> =>
  new Set([...factWords(resource)].flatMap((word) => (word.startsWith('l|') ? [word.slice(2)] : [])))
