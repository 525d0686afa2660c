// From an operation to its answer: run it, write down what it told, and only then tell. An Apollo plugin.
import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestListener, GraphQLResponse } from '@apollo/server'
import { HeaderMap } from '@apollo/server'
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql'
import type { Context } from '../../resolvers/context.ts'
import { challengeFor } from '../auth/bearer.ts'
import type { Interaction } from '../interactions/context.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { type Run, runner } from './compiled.ts'
import { disclosureOf } from './disclosure.ts'
import { errorAnswer, formatError, origin, refusalStatus } from './errors.ts'
import { inputIssues } from './input-issues.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

export interface RequestContext extends Context {
  /** Repeated keys in the request body, as paths. */
  readonly duplicates: readonly (string | number)[][]
  readonly interaction: Interaction
  /** Whether a refusal of this code is to have an event of its own; otherwise it has been counted. */
  readonly heard: (code: string) => boolean
}

type Request = GraphQLRequestContext<RequestContext>
interface Parts {
  readonly schema: GraphQLSchema
  readonly run: Run<RequestContext>
  readonly log: Logger
  readonly metrics: Metrics
}

export function executor(schema: GraphQLSchema, log: Logger, metrics: Metrics): ApolloServerPlugin<RequestContext> {
  const parts: Parts = { schema, run: runner(schema), log, metrics }
  const listener: GraphQLRequestListener<RequestContext> = {
    responseForOperation: async (request) => (request.operation ? respond(parts, request, request.operation) : null),
    willSendResponse,
  }
  return {
    // Apollo answers these by itself, masked, and tells only its own logger.
    async unexpectedErrorProcessingRequest({ error }) {
      log.fault(error)
    },
    requestDidStart: async () => listener,
  }
}

async function respond(
  { schema, run, log, metrics }: Parts,
  request: Request,
  operation: OperationDefinitionNode,
): Promise<GraphQLResponse> {
  const refused = checkDuplicates(request, operation)
  const result = refused ?? (await run(request, operation))
  const uncoerced = result.data === undefined
  const answer = uncoerced && !refused ? (betterAnswer(request, operation) ?? result) : result
  const causes = answer.errors ?? []
  const errors = answer.errors?.map((error) => (error instanceof GraphQLError ? formatError(error, log) : error))
  const said = { ...answer.extensions, ...disclosureOf(schema, request) }
  const untold = await settled(request.contextValue, causes, (fault) => {
    metrics.wallDisagreed()
    log.fault(fault)
  })
  const extensions = { ...said, ...(!untold && (await provenanceOf(request.contextValue, causes))) }
  const singleResult = untold ?? {
    ...(errors && { errors }),
    ...(uncoerced ? {} : { data: answer.data ?? null }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  }
  const status = uncoerced ? 400 : refusalStatus(singleResult)
  metrics.answered(untold ? 'failed' : status === undefined ? 'told' : 'refused')
  return {
    http: { headers: challenge(status, causes), ...(status !== undefined && { status }) },
    body: { kind: 'single', singleResult },
  }
}

/** `extensions.provenance`: the entries of the log for what was written. */
async function provenanceOf({ interaction }: RequestContext, errors: readonly unknown[]) {
  const provenance = await interaction.log.outcomes(errors.length > 0)
  return provenance.length > 0 ? { provenance } : {}
}

/** A document that GraphQL refused: if a resource in it stands as a literal, all that FHIR says of it. */
async function willSendResponse({
  document,
  operation,
  request,
  response,
}: Parameters<NonNullable<GraphQLRequestListener<RequestContext>['willSendResponse']>>[0]): Promise<void> {
  if (operation || !document || response.body.kind !== 'single') return
  const asked = getOperationAST(document, request.operationName)
  const error = asked && inputIssues(asked, request.variables ?? {}, [])
  if (error) response.body.singleResult = errorAnswer(error)
}

/** Where variables did not fit their types: every fault of the resources among them, instead of GraphQL's first ones. */
function betterAnswer({ request }: Request, operation: OperationDefinitionNode) {
  const error = inputIssues(operation, request.variables ?? {}, [])
  return error && (errorAnswer(error) as ExecutionResult)
}

/** A request whose body names a key twice is refused before anything runs: which of the two was meant? */
function checkDuplicates({ request, contextValue }: Request, operation: OperationDefinitionNode) {
  const { duplicates } = contextValue
  if (duplicates.length === 0) return undefined
  return errorAnswer(inputIssues(operation, request.variables ?? {}, duplicates)!) as ExecutionResult
}

/** What was told is written down before it is told. Undefined when that is done; else the answer that takes its place. */
async function settled(
  { interaction: { trail }, heard }: RequestContext,
  errors: readonly unknown[],
  alarm: (fault: HealthChainError) => void,
) {
  const causes = errors.map(origin).filter((cause) => cause instanceof HealthChainError)
  const refusals = new Map(causes.filter(isRefusal).map((cause) => [cause.code, cause]))
  for (const cause of refusals.values()) if (cause.code === WALL || heard(cause.code)) trail.refused(cause)
  try {
    await trail.settle()
  } catch (error) {
    if (error instanceof HealthChainError) return errorAnswer(error)
    throw error
  }
  // The two walls disagree: nothing that the same request found may leave either.
  const wall = refusals.get(WALL)
  if (wall) alarm(wall)
  return wall && errorAnswer(wall)
}

const WALL = 'second-wall'
const isRefusal = ({ category, code }: HealthChainError) =>
  category === 'forbidden' || category === 'unauthenticated' || code === WALL

/** What a caller must bring to be let in: a token, or a second factor (RFC 9470). */
function challenge(status: number | undefined, errors: readonly unknown[]): HeaderMap {
  const headers = new HeaderMap()
  const cause = errors.map(origin).find((e) => e instanceof HealthChainError && e.category === 'unauthenticated')
  if (status === 401 && cause instanceof HealthChainError) headers.set('www-authenticate', challengeFor(cause))
  return headers
}
