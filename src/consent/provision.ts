// The tree of provisions -> flat rules. A nested provision inherits the context that it leaves out; of the data criteria
// it replaces all or none. Every rule stands for itself afterwards. Pure. IHE PCF, and decision record 0011.
import type { DateBounds } from '../fhir/dates.ts'
import { isObject } from '../kernel/json.ts'
import { ancestorsOf, PURPOSES } from '../kernel/purpose.ts'
import { asksOfData, type Context, contextOf, type Data, dataCriteriaOf, UNREADABLE } from './criteria.ts'
import { ALL } from './labels.ts'
import { ACTIONS, ANY_ACTION, type DataCriterion, type LabelMasks, type Rule } from './rule.ts'

type Node = Record<string, unknown>

/** A rule before it joins a policy. */
export interface ProvisionRule {
  readonly rule: Rule
  /** When the rule holds; absent: always. */
  readonly period: DateBounds | undefined
  /** `provision`, `provision.provision[1]`: for those who ask why. */
  readonly path: string
}

/** A provision with its effect settled; `node` gives the criteria. */
export interface Provision {
  readonly deny: boolean
  readonly depth: number
  readonly node: Node
  readonly path: string
  readonly nested: readonly Provision[]
  /** Stands for itself: inherits nothing. */
  readonly alone?: true
}

const NOTHING: LabelMasks = [0, 0, 0, 0, 0, 0]
const EVERYTHING: LabelMasks = [ALL, ALL, ALL, ALL, ALL, ALL]
const ANY_CONTEXT: Context = {
  period: undefined,
  purposes: undefined,
  glass: undefined,
  actors: undefined,
  actions: undefined,
}
/** Only by its name is break-glass heard. */
const EVERY_PURPOSE = [...PURPOSES.filter((code) => ancestorsOf(code).length === 1), 'BTG']
const ANY_DATA: Data = dataCriteriaOf({})

export const nestedNodes = (node: Node): Node[] =>
  Array.isArray(node.provision) ? node.provision.filter(isObject) : []

/** The tree below a typed root, as PCF writes it (dialect A). */
export function typedTree(node: Node, path = 'provision', depth = 0): Provision {
  const nested = nestedNodes(node).map((n, i) => typedTree(n, `${path}.provision[${i}]`, depth + 1))
  return { deny: node.type !== 'permit', depth, node, path, nested }
}

export function flatten(root: Provision, research: boolean): ProvisionRule[] {
  const rules: ProvisionRule[] = []
  const walk = (provision: Provision, context: Context, data: Data) => {
    const { deny, depth, path } = provision
    const mine = inherit(contextOf(provision.node), context)
    const own = dataCriteriaOf(provision.node)
    const asked = asksOfData(own) ? own : deny ? ANY_DATA : data
    rules.push({
      rule: makeRule(mine, asked, { deny, depth, research }),
      period: mine.period === UNREADABLE ? undefined : mine.period,
      path,
    })
    for (const inner of provision.nested) walk(inner, inner.alone ? ANY_CONTEXT : mine, inner.alone ? ANY_DATA : asked)
  }
  walk(root, ANY_CONTEXT, ANY_DATA)
  return rules
}

const inherit = (own: Context, parent: Context): Context => ({
  period: own.period ?? parent.period,
  purposes: own.purposes ?? parent.purposes,
  glass: own.purposes === undefined ? parent.glass : own.glass,
  actors: own.actors ?? parent.actors,
  actions: own.actions ?? parent.actions,
})

const unreadable = (criteria: object) => Object.values(criteria).includes(UNREADABLE)

/** What cannot be read grants nothing and denies all the same. */
function makeRule(context: Context, data: Data, head: Pick<Rule, 'deny' | 'depth' | 'research'>): Rule {
  const readable = <T>(value: T | typeof UNREADABLE) => (value === UNREADABLE ? undefined : value)
  const lost = !head.deny && (unreadable(context) || unreadable(data))
  const labels = readable(data.labels)
  // Class is one criterion: with one half unreadable nothing is left of it.
  const [types, profiles] = [readable(data.types), readable(data.profiles)]
  return {
    ...head,
    labels: lost ? NOTHING : labels ? labels[head.deny ? 'deny' : 'permit'] : EVERYTHING,
    actions: meant(readable(context.actions) ?? ANY_ACTION, head.deny),
    ...defined({
      purposes: readable(context.purposes) ?? (head.deny && context.glass ? EVERY_PURPOSE : undefined),
      ...readable(context.actors),
      types,
      profiles,
      codes: readable(data.codes),
      dataPeriod: readable(data.dataPeriod),
      data: widened(readable(data.data), head.deny),
    }),
  }
}

/** R4 and PCF read `related` differently: a deny means what the episode refers to and what refers to the episode. */
const widened = (data: DataCriterion | undefined, deny: boolean) =>
  data && deny && data.related.length > 0 ? { ...data, dependents: [...data.dependents, ...data.related] } : data

/** Nobody uses what they cannot read: whoever denies use denies access. */
const meant = (actions: number, deny: boolean) =>
  deny && (actions & ACTIONS.use) !== 0 ? actions | ACTIONS.access : actions

const defined = <T extends object>(criteria: T) =>
  Object.fromEntries(Object.entries(criteria).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
