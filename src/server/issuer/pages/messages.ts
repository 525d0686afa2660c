// Pages that say something: an error, signing out. What oidc-provider would show, in our dress.
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { html, page, securityHeaders, trusted } from './layout.ts'

export const messagePage = (title: string, text: string): string =>
  page(title, html`<h1>${title}</h1><p class="soft">${text}</p>`)

function show(ctx: KoaContextWithOIDC, body: string): void {
  ctx.set(securityHeaders())
  ctx.type = 'html'
  ctx.body = body
}

export function errorPage(ctx: KoaContextWithOIDC, { error, error_description }: ErrorOut): undefined {
  const more = error_description ? `${error_description} (${error})` : error
  const text = `The application and this server could not agree: ${more}. Go back to the application and start again.`
  show(ctx, messagePage('Sign-in cannot go on', text))
}

/** `form` is oidc-provider's: a form element with a token against forgery, to which buttons refer by its id. */
export function signOutPage(ctx: KoaContextWithOIDC, form: string): undefined {
  const body = html`<h1>Sign out?</h1><p class="soft">Applications that stay connected are not affected.</p>
${trusted(form)}
<div class="actions"><button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
<button class="quiet" form="op.logoutForm">Stay signed in</button></div>`
  show(ctx, page('Sign out', body))
}

export function signedOutPage(ctx: KoaContextWithOIDC): undefined {
  show(ctx, messagePage('You are signed out', 'You can close this window.'))
}
