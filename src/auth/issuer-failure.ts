// Why an issuer could not be asked, as a short code for whoever runs this server: never what the issuer sent. Pure.
import { HealthChainError } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'

export type Asked = 'keys' | 'discovery'
/** Hears of every call that failed: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `timeout`, `http-503`, `no-json`, `other-issuer` … */
export type IssuerFailed = (issuer: string, asked: Asked, cause: string) => void

export const failure = (cause: string): HealthChainError =>
  new HealthChainError('busy', cause, 'The issuer did not answer with a document. Try again shortly.')

const SYSTEM = /^[A-Z][A-Z0-9_]{2,60}$/

/** Codes of ours, of the system and of TLS as they are; anything else by its kind, for messages may quote what was sent. */
export function causeOf(error: unknown): string {
  if (error instanceof HealthChainError) return error.code
  if (error instanceof SyntaxError) return 'no-json'
  if (!isObject(error)) return 'unknown'
  if (error.name === 'TimeoutError') return 'timeout'
  const { code } = isObject(error.cause) ? error.cause : error
  return typeof code === 'string' && SYSTEM.test(code) ? code : 'no-answer'
}
