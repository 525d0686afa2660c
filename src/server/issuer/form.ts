// Bodies of forms: small, `application/x-www-form-urlencoded`, each field at most once.
import { IncomingMessage } from 'node:http'
import { HealthChainError } from '../../kernel/errors.ts'

const BODY_MAX = 56 * 1024

/** @throws HealthChainError too-costly for a body that no form sends. */
export async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_MAX) throw new HealthChainError('too-costly', 'body-too-large', 'The form is too large.')
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/** Undefined if it is missing or stands twice. */
export function field(form: URLSearchParams, name: string): string | undefined {
  const values = form.getAll(name)
  return values.length === 1 ? values[0] : undefined
}

export const isForm = ({ headers }: IncomingMessage): boolean =>
  /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headers['content-type'] ?? '')

/** The same request with another body. */
export function withForm(req: IncomingMessage, form: URLSearchParams): IncomingMessage {
  const copy = new IncomingMessage(req.socket)
  const body = Buffer.from(form.toString())
  copy.method = req.method
  copy.url = req.url
  copy.httpVersion = req.httpVersion
  copy.headers = { ...req.headers, 'content-length': String(body.length) }
  delete copy.headers['transfer-encoding']
  // One that is incomplete would take the connection along when it ends.
  copy.complete = true
  copy.push(body)
  copy.push(null)
  return copy
}
