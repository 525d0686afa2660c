// `resource` on Reference: what it points to, https://hl7.org/fhir/R4/graphql.html#references
import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { TARGETS } from '../schema/generated/references.ts'
import { FHIRCode } from '../schema/scalars.ts'
import type { Context } from './context.ts'

function referenceResolver(reference: new () => object, target: () => object) {
  @Resolver(() => reference)
  class ReferenceResolver {
    @FieldResolver(target as never, { nullable: true })
    resource(
      @Root() from: object,
      @Arg('optional', () => Boolean, { defaultValue: false }) optional: boolean,
      @Arg('type', () => FHIRCode, { nullable: true }) type: string | undefined,
      @Ctx() { records }: Context,
    ) {
      return records.resolve(from, type ? { optional, type } : { optional })
    }
  }
  return ReferenceResolver
}

export const referenceResolvers = TARGETS.map(([reference, target]) => referenceResolver(reference, target))
