// The part of FHIRPath's grammar that OperationOutcome.issue.expression may use: element names, indexes and ofType().
// http://hl7.org/fhirpath/N1/grammar.html, https://hl7.org/fhir/R4/fhirpath.html#simple

/** Words of the grammar that are no identifiers unless delimited; `as`, `contains`, `in` and `is` may stand bare. */
const WORDS = ['and', 'or', 'xor', 'implies', 'div', 'mod', 'true', 'false']

export function isFhirPath(expression: unknown): boolean {
  if (typeof expression !== 'string') return false
  const step =
    /(?:^|\.)(?:ofType\(([A-Za-z][A-Za-z0-9]*)\)|([A-Za-z_][A-Za-z0-9_]*)|`((?:[^\\`]|\\.)+)`)|\[(0|[1-9]\d*)\]/y
  step.lastIndex = 0
  while (step.lastIndex < expression.length) {
    const match = step.exec(expression)
    if (!match || (match[2] && WORDS.includes(match[2]))) return false
  }
  return /^[A-Z]/.test(expression)
}
