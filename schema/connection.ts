// Per resource type: FHIR's connection with Relay's fields on it, its edge, and an entry of its history.
// https://hl7.org/fhir/R4/graphql.html#searching, https://relay.dev/graphql/connections.htm
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { FHIRCode, FHIRInstant } from './scalars.ts'

type Class = new () => object

@ObjectType('PageInfo', { simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean
  @Field(() => Boolean) hasPreviousPage!: boolean
  @Field(() => String, { nullable: true }) startCursor?: string
  @Field(() => String, { nullable: true }) endCursor?: string
}

export interface ResourceClasses {
  connection: Class
  edge: Class
  entry: Class
}

export function resourceClasses(type: string, output: Class): ResourceClasses {
  @ObjectType(`${type}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => String, { nullable: true }) mode?: string
    @Field(() => Float, { nullable: true }) score?: number
    @Field(() => output, { nullable: true }) resource?: object
    @Field(() => output, { nullable: true }) node?: object
  }

  @ObjectType(`${type}Connection`, { simpleResolvers: true })
  class Connection {
    @Field(() => Int, { nullable: true }) offset?: number
    @Field(() => Int, { nullable: true }) pagesize?: number
    @Field(() => ID, { nullable: true }) first?: string
    @Field(() => ID, { nullable: true }) previous?: string
    @Field(() => ID, { nullable: true }) next?: string
    @Field(() => ID, { nullable: true }) last?: string
    @Field(() => [Edge], { nullable: true }) edges?: Edge[]
    @Field(() => PageInfo) pageInfo!: PageInfo
  }

  @ObjectType(`${type}HistoryEntry`, { simpleResolvers: true })
  class Entry {
    @Field(() => ID) versionId!: string
    @Field(() => FHIRInstant) lastUpdated!: string
    @Field(() => FHIRCode, { description: 'create, update or delete' }) operation!: string
    @Field(() => output, { nullable: true }) resource?: object
  }
  return { connection: Connection, edge: Edge, entry: Entry }
}
