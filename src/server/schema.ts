// The executable schema: generated classes, the resolver factory for each type, unions told apart without a promise.
import 'reflect-metadata'
import { type GraphQLSchema, isUnionType } from 'graphql'
import { buildSchema } from 'type-graphql'
import { AccessHistoryOperations } from '../../resolvers/access-history.ts'
import { ConsentOperations } from '../../resolvers/consent.ts'
import { EmergencyOperations } from '../../resolvers/emergency.ts'
import { ErasureOperations, ErasuresResolver } from '../../resolvers/erasure.ts'
import { LogEntryResolver, ProvenanceLogOperations, provenanceResolver } from '../../resolvers/provenance-log.ts'
import { referenceResolvers } from '../../resolvers/references.ts'
import { type ResourceName, resourceResolvers } from '../../resolvers/resource.ts'
import { reverseReferences } from '../../resolvers/reverse-references.ts'
import { byResourceType } from '../../schema/resource-type.ts'
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import { RESOURCE_TYPES } from '../fhir/generated/types.ts'

/** Types with a reference parameter that may point to `target`. */
const sourcesOf = (target: string): ResourceName[] =>
  RESOURCE_TYPES.filter((type) => Object.values(SEARCH[type]!.parameters).some((p) => p.targets?.includes(target)))

const operations = [
  ConsentOperations,
  EmergencyOperations,
  ErasureOperations,
  ErasuresResolver,
  AccessHistoryOperations,
  ProvenanceLogOperations,
  LogEntryResolver,
]

export async function makeSchema(): Promise<GraphQLSchema> {
  const classes = RESOURCE_TYPES.flatMap((type) => [
    ...resourceResolvers(type),
    reverseReferences(type, sourcesOf(type)),
    provenanceResolver(type),
  ])
  const [first, ...rest] = [...referenceResolvers, ...classes, ...operations]
  const schema = await buildSchema({ resolvers: [first!, ...rest], validate: false })
  // type-graphql makes resolveType async, which the compiled executor cannot take.
  for (const type of Object.values(schema.getTypeMap())) if (isUnionType(type)) type.resolveType = byResourceType
  return schema
}
