// Attempts to sign in, in the audit log: on disk before they are answered. Of an attempt that failed nothing but where it
// came from is written: the name that was typed may be anybody's.
import type { Asker } from '../kernel/asker.ts'
import { instant } from '../kernel/clock.ts'
import { newId } from '../kernel/random.ts'
import { auditEvents } from '../store/audit/event.ts'
import { AuditLog } from '../store/audit/log.ts'
import type { Database } from '../store/database.ts'
import type { Account } from '../store/issuer/accounts.ts'

/** Who signed in, as the audit log names people. */
const whose = (issuer: string, { username, user, role, organisation, purposes }: Account): Asker => ({
  ...{ issuer, subject: username, client: 'sign-in', user, role, groups: [], scopes: [] },
  ...(organisation !== undefined && { organisation: organisation.replace(/^Organization\//, '') }),
  purpose: purposes[0] ?? '',
})

export function signInAudit(database: Database, publicUrl: string) {
  const log = new AuditLog(database)
  return async (account: Account | undefined, address: string): Promise<void> => {
    const asker = account && whose(`${publicUrl}/oidc`, account)
    const about = { at: instant(), requestId: newId(), observer: publicUrl, address, ...(asker && { asker }) }
    await log.record(auditEvents(about, [{ kind: 'sign-in', outcome: account ? '0' : '8' }]))
  }
}
