// One process of several that start at once: opens the database at argv[2], which migrates it, and closes it.
import { openDatabase } from '../../src/store/database.ts'

const database = await openDatabase({ url: process.argv[2]! })
await database.query({ sql: 'select count(*) from patient', parameters: [] })
await database.close()
