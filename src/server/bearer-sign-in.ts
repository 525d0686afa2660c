// Sign-in by bearer token: the embedded issuer of the default start, or the issuers that the configuration trusts.
import type { IncomingMessage } from 'node:http'
import { bearerToken } from '../auth/bearer.ts'
import { discovery } from '../auth/discovery.ts'
import { smartConfiguration } from '../auth/smart-configuration.ts'
import { makeVerifier, type TrustedIssuer } from '../auth/verify.ts'
import type { Database } from '../store/database.ts'
import { writeState } from '../store/state.ts'
import type { Config } from './config.ts'
import { hostsOf } from './hosts.ts'
import { makeIssuer } from './issuer/issuer.ts'
import type { Logger } from './logger.ts'
import type { SignIn } from './sign-in.ts'
import { signInAudit } from './sign-in-audit.ts'

interface Parts {
  readonly config: Pick<Config, 'publicUrl' | 'trustedIssuers'>
  readonly database: Database
  /** Of the issuer's tables: a role of its own. */
  readonly accounts: Database
  readonly log: Logger
}

/** The address of the server is known only once it listens. */
export const bearerSignIn =
  ({ config, database, accounts, log }: Parts) =>
  async (url: string): Promise<SignIn> => {
    const publicUrl = config.publicUrl ?? url
    const here = { publicUrl, hosts: hostsOf(config.publicUrl) }
    await writeState(database, 'public-url', publicUrl)
    const [first] = config.trustedIssuers
    if (first) {
      const issuing = discovery(first.issuer)
      return {
        ...here,
        asker: asking(config.trustedIssuers, publicUrl),
        smartConfiguration: async () => smartConfiguration(await issuing()),
      }
    }
    const realm = { issuer: `${publicUrl}/oidc`, audience: publicUrl }
    const issuer = await makeIssuer({ database: accounts, ...realm, log, heard: signInAudit(database, publicUrl) })
    const own = { issuer: realm.issuer, jwks: () => issuer.jwks() }
    return {
      ...here,
      issuer,
      asker: asking([own], publicUrl, (iss, jti) => issuer.isRevoked(iss, jti)),
      smartConfiguration: async () => smartConfiguration(issuer.issuing),
    }
  }

function asking(
  issuers: readonly TrustedIssuer[],
  audience: string,
  isRevoked?: (issuer: string, jti: string) => boolean | Promise<boolean>,
): SignIn['asker'] {
  const verifier = makeVerifier({ issuers, audience: [audience], ...(isRevoked && { isRevoked }) })
  return async (req: IncomingMessage) => {
    const given = req.headersDistinct.authorization
    if (given === undefined) return undefined
    const purpose = req.headersDistinct['x-purpose-of-use']
    return verifier.verify(bearerToken(given), purpose?.join(','))
  }
}
