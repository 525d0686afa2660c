// The server's log: pino, JSON lines on stderr. Error messages of libraries may quote data, so only their kind is kept.
import pino from 'pino'

export interface Logger {
  info(message: string): void
  /** An error nobody expected: its class, code and place, never its message. */
  fault(error: unknown): void
}

export function makeLogger(): Logger {
  const log = pino({ base: null }, pino.destination({ dest: 2, sync: true }))
  return {
    info: (message) => log.info(message),
    fault(error) {
      const known = error instanceof Error ? error : new Error('thrown value')
      const code = 'code' in known ? String(known.code) : undefined
      const place = known.stack
        ?.split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 8)
        .map((line) => line.trim())
      log.error({ kind: known.name, code, place }, 'fault')
    },
  }
}
