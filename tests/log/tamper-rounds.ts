// Tampers at random, in transactions that come to nothing: what they do is dumped, verified and undone. Tampers with different
// entries are made several at a time, so that thousands take seconds; each must be named all the same.
import type { Database, Session } from '../../src/store/database.ts'
import { DumpFolder, type Found } from './dumped.ts'
import { makeHistory, TYPES } from './history.ts'
import { Random } from './random.ts'
import { ERASURES, GLASSES, HOLDS } from './tampers/deeds.ts'
import { EVENT_FRAMES, EVENTS, FRAMES } from './tampers/events.ts'
import { LEAVES } from './tampers/leaves.ts'
import { ROWS } from './tampers/rows.ts'
import { SALTS } from './tampers/salts.ts'
import type { Make, Tamper } from './tampers/tamper.ts'
import { CHECKPOINTS, STATE, TILES } from './tampers/tree.ts'
import { VERSIONS } from './tampers/versions.ts'
import { type TamperWorld, tamperWorld } from './tampers/world.ts'

const TABLES: Readonly<Record<string, Readonly<Record<string, readonly Make[]>>>> = {
  log_leaf: LEAVES,
  log_salt: SALTS,
  log_tile: TILES,
  log_checkpoint: CHECKPOINTS,
  log_state: STATE,
  resource_version: VERSIONS,
  resource: ROWS,
  audit_entry: EVENTS,
  audit_frame: EVENT_FRAMES,
  provenance_frame: FRAMES,
  emergency_access: GLASSES,
  legal_hold: HOLDS,
  erasure: ERASURES,
}
/** More of those of which more is there. */
const OFTEN = [
  'log_leaf',
  'log_leaf',
  'resource_version',
  'resource_version',
  'resource',
  'audit_entry',
  'log_salt',
  'resource',
]
const DRAWN = [...Object.keys(TABLES), ...OFTEN]
const GUARDED = Object.keys(TABLES).filter((table) => table !== 'resource')
const TOGETHER = 8

export interface Missed {
  readonly what: string
  /** Made in the same transaction. */
  readonly beside: readonly string[]
  readonly found: readonly Found[]
}

/** The same as who serves and as its owner. */
export interface Databases {
  readonly database: Database
  readonly owner: Database
}

class Undone extends Error {}

export class TamperRounds {
  /** `log_leaf flip` -> how many were made. */
  readonly made = new Map<string, number>()
  readonly missed: Missed[] = []
  readonly #db: Databases
  readonly #world: TamperWorld
  readonly #folder = new DumpFolder()

  private constructor(db: Databases, world: TamperWorld) {
    this.#db = db
    this.#world = world
  }

  /** A history to tamper with, of which the owner has taken away what would hold it. @param more see makeHistory */
  static async begin(db: Databases, more: number): Promise<TamperRounds> {
    await makeHistory(db.database, more)
    const run = (sql: string) => db.owner.query({ sql, parameters: [] })
    for (const table of GUARDED) await run(`alter table ${table} disable trigger user`)
    await run('alter table resource_version drop constraint resource_version_logged')
    return new TamperRounds(db, await tamperWorld(db.owner))
  }

  /** Without a tamper. */
  honest(): Promise<Found[]> {
    return this.#folder.whole(this.#db.owner, TYPES)
  }

  async run(count: number, seed: number): Promise<void> {
    const random = new Random(seed)
    const open: Record<'tree' | 'versions', [name: string, tamper: Tamper][]> = { tree: [], versions: [] }
    const done = () => [...this.made.values()].reduce((sum, n) => sum + n, 0)
    while (done() < count) {
      const table = random.of(DRAWN)
      const kind = random.of(Object.keys(TABLES[table]!))
      const drawn: [string, Tamper] = [`${table} ${kind}`, random.of(TABLES[table]![kind]!)(this.#world, random)]
      const { on } = drawn[1]
      if (!on) {
        await this.#judge([drawn])
        continue
      }
      const batch = open[on.first]
      if (batch.length === TOGETHER || batch.some(([, one]) => meet(one, drawn[1]))) await this.#judge(batch.splice(0))
      batch.push(drawn)
    }
    for (const batch of [open.tree, open.versions]) await this.#judge(batch)
  }

  async #judge(batch: readonly (readonly [name: string, tamper: Tamper])[]): Promise<void> {
    const { happened, found } = await this.#tampered(batch)
    for (const [name, { what, seen }] of happened) {
      this.made.set(name, (this.made.get(name) ?? 0) + 1)
      const beside = happened.flatMap(([, other]) => (other.what === what ? [] : [other.what]))
      if (!seen(found)) this.missed.push({ what, beside, found: found.slice(0, 12) })
    }
  }

  async #tampered<One extends readonly [string, Tamper]>(batch: readonly One[]) {
    const happened: One[] = []
    let found: Found[] = []
    const work = this.#db.owner.transaction(async (session) => {
      for (const one of batch) if (await happens(session, one[1])) happened.push(one)
      if (happened.length > 0) found = await this.#folder.whole(session, TYPES)
      throw new Undone()
    })
    await work.catch((error) => {
      if (!(error instanceof Undone)) throw error
    })
    return { happened, found }
  }

  end(): void {
    this.#folder.drop()
  }
}

const meet = (a: Tamper, b: Tamper): boolean => a.on!.what.some((one) => b.on!.what.includes(one))

/** False where a constraint refuses it that nobody took away. */
async function happens(session: Session, { statements }: Tamper): Promise<boolean> {
  const run = (sql: string, parameters: readonly unknown[] = []) => session.query({ sql, parameters, varied: true })
  await run('savepoint before')
  try {
    for (const [sql, parameters] of statements) await run(sql, parameters)
    return true
  } catch (error) {
    if (!/^23/.test(String((error as { code?: unknown }).code))) throw error
    await run('rollback to savepoint before')
    return false
  }
}
