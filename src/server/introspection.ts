// Introspection in production is for signed-in callers: the schema is public, but it is a map for those who attack.
// shield cannot guard `__schema` and `__type`, since they are no fields of Query. `__typename` stays free. Apollo plugin.
import type { ApolloServerPlugin, BaseContext } from '@apollo/server'
import { type DocumentNode, GraphQLError, visit } from 'graphql'
import type { Asker } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'

const INTROSPECTION = new Set(['__schema', '__type'])

// Apollo hands out the same document for the same text.
const known = new WeakMap<DocumentNode, boolean>()

/** Whether some field, under any alias and in any fragment, asks for the schema. */
export function introspects(document: DocumentNode): boolean {
  const found = known.get(document)
  if (found !== undefined) return found
  let asks = false
  visit(document, {
    Field({ name }) {
      if (INTROSPECTION.has(name.value)) asks = true
    },
  })
  known.set(document, asks)
  return asks
}

export function introspectionForSignedIn(development: boolean): ApolloServerPlugin<BaseContext & { asker?: Asker }> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ document, contextValue }) {
          if (development || contextValue.asker || !introspects(document)) return
          const originalError = new HealthChainError('unauthenticated', 'introspection', 'Sign in to read the schema.')
          throw new GraphQLError(originalError.message, {
            originalError,
            extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
          })
        },
      }
    },
  }
}
