// The one error that crosses module borders. Pure. Messages say what to do next and never carry personal data.

/** The closed set of categories; `src/server/errors.ts` maps each to a GraphQL code, HTTP status and FHIR issue type. */
export type Category =
  | 'incorrect'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'unsupported'
  | 'too-costly'
  | 'busy'
  | 'fault'

/** One entry of an OperationOutcome, https://hl7.org/fhir/R4/operationoutcome.html */
export interface Issue {
  severity: 'error' | 'warning' | 'information'
  /** IssueType code, https://hl7.org/fhir/R4/valueset-issue-type.html */
  code: string
  /** For people; element names and rules only, never values. */
  diagnostics: string
  /** FHIRPath of the element, `Patient.name[0].family`. */
  expression?: string
}

export class HealthChainError extends Error {
  readonly category: Category
  /** Stable, for programs: `version-conflict`, `invalid-resource`. */
  readonly code: string
  readonly issues: readonly Issue[]
  constructor(category: Category, code: string, message: string, issues: readonly Issue[] = []) {
    super(message)
    this.name = 'HealthChainError'
    this.category = category
    this.code = code
    this.issues = issues
  }
}
