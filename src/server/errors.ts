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

export const origin = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError ? origin(error.originalError) : error

// graphql-js and graphql-jit quote the offending value in these messages, and values may be personal data: only what
// stands in front of it is kept, since a value may hold any text that a pattern looks for behind it.
const QUOTING: readonly (readonly [RegExp, string])[] = [
  [/^(Variable "\$\w+") got invalid value\b.*$/s, '$1 does not fit its type.'],
  [/^(\w+|Enum "\w+") cannot represent\b.*$/s, '$1 cannot take this value.'],
  [/^(Expected value of type "[^"]*"), found\b.*$/s, '$1.'],
]
const unquoted = (message: string) => QUOTING.reduce((text, [pattern, kept]) => text.replace(pattern, kept), message)

/** Turns any error of execution into what the caller may read; the rest goes to the log, without values. */
export function formatError(error: unknown, log: Logger): GraphQLFormattedError {
  const cause = origin(error)
  const where = error instanceof GraphQLError ? { path: error.path, locations: error.locations } : {}
  const face = { ...(where.locations && { locations: where.locations }), ...(where.path && { path: where.path }) }
  if (cause instanceof HealthChainError) return { message: cause.message, ...face, extensions: extensionsOf(cause) }
  if (cause instanceof GraphQLError) {
    // graphql-jit's own errors have no extensions.
    const code = cause.extensions?.code ?? 'BAD_USER_INPUT'
    return {
      message: unquoted(cause.message),
      ...face,
      extensions: { code, resource: outcome([invalid(unquoted(cause.message))]) },
    }
  }
  // The parser of graphql-js is recursive and has no limit on nesting.
  if (cause instanceof RangeError && /call stack/.test(cause.message)) return formatError(tooDeep(), log)
  log.fault(cause)
  const hidden = new HealthChainError('fault', 'fault', 'Something went wrong on the server; it has been logged.')
  return { message: hidden.message, ...face, extensions: extensionsOf(hidden) }
}

const tooDeep = () => new HealthChainError('too-costly', 'too-deep', 'This document is nested too deeply to be read.')

const invalid = (diagnostics: string): Issue => ({ severity: 'error', code: 'invalid', diagnostics })

const REFUSED: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, FORBIDDEN: 403 }

/** The HTTP status of an answer that is nothing but refusals: 401 if nobody signed in, 403 if all was forbidden. */
export function refusalStatus({ data, errors }: FormattedExecutionResult): number | undefined {
  const told = data !== undefined && data !== null && Object.values(data).some((value) => value !== null)
  if (told || !errors || errors.length === 0) return undefined
  const statuses = new Set(errors.map(({ extensions }) => REFUSED[String(extensions?.code)]))
  return statuses.size === 1 ? [...statuses][0] : undefined
}
