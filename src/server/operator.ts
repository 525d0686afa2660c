// What the commands of this machine act as: the operator, who sees and writes everything, and is written down for it.
import { OPERATOR } from '../consent/read-scope.ts'
import type { Interaction } from '../interactions/context.ts'
import type { Database } from '../store/database.ts'
import { interactionFor, makeServices } from './interaction-for.ts'

/** `command` stands as observer in the audit events. */
export async function operatorInteraction(database: Database, command: string): Promise<Interaction> {
  const implicit = { byDefault: 'deny', byCustodian: new Map() } as const
  return interactionFor(
    await makeServices(database, `urn:healthchain:command:${command.replaceAll(' ', '-')}`, { implicit, packs: [] }),
    OPERATOR,
  )
}
