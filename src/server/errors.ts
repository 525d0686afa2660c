// The one formatter: error category -> GraphQL code, HTTP status, FHIR issue type. What is not ours is masked.
// https://hl7.org/fhir/R4/graphql.html (errors carry an OperationOutcome at extensions.resource)
import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql'
import { type Category, HealthChainError, type Issue } from '../kernel/errors.ts'
import type { Logger } from './logger.ts'

const FACES: Record<Category, { code: string; status: number; issue: string }> = {
  incorrect: { code: 'BAD_USER_INPUT', status: 400, issue: 'invalid' },
  unauthenticated: { code: 'UNAUTHENTICATED', status: 401, issue: 'login' },
  forbidden: { code: 'FORBIDDEN', status: 403, issue: 'forbidden' },
  'not-found': { code: 'NOT_FOUND', status: 404, issue: 'not-found' },
  conflict: { code: 'CONFLICT', status: 409, issue: 'conflict' },
  unsupported: { code: 'UNSUPPORTED', status: 422, issue: 'not-supported' },
  'too-costly': { code: 'TOO_COSTLY', status: 422, issue: 'too-costly' },
  busy: { code: 'BUSY', status: 503, issue: 'transient' },
  fault: { code: 'INTERNAL_SERVER_ERROR', status: 500, issue: 'exception' },
}

export const statusOf = (error: HealthChainError): number => FACES[error.category].status

function outcome(issues: readonly Issue[]) {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ expression, ...issue }) => ({ ...issue, ...(expression && { expression: [expression] }) })),
  }
}

/** The extensions of an error of ours. */
function extensionsOf(error: HealthChainError) {
  const face = FACES[error.category]
  const own: Issue[] = [{ severity: 'error', code: face.issue, diagnostics: error.message }]
  return { code: face.code, reason: error.code, resource: outcome(error.issues.length > 0 ? error.issues : own) }
}

/** A HealthChainError as a whole GraphQL answer without data. */
export const errorAnswer = (error: HealthChainError): FormattedExecutionResult => ({
  errors: [{ message: error.message, extensions: extensionsOf(error) }],
})

const origin = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError ? origin(error.originalError) : error

// graphql-js quotes the offending value in these messages; values may be personal data.
const quoted = [
  /(got invalid value).*?(?=(?: at "[^"]*")?;|$)/s,
  /(Expected value of type "[^"]*"), found .*?(?=;|\.$|$)/s,
]
const unquoted = (message: string) => quoted.reduce((text, pattern) => text.replace(pattern, '$1'), message)

/** Turns any error of execution into what the caller may read; the rest goes to the log, without values. */
export function formatError(error: unknown, log: Logger): GraphQLFormattedError {
  const cause = origin(error)
  const where = error instanceof GraphQLError ? { path: error.path, locations: error.locations } : {}
  const face = { ...(where.locations && { locations: where.locations }), ...(where.path && { path: where.path }) }
  if (cause instanceof HealthChainError) return { message: cause.message, ...face, extensions: extensionsOf(cause) }
  if (cause instanceof GraphQLError) {
    const code = cause.extensions.code ?? 'BAD_USER_INPUT'
    return {
      message: unquoted(cause.message),
      ...face,
      extensions: { code, resource: outcome([invalid(unquoted(cause.message))]) },
    }
  }
  log.fault(cause)
  const hidden = new HealthChainError('fault', 'fault', 'Something went wrong on the server; it has been logged.')
  return { message: hidden.message, ...face, extensions: extensionsOf(hidden) }
}

const invalid = (diagnostics: string): Issue => ({ severity: 'error', code: 'invalid', diagnostics })
