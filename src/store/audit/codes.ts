// The codes that audit events are made of, as JSON text; https://profiles.ihe.net/ITI/BALP and DICOM PS3.16. Pure.
import { ACT_REASON } from '../../kernel/purpose.ts'

export interface Coding {
  readonly system: string
  readonly code: string
}

const of =
  (system: string) =>
  (code: string): Coding => ({ system, code })

const BALP = 'https://profiles.ihe.net/ITI/BALP'
export const dcm = of('http://dicom.nema.org/resources/ontology/DCM')
export const interaction = of('http://hl7.org/fhir/restful-interaction')
export const participation = of('http://terminology.hl7.org/CodeSystem/v3-ParticipationType')
export const entityType = of('http://terminology.hl7.org/CodeSystem/audit-entity-type')
export const objectRole = of('http://terminology.hl7.org/CodeSystem/object-role')
export const resourceType = of('http://hl7.org/fhir/resource-types')
export const authorization = of(`${BALP}/CodeSystem/AuthZsubType`)
export const actReason = of(ACT_REASON)
/** Codes that no standard has. */
export const ours = of('https://healthchain.example/fhir/CodeSystem/audit-event')
/** Roles of src/kernel/asker. */
export const role = of('https://healthchain.example/fhir/CodeSystem/role')

export const REST = of('http://terminology.hl7.org/CodeSystem/audit-event-type')('rest')
export const lifecycle = of('http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle')
export const DISCLOSE = lifecycle('disclose')
export const AUTHORIZATION_SERVER = of('http://terminology.hl7.org/CodeSystem/extra-security-role-type')('authserver')
export const CUSTODIAN = of('http://terminology.hl7.org/CodeSystem/provenance-participant-type')('custodian')
export const PROVIDER = of('http://terminology.hl7.org/CodeSystem/v3-RoleClass')('PROV')
export const OAUTH_AGENT = of(`${BALP}/CodeSystem/UserAgentTypes`)('UserOauthAgent')
export const REQUEST_ID = of(`${BALP}/CodeSystem/BasicAuditEntityType`)('XrequestId')

export const profileUrl = (name: string): string => `${BALP}/StructureDefinition/IHE.BasicAudit.${name}`
export const JTI = 'urn:ietf:params:oauth:jti:'

export const json = ({ system, code }: Coding): string => `{"system":"${system}","code":"${code}"}`
export const concept = (...codings: Coding[]): string => `{"coding":[${codings.map(json).join(',')}]}`

/** Stands for an element that must be there and whose value nobody knows or that does not apply. */
export const absent = (reason: 'unknown' | 'not-applicable'): string =>
  `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"${reason}"}]}`

const LENGTH_MAX = 1000
const PLAIN = /^[!-~]{0,1000}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: FHIR strings exclude exactly these; the rest of C0 is no line of text
const CONTROL = /[\u0000-\u001f\u007f]/g

/** Text from outside as a FHIR string: callers may send anything as their request id. */
export function clean(text: string): string {
  if (PLAIN.test(text)) return text
  const short = text.length > LENGTH_MAX ? text.slice(0, LENGTH_MAX) : text
  return short.replace(CONTROL, '').toWellFormed().trim()
}
/** A FHIR string is never blank. */
export const quote = (text: string): string => JSON.stringify(clean(text) || '-')
/** A FHIR uri has no blanks. */
export const quoteUri = (text: string): string => JSON.stringify(clean(text).replace(/\s/g, '%20') || '-')
