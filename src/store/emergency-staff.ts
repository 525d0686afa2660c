// Who may break the glass: members of a Group that their own organisation manages and has marked for it.
// https://hl7.org/fhir/R4/group.html, IHE PCF (Group as actor)
import type { Asker } from '../kernel/asker.ts'
import { isObject, readStored } from '../kernel/json.ts'
import type { Session } from './database.ts'
import { groupsOf } from './issuer/groups.ts'

/** `Group.code` of break-glass staff. */
export const BREAK_GLASS = { system: 'urn:healthchain:group', code: 'break-glass' } as const

const isMarked = ({ code }: Record<string, unknown>): boolean =>
  isObject(code) &&
  Array.isArray(code.coding) &&
  code.coding.some((c) => isObject(c) && c.system === BREAK_GLASS.system && c.code === BREAK_GLASS.code)

/** The token must name the Group, and the Group the user, now: who has left it is out at once. */
export async function isEmergencyStaff(session: Session, { user, organisation, groups }: Asker): Promise<boolean> {
  if (organisation === undefined) return false
  const managing = `Organization/${organisation}`
  const member = await groupsOf(session, user, managing)
  const ids = groups.filter((group) => member.includes(group)).map((group) => group.replace(/^Group\//, ''))
  const rows = await session.query<{ content: string; lossless: boolean }>({
    sql: 'select content, lossless from "group" where id = any($1::text[]) and not deleted and managing_entity = $2',
    parameters: [ids, managing],
  })
  return rows.some(({ content, lossless }) => isMarked(readStored(content, lossless) as Record<string, unknown>))
}
