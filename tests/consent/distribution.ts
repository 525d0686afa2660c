// How often each criterion decides: the same question is asked again with that criterion taken out of every consent.
import type { Consent, ConsentProvision } from '@medplum/fhirtypes'
import { type OracleQuestion, oracle, type Resource } from './oracle/oracle.ts'

type Change = (provision: ConsentProvision) => ConsentProvision

const everywhere = (provision: ConsentProvision, change: Change): ConsentProvision => {
  const { provision: nested, ...own } = provision
  const inner = nested?.map((one) => everywhere(one, change))
  return { ...change(own), ...(inner && { provision: inner }) }
}

const without =
  (name: keyof ConsentProvision): Change =>
  ({ [name]: _, ...rest }) =>
    rest

/** Leaves out the repetitions that `gone` picks, and the criterion with its last one. */
const thinned =
  <K extends 'actor' | 'data' | 'class' | 'securityLabel'>(name: K, gone: (value: object) => boolean): Change =>
  (provision) => {
    const kept = ((provision[name] ?? []) as object[]).filter((value) => !gone(value))
    const { [name]: _, ...rest } = provision
    return kept.length > 0 ? { ...rest, [name]: kept } : rest
  }

const says = (text: string) => (value: object) => JSON.stringify(value).includes(`"${text}"`)

export const CHANGES: Readonly<Record<string, Change>> = {
  purpose: without('purpose'),
  actor: without('actor'),
  'actor custodian': thinned('actor', says('CST')),
  'actor author': thinned('actor', says('AUT')),
  action: without('action'),
  period: without('period'),
  securityLabel: without('securityLabel'),
  'label of confidentiality': thinned('securityLabel', (label) => /Confidentiality/.test(JSON.stringify(label))),
  'label of sensitivity': thinned('securityLabel', (label) => /ActCode/.test(JSON.stringify(label))),
  class: without('class'),
  'class profile': thinned('class', says('urn:ietf:rfc:3986')),
  code: without('code'),
  dataPeriod: without('dataPeriod'),
  data: without('data'),
  'data instance': thinned('data', says('instance')),
  'data related': thinned('data', says('related')),
  'data dependents': thinned('data', says('dependents')),
  'data authoredby': thinned('data', says('authoredby')),
  nesting: (provision) => provision,
}

function changed(question: OracleQuestion, name: string): OracleQuestion {
  const consents = question.consents.map((resource): Resource => {
    const consent = resource as unknown as Consent
    if (!consent.provision) return resource
    const { provision: nested, ...root } = consent.provision
    const provision = name === 'nesting' ? root : everywhere({ ...root, provision: nested }, CHANGES[name]!)
    return { ...resource, provision }
  })
  return { ...question, consents }
}

/** Whether the answer hangs on what the change takes away. */
export const decides = (question: OracleQuestion, name: string): boolean =>
  oracle(changed(question, name)).effect !== oracle(question).effect
