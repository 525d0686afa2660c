// The server as people start it, in a process of its own: what it says until it is up, or until it has refused.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/server/main.ts', import.meta.url))

export interface ServerProcess {
  /** Of the log: `http://127.0.0.1:4000/log`. Empty if it did not start. */
  readonly log: string
  /** Undefined while it runs. */
  readonly code: number | undefined
  /** All that it has said, on either stream. */
  readonly said: string
  stop(): Promise<void>
}

/** Resolves when it serves, or when it has ended. */
export async function startServer(
  databaseUrl: string,
  env: Partial<Record<'WITNESSES' | 'WITNESSED_LOGS', string>>,
): Promise<ServerProcess> {
  const settings = { ...process.env, DATABASE_URL: databaseUrl, DEMO: '0', PORT: '0', ...env }
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], { env: settings, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  let said = ''
  const up = new Promise<string>((resolve) => {
    const hear = (bytes: Buffer) => {
      said += bytes
      const log = /Provenance log: (\S+\/log)/.exec(said)?.[1]
      if (log) resolve(log)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    void ended.then(() => resolve(''))
  })
  const log = await up
  return {
    log,
    get code() {
      return child.exitCode ?? undefined
    },
    get said() {
      return said
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
