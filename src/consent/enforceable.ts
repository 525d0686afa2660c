// May this Consent be written? What we could not enforce we do not take: a promise that nobody keeps is worse than none.
// Dialect A only (IHE PCF): every provision says permit or deny. Pure.
import type { Issue } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import { contextOf, dataCriteriaOf, UNREADABLE } from './criteria.ts'
import { nestedNodes } from './provision.ts'
import { isOnlyNotice, isSigned, looksLikeNotice, scopeLike, scopeOf } from './read-consent.ts'

type Node = Record<string, unknown>

/** Provisions below one another. */
const DEPTH_MAX = 4
const PROVISIONS_MAX = 200

const WHY: Readonly<Record<string, readonly [element: string, why: string]>> = {
  period: ['period', 'The period must have bounds that are dates.'],
  purposes: ['purpose', 'A purpose is a code of v3-ActReason below PurposeOfUse, such as TREAT.'],
  actors: [
    'actor',
    'An actor is a reference into this server, such as Organization/1; a custodian (CST) is an Organization.',
  ],
  actions: ['action', 'An action is one of consentaction: collect, access, use, disclose, correct.'],
  labels: [
    'securityLabel',
    'A label is a v3-Confidentiality code or a sensitivity of v3-ActCode that this server knows.',
  ],
  types: [
    'class',
    'A class is a resource type of this server (http://hl7.org/fhir/resource-types) or the URL of a profile.',
  ],
  codes: ['code', 'A code needs a coding with system and code.'],
  dataPeriod: ['dataPeriod', 'The data period must have bounds that are dates.'],
  data: [
    'data',
    'Data are named by instance, dependents, authoredby, or related to an Encounter or a CarePlan, in this server and without a version: Observation/1, not Observation/1/_history/2.',
  ],
}

const LIVE = ['active', 'draft', 'proposed']

/** Why the Consent cannot be enforced; none: it can. Withdrawn ones may say what they like. */
export function consentIssues(consent: Node): Issue[] {
  if (!LIVE.includes(String(consent.status)) || !scopeLike(consent)) return []
  const issues: Issue[] = []
  const report = (expression: string, diagnostics: string) =>
    issues.push({ severity: 'error', code: 'business-rule', diagnostics, expression })
  // A code of no system, or of another, is not the one that we enforce.
  if (!scopeOf(consent))
    report('Consent.scope', 'The scope is a coding of http://terminology.hl7.org/CodeSystem/consentscope.')
  if (looksLikeNotice(consent) && !isOnlyNotice(consent))
    report('Consent.category', 'npp is a code of http://terminology.hl7.org/CodeSystem/consentcategorycodes.')
  if (!isObject(consent.patient)) report('Consent.patient', 'A privacy or research consent names its patient.')
  if (!isSigned(consent))
    report('Consent.performer', 'The patient or a RelatedPerson must have agreed: name them as performer.')
  if (!isObject(consent.provision)) {
    report('Consent.provision', 'Say what is permitted or denied in a provision: policyRule alone is not enforced.')
    return issues
  }
  let count = 0
  const walk = (node: Node, path: string, depth: number) => {
    if (++count === PROVISIONS_MAX + 1) report(path, `At most ${PROVISIONS_MAX} provisions are enforced.`)
    if (depth === DEPTH_MAX + 1) report(path, `Provisions nest at most ${DEPTH_MAX} deep.`)
    if (count > PROVISIONS_MAX || depth > DEPTH_MAX) return
    checkProvision(node, path, report)
    for (const [i, inner] of nestedNodes(node).entries()) walk(inner, `${path}.provision[${i}]`, depth + 1)
  }
  walk(consent.provision, 'Consent.provision', 0)
  return issues
}

function checkProvision(node: Node, path: string, report: (expression: string, diagnostics: string) => void): void {
  if (node.type !== 'permit' && node.type !== 'deny')
    report(`${path}.type`, 'Every provision says permit or deny, the root as well.')
  for (const [name, value] of Object.entries({ ...contextOf(node), ...dataCriteriaOf(node) })) {
    const [element, why] = WHY[name] ?? ['', '']
    if (value === UNREADABLE) report(`${path}.${element}`, why)
  }
}
