// Leaves for versions of before there was a log. They tell that the version stood when its leaf was made, not when it was
// written, nor by whom; log_state.since is the moment from which on each version came with its leaf. As the owner.
import { now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Committed } from '../../provenance/commitment.ts'
import type { Database, Session } from '../database.ts'
import { readState, writeState } from '../state.ts'
import { appendLines } from './append.ts'
import type { About } from './leaf-lines.ts'
import { versionLine } from './version-line.ts'

interface VersionRow extends About {
  readonly op: Committed['op']
  readonly content: string | null
  readonly logged: boolean
}

/** `done`, or the version that was looked at last: `Observation ID 3`. */
const STATE = 'leaves'
const DONE = 'done'
const FIRST: About = { type: '', id: '', version: 0 }
const PAGE = 500

/** Whether the database holds that each version has its leaf. */
export const isSealed = async (session: Session): Promise<boolean> => (await readState(session, STATE)) === DONE

/** From now on the database holds that each version whatsoever has its leaf. @returns false, and holds nothing, where one has none */
export const sealLog = (owner: Database): Promise<boolean> =>
  owner
    .transaction(async (session) => {
      await session.query({
        sql: 'alter table resource_version validate constraint resource_version_logged',
        parameters: [],
      })
      await writeState(session, STATE, DONE)
      return true
    })
    .catch((error) => {
      if (isUnlogged(error)) return false
      throw error
    })

// https://www.postgresql.org/docs/current/errcodes-appendix.html: foreign_key_violation
const isUnlogged = (error: unknown) => error instanceof Error && 'code' in error && error.code === '23503'

/**
 * Leaves for all that have none, then the seal. One process at a time; each page is a transaction with its place, so whoever
 * is killed goes on there. `onProgress`: versions looked at since this call began.
 * @throws HealthChainError fault (unlogged-versions)
 */
export async function fillLog(owner: Database, onProgress: (versions: number) => void = () => {}): Promise<void> {
  let after: About | undefined = placeIn(await readState(owner, STATE))
  for (let looked = 0; after; ) {
    const from: About = after
    const page = await owner.transaction((session) => fillPage(session, from))
    after = page.at(-1)
    looked += page.length
    onProgress(looked)
  }
  if (await sealLog(owner)) return
  await writeState(owner, STATE, '')
  throw new HealthChainError('fault', 'unlogged-versions', 'Versions came without their leaves. Start again.')
}

function placeIn(state = ''): About {
  const [type, id, version] = state.split(' ')
  return type && id && version ? { type, id, version: Number(version) } : FIRST
}

// Read first and joined afterwards, anew each time: a merge of the two reads the index of the leaves from its beginning on
// every page, and the plan for an empty log is none for one that grows.
const BARE = `select v.*, l.entry is not null as logged from (
  select type, id, version, operation as op, content from resource_version
  where (type, id, version) > ($1, $2, $3::int) order by type, id, version limit $4 for key share
) as v left join lateral (
  select entry from log_leaf as l where l.type = v.type and l.id = v.id and l.version = v.version offset 0
) as l on true order by v.type, v.id, v.version`

/** The next versions behind `after`, each with its leaf from now on. */
async function fillPage(session: Session, after: About): Promise<readonly About[]> {
  // For key share: what is read here must not be erased before it is logged.
  const rows = await session.query<VersionRow>({
    ...{ sql: BARE, parameters: [after.type, after.id, after.version, PAGE], varied: true },
  })
  const at = now()
  const bare = Map.groupBy(
    rows.filter(({ logged }) => !logged),
    ({ type }) => type,
  )
  for (const [type, versions] of bare) {
    const lines = versions.map((row) => versionLine(row, row.content ?? '', at))
    await appendLines(session, type, lines, lines[0]!.recorded)
  }
  const last = rows.at(-1)
  if (last) await writeState(session, STATE, `${last.type} ${last.id} ${last.version}`)
  return rows
}
