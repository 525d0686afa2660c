// Scopes, purposes and roles in words, for people who decide about them. Pure.
import { parseScope } from '../../../auth/scopes.ts'
import type { Right, Role } from '../../../kernel/asker.ts'

const PURPOSES: Readonly<Record<string, string>> = {
  TREAT: 'Treatment',
  ETREAT: 'Emergency treatment',
  BTG: 'Break the glass: emergency access despite a refusal, always reviewed',
  CAREMGT: 'Care management',
  HPAYMT: 'Payment',
  HOPERAT: 'Health care operations',
  HCOMPL: 'Compliance',
  HRESCH: 'Research',
  PATRQT: 'At the patient’s own request',
  FAMRQT: 'At the request of the family',
  PUBHLTH: 'Public health',
}
export const purposeInWords = (code: string): string => PURPOSES[code] ?? code

const ROLES: Partial<Record<Role, string>> = {
  proxy: 'acting for a patient',
  system: 'service',
  admin: 'administrator',
}
export const roleInWords = (role: Role): string => ROLES[role] ?? role

const STATIC: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  fhirUser: 'Know your entry in the record',
  offline_access: 'Stay connected for up to seven days, also after you leave',
  online_access: 'Stay connected while you are signed in',
  'launch/patient': 'Know which patient’s record is open',
}
const VERBS: Readonly<Record<Right, string>> = { c: 'add', r: 'read', u: 'change', d: 'delete', s: 'search' }
/** `http://loinc.org|8867-4` -> `8867-4`; the scope itself stands below. */
const bare = (token: string) => token.slice(token.indexOf('|') + 1)

const listed = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/** `patient/Observation.rs?category=laboratory` -> `Read and search Observation in the record …`. */
export function scopeInWords(scope: string): string {
  const parsed = parseScope(scope)
  if (parsed === undefined) return STATIC[scope] ?? scope
  const { context, type, rights, filter } = parsed
  const verbs = listed(rights.map((right) => VERBS[right]))
  const what = type === '*' ? 'everything' : type
  const where = context === 'patient' ? ' in the record of the patient' : ' that you may see'
  const narrowed = filter.map(([parameter, values]) => `${parameter} is ${values.map(bare).join(' or ')}`).join(' and ')
  return `${verbs.charAt(0).toUpperCase()}${verbs.slice(1)} ${what}${where}${narrowed && `, only where ${narrowed}`}`
}
