// What somebody asks consentDecision about, as the kernel asks it: who would ask, for what, of which data.
import { type Facts, factsOf } from '../../consent/facts.ts'
import { ACT_CODE, CONFIDENTIALITY, LEVELS, sensitivityMask } from '../../consent/labels.ts'
import { ACTIONS, type Action } from '../../consent/rule.ts'
import { SEARCH } from '../../fhir/generated/search-parameters.ts'
import { isId, parseLocalReference } from '../../fhir/references.ts'
import { type Asker, type Right, ROLES, type Role } from '../../kernel/asker.ts'
import { elapsed, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { isPurpose } from '../../kernel/purpose.ts'
import { settled } from '../../store/disclose.ts'
import { readStanding } from '../../store/standing.ts'
import { type Interaction, maySee } from '../context.ts'
import { SILENCE } from '../silence.ts'
import { plainFacts } from './may-know.ts'

type Given<T> = T | null | undefined

/** Whoever might ask; nobody checks that there is such a user. */
export interface Someone {
  readonly user: string
  readonly role: string
  /** Id of the Organization. */
  readonly organisation?: Given<string>
  readonly groups?: Given<readonly string[]>
  readonly purpose: string
}

export interface Matter {
  readonly type?: Given<string>
  readonly labels?: Given<readonly string[]>
  readonly resource?: Given<string>
}

const incorrect = (code: string, message: string) => new HealthChainError('incorrect', code, message)
const RIGHTS: Readonly<Record<Action, Right>> = { access: 'r', use: 'r', disclose: 'r', collect: 'c', correct: 'u' }
const EVERYTHING: Asker['scopes'] = [{ context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }]

/** `patient`: whose record is asked about, and for whom a proxy stands. @throws HealthChainError incorrect */
export function askerOf({ user, role, organisation, groups, purpose }: Someone, patient: string): Asker {
  const address = parseLocalReference(user)
  if (!address) throw incorrect('bad-asker', 'user is a reference such as Practitioner/1.')
  if (!(ROLES as readonly string[]).includes(role)) throw incorrect('bad-asker', `role is one of ${ROLES.join(', ')}.`)
  if (!isPurpose(purpose)) throw incorrect('bad-asker', 'purpose is a v3-ActReason code such as TREAT.')
  const own = role === 'patient' ? address.id : role === 'proxy' ? patient : undefined
  const id = organisation?.replace(/^Organization\//, '')
  return {
    ...{ issuer: '', subject: '', client: '', user, role: role as Role, purpose, scopes: EVERYTHING },
    groups: groups ?? [],
    ...(id && { organisation: id }),
    ...(own !== undefined && { patient: own }),
  }
}

export function actionOf(text: string): { readonly action: Action; readonly right: Right } {
  if (!Object.hasOwn(ACTIONS, text))
    throw incorrect('bad-action', `action is one of ${Object.keys(ACTIONS).join(', ')}.`)
  return { action: text as Action, right: RIGHTS[text as Action] }
}

/** What is asked about: a resource that the caller may see, or a type with labels. */
export async function matterOf(
  interaction: Interaction,
  patient: string,
  custodian: string | undefined,
  { type, labels, resource }: Matter,
): Promise<Facts> {
  if (resource) {
    if (type || labels) throw incorrect('bad-matter', 'Ask about a resource, or about a type with labels: not both.')
    return factsAt(interaction, patient, resource)
  }
  if (!type || !Object.hasOwn(SEARCH, type)) throw incorrect('bad-matter', 'Name a resource, or a type of this server.')
  const plain = plainFacts(type, patient, custodian)
  const security = (labels ?? []).map(coding)
  const { confidentiality, sensitivity } = factsOf(
    { resourceType: type, meta: { security } },
    { clinical: () => undefined },
  )
  return { ...plain, confidentiality, sensitivity }
}

function coding(code: string) {
  if ((LEVELS as readonly string[]).includes(code)) return { system: CONFIDENTIALITY, code }
  if (sensitivityMask(code) === 0)
    throw incorrect(
      'bad-label',
      'A label is a v3-Confidentiality code or a sensitivity of v3-ActCode, such as R or PSY.',
    )
  return { system: ACT_CODE, code }
}

/** @throws HealthChainError not-found, the same for what is missing, held back or another patient's. */
async function factsAt(interaction: Interaction, patient: string, reference: string): Promise<Facts> {
  const began = elapsed()
  const { type, id } = parseLocalReference(reference) ?? { type: '', id: '' }
  const known = Object.hasOwn(SEARCH, type) && isId(id) && maySee(interaction, type, 'r')
  const standing = known ? await readStanding(interaction.database, type, id, interaction.view, 'r') : undefined
  const facts = standing && settled(standing.resource, standing.custodian)
  if (facts?.patient === patient) return facts
  await until(began + SILENCE)
  throw new HealthChainError('not-found', 'not-found', 'There is no such resource.')
}
