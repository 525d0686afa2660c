// A request of somebody without a server around it: whoever asks stands in its audit events too.
import type { Interaction } from '../../src/interactions/context.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { interactionFor, makeServices } from '../../src/server/interaction-for.ts'
import type { Database } from '../../src/store/database.ts'
import { STRICT } from '../support/app.ts'

export const asking = async (database: Database, asker: Asker): Promise<Interaction> =>
  interactionFor(await makeServices(database, 'urn:healthchain:test', STRICT), asker)
