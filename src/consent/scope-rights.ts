// Does the token carry a scope for it? SMART App Launch 2.x, standards: scopes only narrow what role and purpose allow. Pure.
// http://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
import type { Asker, Right } from '../kernel/asker.ts'

/** A `patient/` scope is none without a patient in context. The query of a scope narrows rows elsewhere, never here. */
export const hasScope = ({ scopes, patient }: Pick<Asker, 'scopes' | 'patient'>, type: string, right: Right): boolean =>
  scopes.some(
    (scope) =>
      (scope.type === type || scope.type === '*') &&
      scope.rights.includes(right) &&
      (scope.context !== 'patient' || Boolean(patient)),
  )
