// The shape of the generated element table, https://hl7.org/fhir/R4/elementdefinition.html. Pure.

export interface ElementMore {
  /** Choice group: `value` for `valueQuantity`. */
  readonly choice?: string
  /** A SimpleQuantity, which has no comparator. */
  readonly simple?: boolean
  /** Types a Reference may name; absent means any. */
  readonly targets?: readonly string[]
  /** Name of the value set of a required binding, a key of CODES. */
  readonly codes?: string
}
/** [min, max, type, more]; max is 1 or '*'. */
export type ElementRow = readonly [min: number, max: 1 | '*', type: string, more?: ElementMore]

export interface TypeTable {
  readonly kind: 'resource' | 'datatype' | 'backbone'
  /** Choice groups of which one property must stand. */
  readonly requiredChoices: readonly string[]
  readonly elements: { readonly [property: string]: ElementRow }
}

/** FHIR's primitive types begin with a small letter. */
export const isPrimitiveType = (type: string): boolean => /^[a-z]/.test(type)
