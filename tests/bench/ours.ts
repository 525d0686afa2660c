// Our server in a process of its own, as `npm start` runs it in production. Argument: database URL.
import { startApp } from '../../src/server/app.ts'
import { makeLogger } from '../../src/server/logger.ts'
import { openDatabase } from '../../src/store/database.ts'

const database = await openDatabase({ url: process.argv[2]! })
const app = await startApp({ database, log: makeLogger(), host: '127.0.0.1', port: 0, development: false })
process.send!({ port: Number(new URL(app.url).port) })
process.on('disconnect', () => process.exit(0))
