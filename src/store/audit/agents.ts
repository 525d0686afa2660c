// Who took part, as the agents of an audit event: client, server, user, the user's organisation. Pure.
// https://profiles.ihe.net/ITI/BALP: the user agent is also the minimal OAuth token agent, named by the token's jti.
import {
  absent,
  actReason,
  type Coding,
  clean,
  concept,
  JTI,
  json,
  OAUTH_AGENT,
  PROVIDER,
  quote,
  quoteUri,
  role,
} from './codes.ts'
import { HOLES } from './holes.ts'
import type { AuditContext } from './occurrence.ts'
import type { Profile } from './profiles.ts'

const typed = new Map<Coding, string>()
/** Codings of the profiles are few and always the same objects. */
function typeOf(coding: Coding): string {
  const made = typed.get(coding) ?? concept(coding)
  typed.set(coding, made)
  return made
}
const ORGANISATION = concept(PROVIDER)
const TOKEN = json(OAUTH_AGENT)

/** The server as the source of the event and as an agent: one text, because BALP wants them equal. */
export const observerOf = ({ observer }: AuditContext): string =>
  `{"identifier":{"system":"urn:ietf:rfc:3986","value":${quoteUri(observer)}}}`

const PLAIN = /^(?=.*[.:])[0-9a-f.:]{2,45}$/
/** Whether the address stands in the entry: it is what it is searched by, and needs no escaping. */
export const isPlain = ({ address, observer }: AuditContext): boolean =>
  address !== undefined && PLAIN.test(address) && address !== observer

function clientAgent(context: AuditContext, { client }: Profile): string {
  const { asker, address } = context
  const who = asker ? `{"identifier":{"value":${quote(asker.client)}}}` : absent('unknown')
  // 2: IP address, https://hl7.org/fhir/R4/valueset-network-type.html
  const said = address && (isPlain(context) ? `"${HOLES.address}"` : clean(address) && quote(address))
  const network = said ? `{"address":${said},"type":"2"}` : absent('unknown')
  return `{"type":${typeOf(client)},"who":${who},"requestor":${!asker},"network":${network}}`
}

function serverAgent(context: AuditContext, { server, about }: Profile): string {
  // BALP forbids the deciding server a network.
  const network = about === 'decision' ? '' : `,"network":{"address":${quoteUri(context.observer)},"type":"5"}`
  return `{"type":${typeOf(server)},"who":${observerOf(context)},"requestor":false${network}}`
}

function userAgent({ asker }: AuditContext, { user }: Profile, purpose: string): string {
  if (!asker) return ''
  const token = asker.token ? clean(asker.token) : ''
  const type = token ? `${typeOf(user).slice(0, -2)},${TOKEN}]}` : typeOf(user)
  const identifier = `{"system":${quoteUri(asker.issuer)},"value":${quote(asker.subject)}}`
  const who = `{"reference":${quote(asker.user)},"identifier":${identifier}}`
  const policy = token ? `,"policy":[${quoteUri(JTI + token)}]` : ''
  return `,{"type":${type},"role":[${concept(role(asker.role))}],"who":${who},"requestor":true${policy},"purposeOfUse":[{"coding":[{"system":"${actReason('').system}","code":${quote(purpose)}}]}]}`
}

function organisationAgent({ asker }: AuditContext, { about }: Profile): string {
  const who = asker?.organisation
    ? `{"reference":${quote(`Organization/${asker.organisation}`)}}`
    : // Only a decision must name one, and a patient has none.
      about === 'decision' && absent('not-applicable')
  return who ? `,{"type":${ORGANISATION},"who":${who},"requestor":false}` : ''
}

/** https://hl7.org/fhir/R4/valueset-audit-source-type.html */
const SERVER = json({ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' })

/** `"agent":[…],"source":{…}` */
export const agents = (context: AuditContext, profile: Profile, purpose: string): string =>
  `"agent":[${clientAgent(context, profile)},${serverAgent(context, profile)}${userAgent(context, profile, purpose)}` +
  `${organisationAgent(context, profile)}],"source":{"observer":${observerOf(context)},"type":[${SERVER}]}`
