// How a request says who makes it: the port between HTTP and the issuers that are trusted.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Asker } from '../kernel/asker.ts'
import type { AddressOf } from './client-address.ts'
import type { Hosts } from './hosts.ts'

export interface SignIn {
  /** Where clients reach this server. */
  readonly publicUrl: string
  /** Undefined if the request shows no token. @throws HealthChainError unauthenticated, forbidden for one that is no good. */
  asker(req: IncomingMessage): Promise<Asker | undefined>
  /** JSON of `.well-known/smart-configuration`; absent where no issuer is known. @throws HealthChainError busy */
  readonly smartConfiguration?: () => Promise<object>
  /** The embedded issuer, for paths below /oidc. */
  readonly issuer?: { handle(req: IncomingMessage, res: ServerResponse): void }
  /** Names that a request may call this server by; absent: any. */
  readonly hosts?: Hosts
  /** Who is at the other end; absent: whoever holds the connection. */
  readonly addressOf?: AddressOf
}
