// Sign-in by bearer token: the embedded issuer of the default start, or the issuers that the configuration trusts.
import type { IncomingMessage } from 'node:http'
import { bearerToken } from '../auth/bearer.ts'
import { discovery } from '../auth/discovery.ts'
import { placing } from '../auth/part-of.ts'
import { smartConfiguration } from '../auth/smart-configuration.ts'
import { makeVerifier, type VerifierOptions } from '../auth/verify.ts'
import type { Asker } from '../kernel/asker.ts'
import type { Database } from '../store/database.ts'
import { organisationsAbove } from '../store/organisations.ts'
import { writeState } from '../store/state.ts'
import { addressOf } from './client-address.ts'
import type { Config } from './config.ts'
import { hostsOf } from './hosts.ts'
import { makeIssuer } from './issuer/issuer.ts'
import { issuerFailures } from './issuer-failures.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import type { SignIn } from './sign-in.ts'
import { signInAudit } from './sign-in-audit.ts'

interface Parts {
  readonly config: Pick<Config, 'publicUrl' | 'trustedIssuers'> & Partial<Pick<Config, 'trustedProxies'>>
  readonly database: Database
  /** Of the issuer's tables: a role of its own. */
  readonly accounts: Database
  readonly log: Logger
}

/** The address of the server is known only once it listens. */
export const bearerSignIn =
  ({ config, database, accounts, log }: Parts) =>
  async (url: string, metrics?: Pick<Metrics, 'issuerFailed'>): Promise<SignIn> => {
    const publicUrl = config.publicUrl ?? url
    const address = addressOf(config.trustedProxies ?? [])
    const here = { publicUrl, hosts: hostsOf(config.publicUrl), addressOf: address }
    const placed = placing(organisationsAbove(database))
    await writeState(database, 'public-url', publicUrl)
    const [first] = config.trustedIssuers
    if (first) {
      const failed = issuerFailures(log, metrics)
      const issuing = discovery(first.issuer, failed)
      return {
        ...here,
        asker: asking({ issuers: config.trustedIssuers, audience: [publicUrl], failed }, placed),
        smartConfiguration: async () => smartConfiguration(await issuing()),
      }
    }
    const realm = { issuer: `${publicUrl}/oidc`, audience: publicUrl }
    const issuer = await makeIssuer({
      ...{ database: accounts, ...realm, log, heard: signInAudit(database, publicUrl) },
      addressOf: (req) => address(req) ?? '',
    })
    const own = { issuer: realm.issuer, jwks: () => issuer.jwks() }
    return {
      ...here,
      issuer,
      asker: asking(
        { issuers: [own], audience: [publicUrl], isRevoked: (iss, jti) => issuer.isRevoked(iss, jti) },
        placed,
      ),
      smartConfiguration: async () => smartConfiguration(issuer.issuing),
    }
  }

function asking(options: VerifierOptions, placed: (asker: Asker) => Promise<Asker>): SignIn['asker'] {
  const verifier = makeVerifier(options)
  return async (req: IncomingMessage) => {
    const given = req.headersDistinct.authorization
    if (given === undefined) return undefined
    const purpose = req.headersDistinct['x-purpose-of-use']
    return placed(await verifier.verify(bearerToken(given), purpose?.join(',')))
  }
}
