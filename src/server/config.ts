// The only place that reads the environment. Names are a contract: see README.
import { resolve } from 'node:path'
import { HealthChainError } from '../kernel/errors.ts'

export interface Config {
  readonly host: string
  readonly port: number
  /** Folder of the embedded database. */
  readonly dataDir: string
  /** Absent: the embedded database. */
  readonly databaseUrl?: string
  /** Fill an empty database with the demo population. */
  readonly demo: boolean
  /** GraphiQL, introspection and the like. */
  readonly development: boolean
}

const refuse = (message: string) => new HealthChainError('incorrect', 'bad-config', message)
const LOOPBACK = ['127.0.0.1', '::1', 'localhost']

/** @throws HealthChainError incorrect, naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const port = Number(env.PORT || 4000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw refuse('PORT must be a number from 0 to 65535.')
  const host = env.HOST || '127.0.0.1'
  // Every request runs as the development asker: nobody outside this machine may become it.
  if (!LOOPBACK.includes(host)) throw refuse('HOST must be 127.0.0.1 until sign-in lands: every request is trusted.')
  const url = env.DATABASE_URL
  if (url && !/^postgres(ql)?:\/\//.test(url))
    throw refuse('DATABASE_URL must begin with postgres:// or postgresql://.')
  return {
    host,
    port,
    dataDir: resolve(env.DATA_DIR || '.data'),
    ...(url && { databaseUrl: url }),
    demo: env.DEMO !== '0',
    development: env.NODE_ENV !== 'production',
  }
}
