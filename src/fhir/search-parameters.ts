// The shape of the generated search-parameter tables, https://hl7.org/fhir/R4/searchparameter.html. Pure.

export interface SearchPath {
  /** Properties from the resource's root; repeating ones fan out. */
  readonly path: readonly string[]
  /** FHIR type of the values found there. */
  readonly type: string
  /** Only values whose member equals: `['system', 'email']`. */
  readonly where?: readonly string[]
  /** Only references to this type. */
  readonly target?: string
  /** The value is whether something other than `false` stands there. */
  readonly truth?: boolean
}

/** How values rest in columns: see src/search/types. */
export type Shape = 'code' | 'tokens' | 'date' | 'dates' | 'string' | 'reference' | 'references' | 'patient'

export interface SearchParameter {
  readonly code: string
  readonly type: 'token' | 'date' | 'string' | 'reference'
  readonly shape: Shape
  readonly column: string
  readonly targets?: readonly string[]
  readonly paths: readonly SearchPath[]
}

export interface SearchTable {
  readonly table: string
  /** Codes of the parameters that put the resource into a Patient compartment, most telling first. */
  readonly compartment: readonly string[]
  /** Element that refers to the Organization holding the resource. */
  readonly custodian?: string
  /** Knows organisations, places and people at work: a resource that names no patient is open to whoever may ask. */
  readonly directory?: true
  /** Date column (`_low`, `_high`) that says which time the data are about. */
  readonly clinical?: string
  readonly parameters: { readonly [code: string]: SearchParameter }
}
