// The names under which this server may be asked. A web page may make a name of its own resolve to this machine, and its
// requests then still carry that name in Host (DNS rebinding). Pure.
import { isIP } from 'node:net'
import { LOOPBACK } from '../auth/fetch-json.ts'

export type Hosts = (host: string | undefined, path: string) => boolean

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i
/** Whoever starts and stops containers asks these by address. */
const PROBES: readonly string[] = ['/healthz', '/readyz']

/** The host of PUBLIC_URL, if there is one, and this machine's own names. Ports do not count: proxies drop them. */
export function hostsOf(publicUrl: string | undefined): Hosts {
  const names = publicUrl === undefined ? LOOPBACK : [...LOOPBACK, new URL(publicUrl).hostname]
  return (host, path) => {
    const name = HOST.exec(host ?? '')?.[1]?.toLowerCase()
    if (name === undefined) return false
    // No name, so nobody has made it resolve to anything.
    return names.includes(name) || (PROBES.includes(path) && isIP(name.replace(/^\[|\]$/g, '')) !== 0)
  }
}
