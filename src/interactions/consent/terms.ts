// What a person means -> a provision of dialect A, IHE PCF: everything is said, nothing is inherited by accident. Pure.
// https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision
import { ACT_CODE, CONFIDENTIALITY, LEVELS } from '../../consent/labels.ts'
import { dateBounds } from '../../fhir/dates.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { ACT_REASON } from '../../kernel/purpose.ts'

type Node = Record<string, unknown>
type Given<T> = T | null | undefined

/** What is left out, or null, asks nothing. */
export interface Terms {
  /** `Practitioner/1`, `Organization/2`, `Group/3`: who receives. */
  readonly recipients?: Given<readonly string[]>
  /** v3-ActReason codes. */
  readonly purposes?: Given<readonly string[]>
  /** v3-Confidentiality or v3-ActCode codes. */
  readonly labels?: Given<readonly string[]>
  /** Resource types. */
  readonly types?: Given<readonly string[]>
  readonly dataPeriod?: Given<{ readonly start?: Given<string>; readonly end?: Given<string> }>
  /** Date or dateTime. */
  readonly until?: Given<string>
  /** Each says the opposite of what it stands in. */
  readonly exceptions?: Given<readonly Terms[]>
}

const RECIPIENT = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
}

const label = (code: string) => ({
  system: (LEVELS as readonly string[]).includes(code) ? CONFIDENTIALITY : ACT_CODE,
  code,
})

/** Without members that are null or absent. */
export const given = (node: Record<string, unknown>): Node =>
  Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined && value !== null))

/** `at`: now, milliseconds. @throws HealthChainError incorrect (over) for an end that has passed. */
export function provisionOf(terms: Terms, deny: boolean, at: number): Node {
  const { recipients, purposes, labels, types, dataPeriod, until, exceptions } = terms
  const end = until ? dateBounds(until) : undefined
  if (end && end.high <= at)
    throw new HealthChainError('incorrect', 'over', 'until has passed: nothing would ever come of it.')
  return given({
    type: deny ? 'deny' : 'permit',
    period: until ? { end: until } : undefined,
    actor: recipients?.map((reference) => ({ role: RECIPIENT, reference: { reference } })),
    securityLabel: labels?.map(label),
    purpose: purposes?.map((code) => ({ system: ACT_REASON, code })),
    class: types?.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })),
    dataPeriod: dataPeriod ? given({ start: dataPeriod.start, end: dataPeriod.end }) : undefined,
    provision: exceptions?.map((exception) => provisionOf(exception, !deny, at)),
  })
}
