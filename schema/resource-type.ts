// Which object type a union value is: FHIR resources say so themselves.

export const byResourceType = (value: object): string => (value as { resourceType: string }).resourceType
