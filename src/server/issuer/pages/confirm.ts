// The page on which a person hands rights to an application. Pure. No autofocus: it would scroll past what is read.
import type { Account } from '../../../store/issuer/accounts.ts'
import { html, page } from './layout.ts'
import { purposeInWords, roleInWords, scopeInWords } from './words.ts'

export interface ConfirmPage {
  readonly client: string
  /** Where the answer goes: a person should see when it leaves this machine. */
  readonly target: string
  readonly account: Account
  readonly scopes: readonly string[]
  readonly purposes: readonly string[]
}

export const confirmPage = ({ client, target, account, scopes, purposes }: ConfirmPage): string =>
  page(
    'Allow access',
    html`
<h1>Allow ${client}?</h1>
<div class="who"><span><strong>${account.username}</strong> <span class="soft">${roleInWords(account.role)}${
      account.organisation !== undefined && html`, ${account.organisation}`
    }</span></span>
<form method="post"><button class="link small" name="step" value="switch">Not you?</button></form></div>
<h2>The application may</h2>
<ul>${scopes.map((scope) => html`<li>${scopeInWords(scope)}<small><code>${scope}</code></small></li>`)}</ul>
<h2>For the purpose of</h2>
<ul>${purposes.map((code) => html`<li>${purposeInWords(code)} <small><code>${code}</code></small></li>`)}</ul>
<p class="soft small">What patients consented to still decides what is shown. The answer goes to <code>${target}</code>.</p>
<form method="post"><input type="hidden" name="step" value="confirm">
<div class="actions"><button>Allow</button><button class="quiet" name="cancel" value="yes">Deny</button></div>
</form>`,
  )
