// Kills a process that writes and sequences, again and again on one database, and looks at what it left each time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { Finding } from '../../src/provenance/verifier/finding.ts'
import type { Database } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { audited, counts, sign } from './world.ts'

export interface Round {
  readonly acknowledged: number
  /** Acknowledged writes whose version or leaf is not there. */
  readonly lost: number
  /** Versions without a leaf, leaves without a version, leaves without a salt. */
  readonly alone: number
  /** Versions of which nobody was told: the process died between. */
  readonly untold: number
  /** Leaves that waited when it died. */
  readonly waiting: number
  readonly findings: readonly Finding[]
}

const NAME = 'to-be-killed'

/** What is killed, and what it works on. */
export interface Target {
  readonly url: string
  readonly database: Database
  /** See killProgram. */
  readonly program: string
}

/** @param after milliseconds from the beginning of its work @param whole the log is read from its first entry, too */
export async function killRound(target: Target, round: number, after: number, whole = true): Promise<Round> {
  const { database } = target
  const before = await counts(database)
  const acknowledged = await killed(target, round, after)
  await gone(database)
  const left = await counts(database)
  const lost = await missing(database, acknowledged)
  const alone = Math.abs(left.versions - left.leaves) + Math.abs(left.leaves - left.salts) + (await strangers(database))
  while ((await sequence(database, sign, 5000)).added > 0);
  const { size, signed } = await counts(database)
  const { findings } = whole ? await audited(database) : { findings: [] }
  const complete = size === left.leaves && signed === size
  return {
    ...{ acknowledged: acknowledged.length, lost, alone: complete ? alone : alone + 1, findings },
    untold: left.versions - before.versions - acknowledged.length,
    waiting: left.leaves - left.size,
  }
}

/** What it told before it was killed. */
async function killed({ url, program }: Target, round: number, after: number): Promise<string[]> {
  const address = new URL(url)
  address.searchParams.set('application_name', NAME)
  const child = spawn(process.execPath, [program, address.href, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const told: string[] = []
  let kill: Promise<unknown> | undefined
  for await (const line of createInterface(child.stdout)) {
    if (line === 'begun') kill = pause(after).then(() => child.kill('SIGKILL'))
    else told.push(line)
  }
  await kill
  await ended
  return told
}

/** Waits until the database has done what the dead asked for: a statement may still lie in a socket. */
async function gone(database: Database): Promise<void> {
  for (;;) {
    const sql = 'select from pg_stat_activity where application_name = $1'
    if ((await database.query({ sql, parameters: [NAME] })).length === 0) return
    await pause(10)
  }
}

async function missing(database: Database, told: readonly string[]): Promise<number> {
  const columns = [0, 1, 2, 3].map((at) => told.map((line) => line.split(' ')[at]))
  const [row] = await database.query<{ lost: number }>({
    sql: `select count(*)::int as lost from unnest($1::text[], $2::text[], $3::int[], $4::uuid[]) as told (type, id, version, entry)
where not exists (select from resource_version as v join log_leaf as l using (type, id, version)
  where (v.type, v.id, v.version, l.entry) = (told.type, told.id, told.version, told.entry))`,
    parameters: columns,
  })
  return row!.lost
}

async function strangers(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>({
    sql: `select count(*)::int as count from resource_version as v full join log_leaf as l using (type, id, version)
where v.operation is null or l.entry is null`,
    parameters: [],
  })
  return row!.count
}
