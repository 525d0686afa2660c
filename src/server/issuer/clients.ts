// The applications that may use the embedded issuer: the console, any SMART app on this machine, and a demo backend.
import type { ClientMetadata } from 'oidc-provider'
import type { Role, Scope } from '../../kernel/asker.ts'
import type { SigningKey } from './keys.ts'

export interface IssuerClient {
  readonly metadata: ClientMetadata
  /** For people: what is asking. */
  readonly name: string
  /** Scopes it may ask for. */
  readonly contexts: readonly Scope['context'][]
  /** A service of its own, without a person: who it is. */
  readonly service?: {
    readonly user: string
    readonly role: Role
    readonly organisation?: string
    readonly purposes: readonly string[]
  }
}

/** Public clients prove themselves with PKCE alone, https://www.rfc-editor.org/rfc/rfc8252 */
const PUBLIC = {
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
} satisfies Partial<ClientMetadata>

export const backendClient = (
  id: string,
  name: string,
  keys: readonly object[],
  service: NonNullable<IssuerClient['service']>,
): IssuerClient => ({
  name,
  contexts: ['system'],
  service,
  metadata: {
    client_id: id,
    client_name: name,
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    jwks: { keys: [...keys] },
  } as ClientMetadata,
})

export function ownClients(publicUrl: string, backend: SigningKey): IssuerClient[] {
  const home = `${publicUrl}/`
  return [
    {
      name: 'HealthChain console',
      contexts: ['patient', 'user'],
      metadata: {
        ...PUBLIC,
        client_id: 'console',
        client_name: 'HealthChain console',
        redirect_uris: [home, `${home}graphql`, `${home}callback`],
        post_logout_redirect_uris: [home, `${home}graphql`],
      },
    },
    {
      name: 'a SMART app on this machine',
      contexts: ['patient', 'user'],
      metadata: {
        ...PUBLIC,
        client_id: 'demo-app',
        client_name: 'a SMART app on this machine',
        application_type: 'native',
        // Any port: RFC 8252, section 7.3.
        redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
      },
    },
    backendClient('demo-backend', 'Demo backend service', [backend.publicJwk], {
      user: 'Organization/demo-hospital-northlake',
      role: 'system',
      organisation: 'Organization/demo-hospital-northlake',
      purposes: ['HOPERAT'],
    }),
  ]
}
