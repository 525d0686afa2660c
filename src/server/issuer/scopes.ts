// Which SMART scopes (http://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html) may be granted to whom. Pure.
// Scopes only narrow what consent allows, so any well-formed one may be asked for; role and client decide the context.
import { parseScope } from '../../auth/scopes.ts'
import type { Role, Scope } from '../../kernel/asker.ts'

type Context = Scope['context']

/** Of OpenID Connect and of SMART's launch: no rights on data. */
export const STATIC_SCOPES = ['openid', 'fhirUser', 'offline_access', 'online_access', 'launch/patient'] as const

/** Undefined for what is no scope on data. */
export const contextOf = (scope: string): Context | undefined => parseScope(scope)?.context

export const isStatic = (scope: string): boolean => (STATIC_SCOPES as readonly string[]).includes(scope)

export const scopesIn = (text: unknown): string[] =>
  typeof text === 'string' ? [...new Set(text.split(' ').filter(Boolean))] : []

const OWN_DATA_ONLY: readonly Role[] = ['patient', 'proxy']

/** What a person of that role may hand to an application: `patient/` needs a patient, `system/` is for services. */
export function mayGrant(scope: string, { role, patient }: { role: Role; patient?: string | undefined }): boolean {
  const context = contextOf(scope)
  if (context === 'patient') return patient !== undefined
  if (context === 'user') return !OWN_DATA_ONLY.includes(role)
  return context === undefined && isStatic(scope)
}

/** What a client may ask for at all. */
export function mayAsk(scope: string, contexts: readonly Context[]): boolean {
  const context = contextOf(scope)
  return context === undefined ? isStatic(scope) : contexts.includes(context)
}
