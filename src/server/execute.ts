// Executes operations: queries compiled once by graphql-jit and kept, mutations by graphql-js. An Apollo plugin.
import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server'
import { HeaderMap } from '@apollo/server'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import type { Context } from '../../resolvers/context.ts'
import { challengeFor } from '../auth/bearer.ts'
import type { Interaction } from '../interactions/context.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { disclosureOf } from './disclosure.ts'
import { errorAnswer, formatError, origin, refusalStatus } from './errors.ts'
import { inputIssues } from './input-issues.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

export interface RequestContext extends Context {
  /** Repeated keys in the request body, as paths. */
  readonly duplicates: readonly (string | number)[][]
  readonly interaction: Interaction
}

type Compiled = CompiledQuery | 'seen' | 'uncompilable'

export function executor(schema: GraphQLSchema, log: Logger, metrics: Metrics): ApolloServerPlugin<RequestContext> {
  // Apollo's document store hands out the same document for the same text and bounds how many it keeps.
  const compiled = new WeakMap<DocumentNode, Map<string, Compiled>>()

  /** A document is compiled the second time it comes: most that come once never come again. */
  function compiledQuery(document: DocumentNode, name: string | null): CompiledQuery | undefined {
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

  // graphql-jit unrolls recursive input types until memory ends: what takes objects as variables is never compiled.
  const takesObjects = ({ variableDefinitions = [] }: OperationDefinitionNode) =>
    variableDefinitions.some(({ type }) => isInputObjectType(getNamedType(typeFromAST(schema, type))))

  async function run(
    request: GraphQLRequestContext<RequestContext>,
    operation: OperationDefinitionNode,
  ): Promise<ExecutionResult> {
    const { document, contextValue } = request
    const variableValues = request.request.variables ?? {}
    const compiles = operation.operation === 'query' && !takesObjects(operation)
    const query = compiles ? compiledQuery(document!, request.operationName ?? null) : undefined
    if (query) return (await query.query({}, contextValue, variableValues)) as ExecutionResult
    return execute({
      schema,
      document: document!,
      contextValue,
      variableValues,
      operationName: request.operationName ?? null,
    })
  }

  const alarm = (fault: HealthChainError) => {
    metrics.wallDisagreed()
    log.fault(fault)
  }

  return {
    // Apollo answers these by itself, masked, and tells only its own logger.
    async unexpectedErrorProcessingRequest({ error }) {
      log.fault(error)
    },
    async requestDidStart() {
      return {
        async responseForOperation(request) {
          const { operation } = request
          if (!operation) return null
          const refused = checkDuplicates(request, operation)
          const result = refused ?? (await run(request, operation))
          const uncoerced = result.data === undefined
          const answer = uncoerced && !refused ? (betterAnswer(request, operation) ?? result) : result
          const errors = answer.errors?.map((error) =>
            error instanceof GraphQLError ? formatError(error, log) : error,
          )
          const { data } = answer
          const extensions = { ...answer.extensions, ...disclosureOf(schema, request) }
          const untold = await settled(request.contextValue.interaction, answer.errors ?? [], alarm)
          const singleResult = untold ?? {
            ...(errors && { errors }),
            ...(uncoerced ? {} : { data: data ?? null }),
            ...(Object.keys(extensions).length > 0 && { extensions }),
          }
          const status = uncoerced ? 400 : refusalStatus(singleResult)
          metrics.answered(untold ? 'failed' : status === undefined ? 'told' : 'refused')
          return {
            http: { headers: challenge(status, answer.errors ?? []), ...(status !== undefined && { status }) },
            body: { kind: 'single', singleResult },
          }
        },
        // A document that GraphQL refused: if a resource in it stands as a literal, all that FHIR says of it.
        async willSendResponse({ document, operation, request, response }) {
          if (operation || !document || response.body.kind !== 'single') return
          const asked = getOperationAST(document, request.operationName)
          const error = asked && inputIssues(asked, request.variables ?? {}, [])
          if (error) response.body.singleResult = errorAnswer(error)
        },
      }
    },
  }
}

/** Where variables did not fit their types: every fault of the resources among them, instead of GraphQL's first ones. */
function betterAnswer({ request }: GraphQLRequestContext<RequestContext>, operation: OperationDefinitionNode) {
  const error = inputIssues(operation, request.variables ?? {}, [])
  return error && (errorAnswer(error) as ExecutionResult)
}

/** A request whose body names a key twice is refused before anything runs: which of the two was meant? */
function checkDuplicates(
  { request, contextValue }: GraphQLRequestContext<RequestContext>,
  operation: OperationDefinitionNode,
) {
  const { duplicates } = contextValue
  if (duplicates.length === 0) return undefined
  return errorAnswer(inputIssues(operation, request.variables ?? {}, duplicates)!) as ExecutionResult
}

/** What was told is written down before it is told. Undefined when that is done; else the answer that takes its place. */
async function settled({ trail }: Interaction, errors: readonly unknown[], alarm: (fault: HealthChainError) => void) {
  const causes = errors.map(origin).filter((cause) => cause instanceof HealthChainError)
  for (const cause of causes)
    if (['forbidden', 'unauthenticated'].includes(cause.category) || cause.code === 'second-wall') trail.refused(cause)
  try {
    await trail.settle()
  } catch (error) {
    if (error instanceof HealthChainError) return errorAnswer(error)
    throw error
  }
  // The two walls disagree: nothing that the same request found may leave either.
  const wall = causes.find(({ code }) => code === 'second-wall')
  if (wall) alarm(wall)
  return wall && errorAnswer(wall)
}

/** What a caller must bring to be let in: a token, or a second factor (RFC 9470). */
function challenge(status: number | undefined, errors: readonly unknown[]): HeaderMap {
  const headers = new HeaderMap()
  const cause = errors.map(origin).find((e) => e instanceof HealthChainError && e.category === 'unauthenticated')
  if (status === 401 && cause instanceof HealthChainError) headers.set('www-authenticate', challengeFor(cause))
  return headers
}
