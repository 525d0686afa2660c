// A process that labels the database at argv[2] and may be killed at any moment.
import { relabel } from '../../src/interactions/relabel.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { openDatabase } from '../../src/store/database.ts'
import { alone } from '../../src/store/state.ts'

const owner = await openDatabase({ url: process.argv[2]!, poolSize: 3, migrate: false })
await alone(owner, 'labels', async () => relabel(await operatorInteraction(owner, 'test')))
await owner.close()
