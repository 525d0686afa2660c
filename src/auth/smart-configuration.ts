// `.well-known/smart-configuration`: where and how apps sign in, http://hl7.org/fhir/smart-app-launch/conformance.html.
// Pure. It lists what is true and nothing else: what the issuer can do, and what this server makes of its tokens.

/** Where and how an issuer gives tokens. */
export interface Issuing {
  readonly issuer: string
  readonly tokenEndpoint: string
  /** Absent: services only, nobody signs in. */
  readonly authorizationEndpoint?: string
  readonly introspectionEndpoint?: string
  readonly revocationEndpoint?: string
  readonly jwksUri?: string
  readonly grants: readonly string[]
  /** `none`: a public client, whose code PKCE protects. */
  readonly clientAuthentication: readonly string[]
  /** Of signed client assertions. */
  readonly algorithms?: readonly string[]
  readonly scopes: readonly string[]
}

/** Scopes that are no rights on data and that this server or an app understands. */
const ABOUT_PEOPLE = ['openid', 'fhirUser', 'launch/patient', 'offline_access', 'online_access']
const ON_DATA = ['patient/*.cruds', 'user/*.cruds', 'system/*.cruds']

/** Capability -> whether it is there. */
const CAPABILITIES: Readonly<Record<string, (issuing: Issuing) => boolean>> = {
  'launch-standalone': ({ authorizationEndpoint, grants }) =>
    authorizationEndpoint !== undefined && grants.includes('authorization_code'),
  'client-public': ({ clientAuthentication }) => clientAuthentication.includes('none'),
  'client-confidential-symmetric': ({ clientAuthentication }) => clientAuthentication.includes('client_secret_basic'),
  'client-confidential-asymmetric': ({ clientAuthentication }) => clientAuthentication.includes('private_key_jwt'),
  'context-standalone-patient': ({ scopes }) => scopes.includes('launch/patient'),
  'permission-patient': () => true,
  'permission-user': () => true,
  'permission-offline': ({ scopes }) => scopes.includes('offline_access'),
  'permission-v1': () => true,
  'permission-v2': () => true,
  'sso-openid-connect': ({ scopes, jwksUri }) => scopes.includes('openid') && jwksUri !== undefined,
}

export function smartConfiguration(issuing: Issuing): Record<string, unknown> {
  const { issuer, jwksUri, authorizationEndpoint, introspectionEndpoint, revocationEndpoint, algorithms } = issuing
  return {
    issuer,
    ...(jwksUri && { jwks_uri: jwksUri }),
    ...(authorizationEndpoint && { authorization_endpoint: authorizationEndpoint, response_types_supported: ['code'] }),
    token_endpoint: issuing.tokenEndpoint,
    ...(introspectionEndpoint && { introspection_endpoint: introspectionEndpoint }),
    ...(revocationEndpoint && { revocation_endpoint: revocationEndpoint }),
    token_endpoint_auth_methods_supported: issuing.clientAuthentication,
    ...(algorithms && { token_endpoint_auth_signing_alg_values_supported: algorithms }),
    // SMART knows these; `implicit` and `password` are no way to sign in.
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'].filter((grant) =>
      issuing.grants.includes(grant),
    ),
    // SMART requires it of every issuer, and forbids `plain`.
    code_challenge_methods_supported: ['S256'],
    scopes_supported: [...ABOUT_PEOPLE.filter((scope) => issuing.scopes.includes(scope)), ...ON_DATA],
    capabilities: Object.keys(CAPABILITIES).filter((name) => CAPABILITIES[name]!(issuing)),
  }
}
