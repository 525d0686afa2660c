// Versions that name a Medication which has come to say more than they are labelled with. What stands is labelled anew
// with the Medication; older versions cannot be written by whoever serves, so each is judged by today's labels as it is
// read. What is held back is left out, as if it were no row. A delete is judged by what was deleted.
import { medicationsNamed } from '../consent/labelling/named.ts'
import { withLabels } from '../consent/labelling/with-labels.ts'
import type { ReadScope } from '../consent/read-scope.ts'
import { isTold } from '../consent/told.ts'
import { readStored } from '../kernel/json.ts'
import type { StoredRow } from '../search/compile.ts'
import type { Session } from './database.ts'
import { judgeFor, type Resource, readActions, readLinks, settled } from './disclose.ts'
import { readMedications } from './medications.ts'

/** Rows of versions, before they are disclosed. Most name no Medication and cost nothing. */
export async function withoutOutgrown<R extends StoredRow>(
  session: Session,
  rows: readonly R[],
  scope: ReadScope,
): Promise<readonly R[]> {
  if (scope.everything) return rows
  const naming = new Map<R, Resource>()
  for (const row of rows) {
    const resource = row.content.includes('Medication/') && (readStored(row.content, row.lossless) as Resource)
    if (resource && medicationsNamed(resource).length > 0) naming.set(row, resource)
  }
  if (naming.size === 0) return rows
  const medications = await readMedications(session, [...naming.values()])
  const held = new Set<R>()
  for (const [row, resource] of naming) {
    const labelled = withLabels(resource, resource, medications)
    if (labelled !== resource && !(await isToldAs(session, labelled, row, scope))) held.add(row)
  }
  return rows.filter((row) => !held.has(row))
}

async function isToldAs(
  session: Session,
  resource: Resource,
  { custodian, policies }: StoredRow,
  scope: ReadScope,
): Promise<boolean> {
  const facts = settled(resource, custodian)
  const judge = policies === null ? undefined : await judgeFor(session, scope, policies, facts.type)
  const links = await readLinks(session, judge?.related ?? [])
  return isTold(
    scope,
    facts,
    judge?.verdict(() => ({ facts, actions: readActions(scope, facts), links })),
  )
}
