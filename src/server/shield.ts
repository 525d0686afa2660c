// graphql-shield around the root fields of the schema: the only place that loads it. Nested fields are not wrapped; what
// they tell is decided by ReadScope inside the statement.
import { createRequire } from 'node:module'
import util from 'node:util'
import type { GraphQLSchema } from 'graphql'
import { type Gate, permissions, type Toolkit } from '../../resolvers/permissions.ts'
import { OPERATIONS } from '../consent/role-matrix/operations.ts'
import { mayAsk, mayOperate } from '../consent/role-matrix.ts'
import { RESOURCE_TYPES } from '../fhir/generated/types.ts'
import { HealthChainError } from '../kernel/errors.ts'

type FieldMiddleware = Readonly<Record<string, unknown>>
interface Shield extends Toolkit {
  shield(
    rules: ReturnType<typeof permissions>,
    options: Record<string, unknown>,
  ): {
    generate(schema: GraphQLSchema): Readonly<Record<string, FieldMiddleware>>
  }
}
interface Middleware {
  applyMiddleware(schema: GraphQLSchema, wrapped: Record<string, FieldMiddleware>): GraphQLSchema
}

/** Their ESM builds do not load: shield's calls util.isUndefined, which Node dropped, and both must share one copy. */
function load(): Shield & Middleware {
  const node = util as { isUndefined?: (value: unknown) => boolean }
  node.isUndefined ??= (value) => value === undefined
  const require = createRequire(import.meta.url)
  return { ...(require('graphql-shield') as Shield), ...(require('graphql-middleware') as Middleware) }
}
export const { shield, rule, deny, applyMiddleware } = load()

const fieldsOf = (schema: GraphQLSchema, root: 'Query' | 'Mutation') =>
  Object.keys(schema.getType(root) ? ((schema.getType(root) as { getFields?(): object }).getFields?.() ?? {}) : {})

export const gateOf = (schema: GraphQLSchema): Gate => ({
  types: RESOURCE_TYPES,
  fields: { Query: fieldsOf(schema, 'Query'), Mutation: fieldsOf(schema, 'Mutation') },
  operations: OPERATIONS,
  mayAsk,
  mayOperate,
})

/** The schema with a rule before every root field; needs `asker` on a context of its own for each request. */
export function guard(schema: GraphQLSchema): GraphQLSchema {
  const fallbackError = new HealthChainError(
    'forbidden',
    'no-rule',
    'Nobody may ask for this field: no rule allows it.',
  )
  const { Query, Mutation } = shield(permissions({ rule, deny }, gateOf(schema)), {
    fallbackRule: deny,
    fallbackError,
    // Errors of resolvers pass as they are, and a rule that breaks is a fault that the log shows: formatError masks both.
    debug: true,
    allowExternalErrors: true,
  }).generate(schema)
  return applyMiddleware(schema, { ...(Query && { Query }), ...(Mutation && { Mutation }) })
}
