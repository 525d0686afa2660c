// The provenance log in a serving process: its files over HTTP, and, where the process holds the key, the sequencer that
// gives every write its place within a second. Any number of processes may do so.
import type { NoteSigner } from '../../provenance/note-signer.ts'
import type { Database } from '../../store/database.ts'
import { Sequencing } from '../../store/log/sequencing.ts'
import { type AddressOf, addressOf as peerOf } from '../client-address.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import { admitted, logGate } from './admission.ts'
import { signCosigned } from './cosigned.ts'
import { type LogRoutes, logRoutes } from './http.ts'
import type { Peer } from './peer.ts'
import { requireNotSetBack } from './set-back.ts'
import { type Witness, witnessRoutes } from './witness.ts'

export interface ServedLog {
  readonly routes: LogRoutes
  /** Whoever waits for the log makes it hurry. */
  wake(): void
  /** Resolves when nothing of it runs any more; what waits is taken up at the next start. */
  stop(): Promise<void>
}

export interface LogOptions {
  /** Signs the log; absent: another process does. */
  readonly signer?: NoteSigner
  /** Who cosigns it. */
  readonly witnesses?: readonly Peer[]
  /** Cosigns the logs of others. */
  readonly witness?: Witness
}

interface Parts {
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'logFailed'>
  /** Whose requests are counted together; absent: those of the other end of the connection. */
  readonly addressOf?: AddressOf | undefined
}

/** Before anybody is served. @throws HealthChainError fault (set-back), if a witness proves that this log was another */
export async function requireSoundStart(database: Database, log: Logger, options: LogOptions = {}): Promise<void> {
  const { signer, witnesses = [] } = options
  if (signer) await requireNotSetBack(database, signer, witnesses, log)
}

export function serveLog(database: Database, parts: Parts, options: LogOptions = {}): ServedLog {
  const { log, metrics, addressOf = peerOf([]) } = parts
  const { signer, witnesses = [] } = options
  const routes = admitted(routesOf(database, options), addressOf)
  if (!signer) return { routes, wake() {}, async stop() {} }
  const onFault = (error: unknown, stopped = false) => {
    metrics.logFailed(stopped)
    log.fault(error)
    if (stopped) log.info(`The provenance log has stopped. ${error instanceof Error ? error.message : ''} ${MEANWHILE}`)
  }
  const sign = signCosigned(database, signer, witnesses, (error, witness) => {
    onFault(error)
    log.info(`The witness ${witness} has not cosigned. It is asked again in half a minute.`)
  })
  const sequencing = new Sequencing(database, sign, { onFault })
  sequencing.start()
  return { routes, wake: () => sequencing.wake(), stop: () => sequencing.stop() }
}

const MEANWHILE =
  'Reads and writes go on meanwhile, and what is written stays pending. Start again once npm run verify finds nothing.'

const WITNESS = 'witness/'

function routesOf(database: Database, { signer, witness }: LogOptions): LogRoutes {
  const gate = logGate()
  const witnessed = [...new Set(witness?.logs.map(({ name }) => name))]
  const own = logRoutes(database, gate, { ...(signer && { vkey: signer.vkey }), witnessed })
  const others = witness && witnessRoutes(database, witness, gate)
  return (req, res, path) =>
    others && path.startsWith(WITNESS) ? others(req, res, path.slice(WITNESS.length)) : own(req, res, path)
}
