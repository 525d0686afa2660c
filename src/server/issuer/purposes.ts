// Purposes of use that a sign-in may carry. Pure.
import { isPurpose } from '../../kernel/purpose.ts'

/** Break-glass is for those who proved twice who they are. */
const SECOND_FACTOR = ['BTG']

/** Codes as the authorization parameter `purpose_of_use` lists them, by space or comma. Undefined: one is no purpose. */
export function readPurposes(text: string): string[] | undefined {
  const codes = [...new Set(text.split(/[\s,]+/).filter(Boolean))]
  return codes.length > 0 && codes.every(isPurpose) ? codes : undefined
}

/** The account's purposes, of those only the `asked` ones if any were asked for. Never more than the account has. */
export function purposesFor(
  account: { readonly purposes: readonly string[] },
  acr: string | undefined,
  asked: readonly string[] | undefined,
): string[] {
  return account.purposes.filter(
    (code) => (asked === undefined || asked.includes(code)) && (acr === 'mfa' || !SECOND_FACTOR.includes(code)),
  )
}
