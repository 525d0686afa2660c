// Introspection (RFC 7662) and revocation (RFC 7009) of access tokens that are JWTs. oidc-provider knows only tokens by
// their record, so a JWT of ours whose signature holds is replaced by a name of its record before it gets there.
import type { IncomingMessage } from 'node:http'
import { jwtVerify } from 'jose'
import { field, isForm, readForm, withForm } from './form.ts'
import type { SigningKey } from './keys.ts'

const PATHS = ['/token/introspection', '/token/revocation']

export const takesTokens = (path: string): boolean => PATHS.includes(path)

/** What is no JWT of ours stays as it is. `checked` as in AdapterOptions. */
export async function nameChecked(
  req: IncomingMessage,
  { issuer, keys, checked }: { issuer: string; keys: readonly SigningKey[]; checked: string },
): Promise<IncomingMessage> {
  if (req.method !== 'POST' || !isForm(req)) return req
  const form = await readForm(req)
  const token = field(form, 'token') ?? ''
  const found = await Promise.all(keys.map((key) => ourJti(token, issuer, key)))
  const jti = found.find((one) => one !== undefined)
  if (jti !== undefined) form.set('token', checked + jti)
  return withForm(req, form)
}

async function ourJti(token: string, issuer: string, { publicJwk, alg }: SigningKey): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, publicJwk, { issuer, algorithms: [alg], typ: 'at+jwt' })
    return payload.jti
  } catch {
    return undefined
  }
}
