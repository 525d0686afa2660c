// What an audit event is about, as its entities: the patient, data, the query, consents, the request. Pure.
// BALP tells its entities apart by `type` alone and wants one of type 2; further resources go by their resource type.
import { ACT_CODE, CONFIDENTIALITY, type Labels, LEVELS, sensitivityCodes } from '../../consent/labels.ts'
import { clean, entityType, JTI, json, OAUTH_AGENT, objectRole, quote, REQUEST_ID, resourceType } from './codes.ts'
import { memo } from './memo.ts'
import type { AuditContext } from './occurrence.ts'
import { rawQuery } from './raw-query.ts'

/** One entity as JSON, and what its codes are called in `entityCodes`. */
export interface Entity {
  readonly code: string
  readonly json: string
  /** Reference in `what`. */
  readonly what?: string
}

const [PERSON, OBJECT] = [json(entityType('1')), json(entityType('2'))]
const [PATIENT, RESOURCE, SECURITY, QUERY] = ['1', '4', '13', '24'].map((code) => json(objectRole(code)))

const SUBJECT = `"type":${PERSON},"role":${PATIENT}}`
const DATA = `"type":${OBJECT},"role":${RESOURCE}`
const ASKED = `{"type":${OBJECT},"role":${QUERY}`
const CONSENT = `"type":${json(resourceType('Consent'))},"role":${SECURITY}}`
const TYPE = /^[A-Z][A-Za-z]{1,63}(?=\/)/
const ofType = memo((type) => `"type":${json(resourceType(type))},"role":${RESOURCE}`)

/** A refused request may name anything as its reference. */
function naming(reference: string): { what: string; said: string } {
  const what = clean(reference)
  return { what, said: `"what":{"reference":${quote(what)}}` }
}

export function patientEntity(id: string): Entity {
  const { what, said } = naming(`Patient/${id}`)
  return { code: 'patient', what, json: `{${said},${SUBJECT}` }
}

export function dataEntity(reference: string, labels?: Labels): Entity {
  const { what, said } = naming(reference)
  return { code: 'data', what, json: `{${said},${DATA}${securityLabel(labels)}}` }
}

/** Another resource beside the first. */
export function resourceEntity(reference: string): Entity {
  const { what, said } = naming(reference)
  const code = TYPE.exec(reference)?.[0] ?? 'Resource'
  return { code, what, json: `{${said},${ofType(code)}}` }
}

/** A type that was searched. */
export function typeEntity(type: string): Entity {
  const code = TYPE.exec(`${type}/`)?.[0] ?? 'Resource'
  return { code, json: `{${ofType(code)}}` }
}

export function consentEntity(reference: string): Entity {
  const { what, said } = naming(reference)
  return { code: 'consent', what, json: `{${said},${CONSENT}` }
}

export function tokenEntity({ asker }: AuditContext): Entity | undefined {
  if (!asker?.token) return undefined
  const value = quote(JTI + asker.token)
  return { code: 'token', json: `{"what":{"identifier":{"value":${value}}},"type":${json(OAUTH_AGENT)}}` }
}

export function requestEntity({ requestId }: AuditContext): Entity | undefined {
  const value = clean(requestId)
  if (value === '') return undefined
  return {
    code: 'request',
    json: `{"what":{"identifier":{"value":${JSON.stringify(value)}}},"type":${json(REQUEST_ID)}}`,
  }
}

/** Made once per request: only labels and the operation differ from event to event. */
export function queryEntity(context: AuditContext): (labels?: Labels, operation?: string) => Entity {
  const { query, truncated } = rawQuery(context.query)
  return (labels, operation) => {
    const said = [operation && clean(operation), truncated].filter(Boolean).join('; ')
    const description = said ? `,"description":${JSON.stringify(said)}` : ''
    return {
      code: 'query',
      json: `${ASKED}${securityLabel(labels)}${description}${query}}`,
    }
  }
}

const securityLabel = (labels: Labels | undefined): string =>
  labels ? printLabels(`${labels.confidentiality} ${labels.sensitivity}`) : ''

const printLabels = memo((key) => {
  const [confidentiality, sensitivity] = key.split(' ').map(Number)
  const level = { system: CONFIDENTIALITY, code: LEVELS[confidentiality!] ?? LEVELS.at(-1)! }
  const all = [level, ...sensitivityCodes(sensitivity!).map((code) => ({ system: ACT_CODE, code }))]
  return `,"securityLabel":[${all.map(json).join(',')}]`
})
