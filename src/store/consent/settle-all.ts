// Settles the policies of everybody anew when consents are read differently than before. In batches, each with its place
// in one transaction: whoever is killed goes on where the state says.
import { READING } from '../../consent/policy.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Database, Session } from '../database.ts'
import { consentingPatients } from '../relabel.ts'
import { readState, writeState } from '../state.ts'
import { settlePolicies } from './policies.ts'

/** `settled 2026.11.2`, or how far it is: `settling 2026.11.2 PATIENT`. */
export const STATE = 'policies'
export const SETTLED = `settled ${READING}`
const SETTLING = `settling ${READING} `
const BATCH = 250

/** `2026.10.1` is later than `2026.9.3`. */
function isLater(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number))
  const i = a!.findIndex((part, n) => part !== b![n])
  return i >= 0 && a![i]! > (b![i] ?? -1)
}

/**
 * Whether all policies are of today's reading. Where nobody consented to anything, they are.
 * @throws HealthChainError fault (newer-database) if a later release has read them: ours would take its corrections back.
 */
export async function isSettled(session: Session): Promise<boolean> {
  const state = await readState(session, STATE)
  if (state === SETTLED) return true
  if (isLater(state?.split(' ')[1] ?? '', READING))
    throw new HealthChainError(
      'fault',
      'newer-database',
      'A newer release served this database. Start that one, or a later.',
    )
  if ((await consentingPatients(session, '', 1)).length > 0) return false
  await writeState(session, STATE, SETTLED)
  return true
}

/** One process at a time; others may write consents meanwhile. `onProgress`: patients settled since this call began. */
export async function settleAll(database: Database, onProgress: (patients: number) => void = () => {}): Promise<void> {
  const state = await readState(database, STATE)
  let after = state?.startsWith(SETTLING) ? state.slice(SETTLING.length) : ''
  for (let done = 0; ; ) {
    const patients = await consentingPatients(database, after, BATCH)
    const last = patients.at(-1)
    if (last === undefined) break
    await database.transaction(async (session) => {
      await settlePolicies(session, patients)
      await writeState(session, STATE, `${SETTLING}${last}`)
    })
    after = last
    done += patients.length
    onProgress(done)
  }
  await writeState(database, STATE, SETTLED)
}

/** Patients whose consents a whole run reads. */
export async function countSettled(session: Session): Promise<number> {
  const [row] = await session.query<{ count: number }>({
    sql: 'select count(distinct patient)::int as count from consent where not deleted',
    parameters: [],
  })
  return row!.count
}
