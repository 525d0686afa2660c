// The OperationOutcome of an error: HealthChain sends one with every GraphQL error, at `extensions.resource`.
// https://hl7.org/fhir/R4/operationoutcome.html
import type { CombinedError } from '@urql/core'

export interface Issue {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information'
  /** http://hl7.org/fhir/ValueSet/issue-type */
  readonly code: string
  readonly diagnostics?: string
  /** FHIRPath of what is at fault, such as `Observation.status`. */
  readonly expression?: readonly string[]
}

export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome'
  readonly issue: readonly Issue[]
}

function isOutcome(value: unknown): value is OperationOutcome {
  const { resourceType, issue } = (value ?? {}) as Partial<OperationOutcome>
  return resourceType === 'OperationOutcome' && Array.isArray(issue)
}

/** All issues of an error in one outcome; undefined where no server answered, or another one. */
export function outcomeOf(error: CombinedError | undefined): OperationOutcome | undefined {
  const outcomes = (error?.graphQLErrors ?? []).map(({ extensions }) => extensions.resource).filter(isOutcome)
  if (outcomes.length === 0) return undefined
  return { resourceType: 'OperationOutcome', issue: outcomes.flatMap(({ issue }) => issue) }
}
