// Runs operations: queries compiled once by graphql-jit and kept, mutations and what cannot be compiled by graphql-js.
import type { GraphQLRequestContext } from '@apollo/server'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'

type Compiled = CompiledQuery | 'seen' | 'uncompilable'

export type Run<Context> = (
  request: GraphQLRequestContext<Context & object>,
  operation: OperationDefinitionNode,
) => Promise<ExecutionResult>

export function runner<Context extends object>(schema: GraphQLSchema): Run<Context> {
  const compiledQuery = compiler(schema)
  // graphql-jit unrolls recursive input types until memory ends: what takes objects as variables is never compiled.
  const takesObjects = ({ variableDefinitions = [] }: OperationDefinitionNode) =>
    variableDefinitions.some(({ type }) => isInputObjectType(getNamedType(typeFromAST(schema, type))))

  return async ({ document, contextValue, request, operationName }, operation) => {
    const variableValues = request.variables ?? {}
    const compiles = operation.operation === 'query' && !takesObjects(operation)
    const { query } = (compiles && compiledQuery(document!, operationName ?? null)) || {}
    if (query) return (await query({}, contextValue, variableValues)) as ExecutionResult
    return execute({
      schema,
      document: document!,
      contextValue,
      variableValues,
      operationName: operationName ?? null,
    })
  }
}

/** A document is compiled the second time it comes: most that come once never come again. */
function compiler(schema: GraphQLSchema): (document: DocumentNode, name: string | null) => CompiledQuery | undefined {
  // Apollo's document store hands out the same document for the same text and bounds how many it keeps.
  const compiled = new WeakMap<DocumentNode, Map<string, Compiled>>()
  return (document, name) => {
    const byName = compiled.get(document) ?? new Map<string, Compiled>()
    compiled.set(document, byName)
    const key = name ?? ''
    const known = byName.get(key)
    if (known === undefined) byName.set(key, 'seen')
    if (known === undefined || known === 'uncompilable') return undefined
    if (known !== 'seen') return known
    const options = { disableLeafSerialization: true, disablingCapturingStackErrors: true }
    const made = compileQuery(schema, document, name ?? undefined, options)
    byName.set(key, isCompiledQuery(made) ? made : 'uncompilable')
    return isCompiledQuery(made) ? made : undefined
  }
}
