// Issuers elsewhere that do not answer: each failure is counted, and the log says why, once a minute for each issuer.
import type { IssuerFailed } from '../auth/issuer-failure.ts'
import { elapsed } from '../kernel/clock.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

const MINUTE = 60_000

/** Issuers are those of the configuration: few, and no secret. */
export function issuerFailures(log: Pick<Logger, 'info'>, metrics?: Pick<Metrics, 'issuerFailed'>): IssuerFailed {
  const said = new Map<string, { at: number; since: number }>()
  return (issuer, asked, cause) => {
    metrics?.issuerFailed(asked)
    const last = said.get(issuer)
    if (last && elapsed() - last.at < MINUTE) return void last.since++
    const more = last && last.since > 0 ? `, ${last.since} more failures since the last line` : ''
    said.set(issuer, { at: elapsed(), since: 0 })
    log.info(`The issuer ${issuer} does not answer when asked for its ${WORDS[asked]}: ${cause}${more}.`)
  }
}

const WORDS = { keys: 'keys', discovery: 'configuration' } as const
