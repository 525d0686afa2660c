// Strangers read the log without signing in: so many times a second from one address, and so many at once. Whoever comes too
// often is told when to come again (429, RFC 6585), and the clinical service goes on as if nobody had.
import type { ServerResponse } from 'node:http'
import { HealthChainError } from '../../kernel/errors.ts'
import { type AddressOf, networkOf } from '../client-address.ts'
import { errorAnswer } from '../errors.ts'
import { Gate } from './gate.ts'
import type { LogRoutes } from './http.ts'
import { type Rate, Rates } from './rates.ts'

/** A verifier of a log of a million entries asks 8,000 times, one after the other. */
export const READING: Rate = { perSecond: 300, burst: 3000 }

/** Of the ten connections of a process the log has three. */
export const logGate = () => new Gate(3, 64)

export function admitted(routes: LogRoutes, addressOf: AddressOf, rate: Rate = READING): LogRoutes {
  const rates = new Rates(rate)
  return async (req, res, path) => {
    // For verifiers that run in a browser: it says nothing of people, and takes no cookies.
    res.setHeader('access-control-allow-origin', '*')
    // But for what says otherwise: what is not there now may be there in a second.
    res.setHeader('cache-control', 'no-store')
    const seconds = rates.take(networkOf(addressOf(req) ?? ''))
    if (seconds > 0) return later(res, seconds, tooOften)
    try {
      await routes(req, res, path)
    } catch (error) {
      if (!(error instanceof HealthChainError) || error.code !== 'log-busy') throw error
      later(res, 1, error)
    }
  }
}

const tooOften = new HealthChainError('busy', 'too-often', 'Ask less often: see Retry-After. The log can be mirrored.')

function later(res: ServerResponse, seconds: number, error: HealthChainError): void {
  const body = JSON.stringify(errorAnswer(error))
  res.writeHead(429, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'retry-after': String(seconds),
    'access-control-expose-headers': 'retry-after',
    'x-content-type-options': 'nosniff',
  })
  res.end(body)
}
