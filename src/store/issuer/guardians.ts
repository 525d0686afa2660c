// Parents of demo patients, for the demo account that acts for a child.
import { isObject, readStored } from '../../kernel/json.ts'
import type { Session } from '../database.ts'

/** The first mother or father among the demo population, and the child. */
export async function demoParent(session: Session): Promise<{ user: string; patient: string } | undefined> {
  const rows = await session.query<{ id: string; patient: string; content: string }>({
    sql: "select id, patient, content from related_person where not deleted and id like 'demo-%' and patient is not null order by id limit 200",
    parameters: [],
  })
  const parent = rows.find(({ content }) => isParent(readStored(content, false)))
  return parent && { user: `RelatedPerson/${parent.id}`, patient: parent.patient }
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** v3-RoleCode, http://terminology.hl7.org/CodeSystem/v3-RoleCode */
const isParent = (person: unknown): boolean =>
  isObject(person) &&
  list(person.relationship)
    .flatMap((concept) => (isObject(concept) ? list(concept.coding) : []))
    .some((coding) => isObject(coding) && (coding.code === 'MTH' || coding.code === 'FTH'))
