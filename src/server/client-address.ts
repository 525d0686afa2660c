// Who is at the other end, where proxies stand in between: each adds the address that it was called from, on the right, and
// only those that are trusted are believed. https://www.rfc-editor.org/rfc/rfc7239 and its forerunner X-Forwarded-For.
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { HealthChainError } from '../kernel/errors.ts'

/** The address of whoever makes a request; undefined once they have hung up. @throws HealthChainError incorrect */
export type AddressOf = (req: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined

/** @param trusted addresses and networks (`10.0.0.0/8`) of proxies; of none: no header is read. @throws bad-config */
export function addressOf(trusted: readonly string[]): AddressOf {
  const proxies = proxiesOf(trusted)
  const isProxy = (address: string) => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return ({ headers, socket }) => {
    const peer = canonical(socket.remoteAddress ?? '')
    if (peer === undefined) return undefined
    return isProxy(peer) ? behind(peer, hopsOf(headers), isProxy) : peer
  }
}

/** From the right: the first whom no trusted proxy speaks for. What it says of those further left may be invented. */
function behind(peer: string, hops: readonly string[], isProxy: (address: string) => boolean): string {
  let last = peer
  for (const hop of hops.toReversed()) {
    const address = canonical(hop)
    // A proxy that does not tell: it is the last that is known.
    if (address === undefined) return last
    if (!isProxy(address)) return address
    last = address
  }
  return last
}

/** @throws HealthChainError incorrect where both headers stand and differ: a proxy writes one, so the other is the caller's */
function hopsOf(headers: IncomingMessage['headers']): string[] {
  const [plain, forwarded] = [headers['x-forwarded-for'], headers.forwarded].map((value) =>
    value === undefined ? undefined : String(value).split(','),
  )
  const first = plain?.map((hop) => bare(hop.trim()))
  const second = forwarded?.map((element) => bare(forOf(element)))
  if (first && second && first.join() !== second.join()) {
    const message =
      'X-Forwarded-For and Forwarded name different callers: let the proxy remove the one that it does not write.'
    throw new HealthChainError('incorrect', 'forwarded-twice', message)
  }
  return first ?? second ?? []
}

const PAIR = /^([a-z]+)=(?:"([^"\\]*)"|([^"\\\s]+))$/i

/** The one `for` of an element; empty where there is none, or where it cannot be read. */
function forOf(element: string): string {
  const pairs = element.split(';').map((pair) => PAIR.exec(pair.trim()))
  const named = pairs.filter((pair) => pair?.[1]?.toLowerCase() === 'for')
  return pairs.includes(null) || named.length !== 1 ? '' : (named[0]![2] ?? named[0]![3]!)
}

/** Without the port that some write behind it. */
const bare = (text: string): string =>
  /^\[(.*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d{1,5}$/, '$1')

/** One spelling for each address, and IPv4 as such where it comes as IPv6; undefined for what is none. */
function canonical(text: string): string | undefined {
  const address = text.replace(/%.*$/, '')
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short)
  if (!mapped) return short
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** An IPv6 address is one of 2^64 that its owner may use: they count as one. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const [left, right] = [head, tail ?? ''].map((groups) => groups.split(':').filter(Boolean))
  const zeros = tail === undefined ? 0 : Math.max(8 - left!.length - right!.length, 0)
  const groups = [...left!, ...Array<string>(zeros).fill('0'), ...right!]
  return `${groups.slice(0, 4).join(':')}::/64`
}

function proxiesOf(trusted: readonly string[]): BlockList {
  const proxies = new BlockList()
  for (const text of trusted) {
    const [, address = '', bits] = /^([^/%]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? []
    const version = isIP(address)
    const width = version === 6 ? 128 : 32
    const length = bits === undefined ? width : Number(bits)
    if (version === 0 || length < WIDEST || length > width || holdsIpv4(address, length)) throw refused()
    proxies.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4')
  }
  return proxies
}

/** Who trusts everybody believes everybody: a network has this many bits at least. */
const WIDEST = 8

/** All IPv4 addresses have a place among those of IPv6: a network may hold them without showing it. */
function holdsIpv4(address: string, length: number): boolean {
  const network = new BlockList()
  network.addSubnet(address, length, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return ['1.0.0.0', '254.0.0.0'].every((far) => network.check(far, 'ipv4'))
}

const refused = () =>
  new HealthChainError(
    'incorrect',
    'bad-config',
    `TRUSTED_PROXIES lists addresses and networks such as 10.0.0.7,10.1.0.0/16,fd00::/8, separated by commas; none wider than /${WIDEST}.`,
  )
