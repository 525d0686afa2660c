// What an audit event is about, as its entities: the patient, data, the query, consents, the request. Pure.
// BALP tells its entities apart by `type` alone and wants one of type 2; further resources go by their resource type.
import { LEVELS, sensitivityCodes } from '../../consent/labels.ts'
import { clean, entityType, JTI, json, OAUTH_AGENT, objectRole, quote, REQUEST_ID, resourceType } from './codes.ts'
import { HOLES } from './holes.ts'
import { memo } from './memo.ts'
import type { AuditContext } from './occurrence.ts'
import { CUT, documentJson, isCut } from './raw-query.ts'

/** One entity as JSON, and what its codes are called in `entityCodes`. */
export interface Entity {
  readonly code: string
  readonly json: string
}
/** That stands beside what the frame has: its reference is searched by. */
export interface Named extends Entity {
  readonly what: string
}

const [PERSON, OBJECT] = [json(entityType('1')), json(entityType('2'))]
const [PATIENT, RESOURCE, SECURITY, QUERY] = ['1', '4', '13', '24'].map((code) => json(objectRole(code)))

export const SUBJECT: Entity = {
  code: 'patient',
  json: `{"what":{"reference":${HOLES.subject}},"type":${PERSON},"role":${PATIENT}}`,
}
export const DATA: Entity = {
  code: 'data',
  json: `{"what":{"reference":${HOLES.data}},"type":${OBJECT},"role":${RESOURCE}${HOLES.labels}}`,
}
export const REQUEST: Entity = {
  code: 'request',
  json: `{"what":{"identifier":{"value":${HOLES.request}}},"type":${json(REQUEST_ID)}}`,
}
const CONSENT = `"type":${json(resourceType('Consent'))},"role":${SECURITY}}`
const TYPE = /^[A-Z][A-Za-z]{1,63}(?=\/)/
const ofType = memo((type) => `"type":${json(resourceType(type))},"role":${RESOURCE}`)

/** A refused request may name anything as its reference, and a FHIR string is never blank. */
export const nameOf = (reference: string): string => clean(reference) || '-'
const naming = (what: string) => `{"what":{"reference":${JSON.stringify(what)}}`

/** Another resource beside the first. */
export function resourceEntity(reference: string): Named {
  const what = nameOf(reference)
  const code = TYPE.exec(reference)?.[0] ?? 'Resource'
  return { code, what, json: `${naming(what)},${ofType(code)}}` }
}

/** A type that was searched. */
export const codeOfType = (type: string): string => TYPE.exec(`${type}/`)?.[0] ?? 'Resource'
export const typeEntity = (code: string): Entity => ({ code, json: `{${ofType(code)}}` })

export function consentEntity(reference: string): Named {
  const what = nameOf(reference)
  return { code: 'consent', what, json: `${naming(what)},${CONSENT}` }
}

export function tokenEntity({ asker }: AuditContext): Entity | undefined {
  if (!asker?.token) return undefined
  const value = quote(JTI + asker.token)
  return { code: 'token', json: `{"what":{"identifier":{"value":${value}}},"type":${json(OAUTH_AGENT)}}` }
}

export function queryEntity({ query }: AuditContext, operation: string | undefined): Entity {
  const { note } = query ? documentJson(query.document) : {}
  const said = [operation && clean(operation), note, isCut(query?.rest) && CUT].filter(Boolean).join('; ')
  const description = said ? `,"description":${JSON.stringify(said)}` : ''
  const raw = query ? `,"query":"${HOLES.query}"` : ''
  return { code: 'query', json: `{"type":${OBJECT},"role":${QUERY}${HOLES.labels}${description}${raw}}` }
}

/** Codes of what was told with a blank between: the confidentiality, then sensitivities. */
export const labelCodes = memo((key) => {
  const [confidentiality, sensitivity] = key.split(' ').map(Number)
  return [LEVELS[confidentiality!] ?? LEVELS.at(-1)!, ...sensitivityCodes(sensitivity!)].join(' ')
})
