// Policies as a process remembers them. They never change, so memory is never stale; it may only lack what came since,
// and statements ask about that row by row.
import { type Repertoire, SILENCE } from '../../consent/repertoire.ts'
import type { Rule } from '../../consent/rule.ts'
import { elapsed } from '../../kernel/clock.ts'
import type { Session } from '../database.ts'

type Rules = readonly Rule[]

interface Row {
  id: number
  rules: string
}

/** Milliseconds between looks for new policies. */
const FRESH = 1000
const REMEMBERED_MAX = 20_000

/** Of one database. */
export class PoliciesOnFile {
  readonly #session: Session
  #repertoire = SILENCE
  #looked = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined
  readonly #remembered = new Map<number, Rules>()

  constructor(session: Session) {
    this.#session = session
  }

  /** What was on file a second ago or later, those that name single resources left out. */
  async repertoire(): Promise<Repertoire> {
    if (this.#repertoire === SILENCE) await this.#look()
    else if (elapsed() - this.#looked > FRESH) void this.#look().catch(() => {})
    return this.#repertoire
  }

  #look(): Promise<void> {
    this.#looking ??= this.#load().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #load(): Promise<void> {
    const { newest } = this.#repertoire
    const [{ last } = { last: 0 }] = await this.#session.query<{ last: number }>({
      sql: 'select coalesce(max(id), 0) as last from policy',
      parameters: [],
    })
    if (last > newest || this.#repertoire === SILENCE) {
      const rows = await this.#session.query<Row>({
        sql: 'select id, rules from policy where id > $1 and id <= $2 and not particular',
        parameters: [newest, last],
      })
      this.#repertoire = this.#repertoire.grown(
        new Map(rows.map(({ id, rules }) => [id, JSON.parse(rules) as Rules])),
        last,
      )
    }
    this.#looked = elapsed()
  }

  /** Rules by number, whatever they name. */
  async rules(numbers: Iterable<number>): Promise<ReadonlyMap<number, Rules>> {
    const found = new Map<number, Rules>()
    const missing: number[] = []
    for (const number of numbers) {
      const rules = this.#repertoire.rulesOf(number) ?? this.#remembered.get(number)
      if (rules) found.set(number, rules)
      else missing.push(number)
    }
    if (missing.length === 0) return found
    const rows = await this.#session.query<Row>({
      sql: 'select id, rules from policy where id = any($1::int[])',
      parameters: [missing],
    })
    for (const { id, rules } of rows) {
      const read = JSON.parse(rules) as Rules
      if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear()
      this.#remembered.set(id, read)
      found.set(id, read)
    }
    return found
  }
}

const known = new WeakMap<Session, PoliciesOnFile>()

/** One memory for each database; transactions have none of their own and ask that of theirs. */
export function policiesOnFile(database: Session): PoliciesOnFile {
  const made = known.get(database) ?? new PoliciesOnFile(database)
  known.set(database, made)
  return made
}

/** `{1,4}` as PostgreSQL prints an array of numbers. */
export const numbersIn = (text: string): number[] => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number))
