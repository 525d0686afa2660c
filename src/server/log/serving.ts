// The provenance log in a serving process: its files over HTTP, and, where the process holds the key, the sequencer that
// gives every write its place within a second. Any number of processes may do so.
import type { NoteSigner } from '../../provenance/note-signer.ts'
import type { Database } from '../../store/database.ts'
import { Sequencing } from '../../store/log/sequencing.ts'
import type { Logger } from '../logger.ts'
import { type Peer, signCosigned } from './cosigned.ts'
import { type LogRoutes, logRoutes } from './http.ts'
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

export function serveLog(database: Database, log: Logger, options: LogOptions): ServedLog {
  const { signer, witnesses = [] } = options
  const routes = routesOf(database, options)
  if (!signer) return { routes, wake() {}, async stop() {} }
  const sign = signCosigned(database, signer, witnesses, log.fault)
  const sequencing = new Sequencing(database, sign, {
    onFault(error, stopped) {
      log.fault(error)
      if (stopped) log.info('The provenance log is damaged: nothing more is signed. Run npm run verify.')
    },
  })
  sequencing.start()
  return { routes, wake: () => sequencing.wake(), stop: () => sequencing.stop() }
}

const WITNESS = 'witness/'

function routesOf(database: Database, { signer, witness }: LogOptions): LogRoutes {
  const own = logRoutes(database, signer?.vkey)
  const others = witness && witnessRoutes(database, witness)
  return (req, res, path) =>
    others && path.startsWith(WITNESS) ? others(req, res, path.slice(WITNESS.length)) : own(req, res, path)
}
