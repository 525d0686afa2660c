// `npm start`: database, demo population, server; stops cleanly on SIGTERM and SIGINT.
import { HealthChainError } from '../kernel/errors.ts'
import { type App, startApp } from './app.ts'
import { bearerSignIn } from './bearer-sign-in.ts'
import { readConfig } from './config.ts'
import { ensureDemo, isDemo } from './demo.ts'
import { ensureDemoAccounts } from './issuer/demo-accounts.ts'
import { ensureLabels } from './labels.ts'
import { ensureLeaves } from './leaves.ts'
import { logOptions } from './log/options.ts'
import { makeLogger } from './logger.ts'
import { type Opened, open } from './open.ts'
import { watchReviews } from './reviews.ts'
import { welcome } from './welcome.ts'

const log = makeLogger()
let opening: Promise<Opened> | undefined
let opened: Opened | undefined
let app: App | undefined
let unwatch: (() => Promise<void>) | undefined
let stopping = false

async function start(): Promise<void> {
  const config = readConfig()
  opening = open(config, (line) => console.error(line))
  opened = await opening
  const { database, accounts } = opened
  await ensureLeaves(opened, (line) => console.error(line))
  await ensureLabels(opened, (line) => console.error(line))
  if (config.demo && !stopping) await ensureDemo(database)
  if (stopping) return
  const embedded = config.demo && !config.databaseUrl && config.trustedIssuers.length === 0
  const demo = embedded && (await isDemo(database)) ? await ensureDemoAccounts(database, accounts) : undefined
  const provenanceLog = await opened.asOwner((owner) => logOptions(owner, config))
  const signIn = bearerSignIn({ config, database, accounts, log })
  app = await startApp({ ...config, database, log, provenanceLog, signIn })
  unwatch = watchReviews(database, log)
  console.log(welcome(app.url, config, demo))
  console.log(`Provenance log: ${app.url}/log, signed by ${provenanceLog.signer.vkey}`)
}

async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  // Whatever hangs must not keep the process: PostgreSQL recovers by itself.
  setTimeout(() => process.exit(1), 20_000).unref()
  await app?.close()
  await unwatch?.()
  // A signal may come while the database is still opening: it must not be left running.
  opened ??= await opening?.catch(() => undefined)
  await opened?.close()
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0).catch(() => process.exit(1)))

// Node would print the message, which may quote data, and leave PostgreSQL running.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error) => {
    log.fault(error)
    void stop(1).catch(() => process.exit(1))
  })

start().catch((error) => {
  if (stopping) return
  if (error instanceof HealthChainError) console.error(error.message)
  else if (error?.code === 'EADDRINUSE') console.error(`Port ${error.port} is taken: choose another with PORT=…`)
  else log.fault(error)
  void stop(1).catch(() => process.exit(1))
})
