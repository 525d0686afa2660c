// What the commands of this machine act as: the operator, who sees and writes everything, and is written down for it.
import { OPERATOR } from '../consent/read-scope.ts'
import type { Interaction } from '../interactions/context.ts'
import type { Database } from '../store/database.ts'
import { interactionFor, makeServices } from './interaction-for.ts'

/**
 * @param command stands as observer in the audit events
 * @param organisation id of the Organization that holds what names no holder itself
 */
export async function operatorInteraction(
  database: Database,
  command: string,
  organisation?: string,
): Promise<Interaction> {
  const implicit = { byDefault: 'deny', byCustodian: new Map() } as const
  const services = await makeServices(database, `urn:healthchain:command:${command.replaceAll(' ', '-')}`, {
    implicit,
    packs: [],
  })
  const interaction = await interactionFor(services, OPERATOR)
  return organisation === undefined ? interaction : { ...interaction, asker: { ...OPERATOR, organisation } }
}
