// The root fields of one resource type: what a page of FHIR's RESTful API is, in GraphQL. Each resolver is one line.
import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { resourceClasses } from '../schema/connection.ts'
import { CLASSES } from '../schema/generated/index.ts'
import type { Page } from '../src/interactions/search.ts'
import type { Context } from './context.ts'

export type ResourceName = keyof typeof CLASSES
type Given = Record<string, unknown>
const optional = { nullable: true }

/** Resolver classes for `Patient`, `PatientList`, `PatientConnection`, `PatientHistory`, `PatientCreate` … */
export function resourceResolvers(type: ResourceName) {
  const { output, input, search } = CLASSES[type]
  const { connection, edge, entry } = resourceClasses(type, output)

  @Resolver(() => output)
  class ResourceResolver {
    @Query(() => output, { name: type, nullable: true })
    read(
      @Arg('id', () => ID) id: string,
      @Arg('versionId', () => ID, optional) versionId: string | undefined,
      @Ctx() { records }: Context,
    ) {
      return records.read(type, id, versionId ?? undefined)
    }
    @Query(() => [output], { name: `${type}List`, nullable: true })
    list(@Args(() => search) given: Given, @Ctx() { records }: Context) {
      return records.list(type, given)
    }
    @Query(() => connection, { name: `${type}Connection`, nullable: true })
    connection(@Args(() => search) given: Given, @Ctx() { records }: Context) {
      return records.connection(type, given)
    }
    @Query(() => [entry], { name: `${type}History`, nullable: true })
    history(
      @Arg('id', () => ID) id: string,
      @Arg('_count', () => Int, optional) count: number | undefined,
      @Arg('_before', () => ID, optional) before: string | undefined,
      @Ctx() { records }: Context,
    ) {
      return records.history(type, id, count ?? undefined, before ?? undefined)
    }
    @Mutation(() => output, { name: `${type}Create`, nullable: true })
    create(@Arg('res', () => input) res: object, @Ctx() { records }: Context) {
      return records.create(type, res)
    }
    @Mutation(() => output, { name: `${type}Update`, nullable: true })
    update(
      @Arg('id', () => ID) id: string,
      @Arg('res', () => input) res: object,
      @Arg('ifMatch', () => String, optional) ifMatch: string | undefined,
      @Ctx() { records }: Context,
    ) {
      return records.update(type, id, res, ifMatch ?? undefined)
    }
    @Mutation(() => Boolean, { name: `${type}Delete`, nullable: true })
    delete(
      @Arg('id', () => ID) id: string,
      @Arg('ifMatch', () => String, optional) ifMatch: string | undefined,
      @Ctx() { records }: Context,
    ) {
      return records.delete(type, id, ifMatch ?? undefined)
    }
  }

  @Resolver(() => connection)
  class ConnectionResolver {
    @FieldResolver(() => Int, { nullable: true })
    count(@Root() page: Page) {
      return page.count()
    }
  }

  @Resolver(() => edge)
  class EdgeResolver {
    @FieldResolver(() => String)
    cursor(@Root() { cursor }: Page['edges'][number]) {
      return cursor()
    }
  }
  return [ResourceResolver, ConnectionResolver, EdgeResolver]
}
