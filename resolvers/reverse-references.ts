// Reverse references: on every resource type a list field per type that may refer to it.
// https://hl7.org/fhir/R4/graphql.html#reverse
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { CLASSES } from '../schema/generated/index.ts'
import type { Context } from './context.ts'
import type { ResourceName } from './resource.ts'

type Given = Record<string, unknown> & { _reference: string }

/** `ObservationList(_reference: subject)` and its like, for `sources` that refer to `target`. */
export function reverseReferences(target: ResourceName, sources: readonly ResourceName[]) {
  @Resolver(() => CLASSES[target].output)
  class ReverseReferences {}

  for (const source of sources) {
    const name = `${source}List`
    const value = (parent: object, given: Given, { records }: Context) => records.referring(source, parent, given)
    const home = ReverseReferences.prototype
    Object.defineProperty(home, name, { value, configurable: true })
    FieldResolver(() => [CLASSES[source].output], { nullable: true })(home, name, { value })
    Root()(home, name, 0)
    Args(() => CLASSES[source].reverse)(home, name, 1)
    Ctx()(home, name, 2)
  }
  return ReverseReferences
}
