// The frame of every page of the issuer: plain HTML, no script, one style sheet that the policy names by its hash. Pure.
import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { STYLE } from './style.ts'

declare const safe: unique symbol
/** HTML that is ready to be sent. Only `html` and `trusted` make it. */
export interface Html {
  readonly [safe]: true
  readonly text: string
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (value: string) => value.replace(/[&<>"']/g, (c) => ESCAPES[c]!)

type Part = string | number | Html | false | undefined | readonly Html[]

const shown = (part: Part): string => {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return 'text' in part ? part.text : part.map(({ text }) => text).join('')
}

/** Whatever is put in is escaped, unless `html` made it. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html =>
  trusted(texts.map((text, i) => (i === 0 ? text : shown(parts[i - 1]) + text)).join(''))

/** HTML that is not escaped: of this folder, or of oidc-provider. */
export const trusted = (text: string): Html => ({ text }) as Html

export function page(title: string, main: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · HealthChain</title>
${trusted(`<style>${STYLE}</style>`)}
</head>
<body>
<header class="brand"><span class="mark" aria-hidden="true">${MARK}</span>HealthChain</header>
<main>${main}</main>
</body>
</html>`.text
}

const MARK = html`<svg viewBox="0 0 24 24" width="22" height="22"><rect x="2" y="7.5" width="12" height="9" rx="4.5" fill="none" stroke="currentColor" stroke-width="2.4"/><rect x="10" y="7.5" width="12" height="9" rx="4.5" fill="none" stroke="currentColor" stroke-width="2.4"/></svg>`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** `formTargets`: origins that an answer to a form may lead to; browsers hold redirects to the policy as well. */
export function securityHeaders(formTargets: readonly string[] = []): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Not no-referrer: browsers would then send forms without their origin.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  }
}

export function sendPage(res: ServerResponse, status: number, body: string, formTargets?: readonly string[]): void {
  const own = { 'content-type': 'text/html; charset=utf-8', 'content-length': String(Buffer.byteLength(body)) }
  res.writeHead(status, { ...securityHeaders(formTargets), ...own })
  res.end(body)
}
