// The pages that ask for a password and for a code. Pure.
import { type Html, html, page } from './layout.ts'

export interface DemoAccount {
  readonly username: string
  readonly label: string
}

/** What is wrong is not said: name, password and lock read the same. */
const REFUSED = html`<div class="alert" role="alert" id="refused">
<p><strong>That did not work.</strong></p>
<p>Check your user name and password. After five failed attempts an account rests for 15 minutes.</p>
</div>`

const CODE_REFUSED = html`<div class="alert" role="alert" id="refused">
<p><strong>That did not work.</strong></p>
<p>Enter the code your authenticator app shows now; each code works once. After five failed attempts codes rest for 15 minutes.</p>
</div>`

const invalid = (refused: boolean): Html => (refused ? html` aria-invalid="true" aria-describedby="refused"` : html``)

export interface PasswordPage {
  readonly client: string
  readonly refused: boolean
  readonly username: string
  readonly demo: readonly DemoAccount[]
}

export const passwordPage = ({ client, refused, username, demo }: PasswordPage): string =>
  page(
    refused ? 'Sign-in failed' : 'Sign in',
    html`
<h1>Sign in</h1>
<p class="soft">to continue to <strong>${client}</strong></p>
${refused && REFUSED}
<form method="post" autocomplete="on">
<input type="hidden" name="step" value="password">
<label for="username">User name</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required${invalid(refused)}${username === '' && AUTOFOCUS}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required${invalid(refused)}${username !== '' && AUTOFOCUS}>
<div class="actions"><button>Sign in</button>${CANCEL}</div>
</form>
${demo.length > 0 && demoHint(demo)}`,
  )

const AUTOFOCUS = html` autofocus`
const CANCEL = html`<button class="quiet" name="cancel" value="yes" formnovalidate>Cancel</button>`

const demoHint = (demo: readonly DemoAccount[]) => html`<details>
<summary>Demo accounts</summary>
<p class="soft">All people here are invented. The server printed the password when it started.</p>
<dl>${demo.map(({ username, label }) => html`<dt>${username}</dt><dd>${label}</dd>`)}</dl>
</details>`

export const codePage = ({ client, refused }: { client: string; refused: boolean }): string =>
  page(
    refused ? 'Code not accepted' : 'Enter your code',
    html`
<h1>Enter your code</h1>
<p class="soft">Open your authenticator app and enter the six digits it shows, to continue to <strong>${client}</strong>.</p>
${refused && CODE_REFUSED}
<form method="post" autocomplete="off">
<input type="hidden" name="step" value="code">
<label for="code">Six-digit code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" maxlength="7" title="Six digits" required autofocus${invalid(refused)}>
<div class="actions"><button>Continue</button>${CANCEL}</div>
</form>`,
  )
