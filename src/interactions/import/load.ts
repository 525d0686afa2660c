// The writing half of an import: events of the sources -> batches of writes through the same steps as every other write.
// A batch is one transaction; while PostgreSQL writes one, the next is read and checked.
import { SEARCH } from '../../fhir/generated/search-parameters.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Interaction } from '../context.ts'
import { type Call, commit, prepare } from '../pipeline.ts'
import type { BundleStart, ImportEvent, ImportItem } from './events.ts'
import { Matcher } from './match.ts'

export interface Tally {
  created: number
  updated: number
  unchanged: number
  problems: number
}

export interface LoadOptions {
  /** Told of each line or entry that was not stored. */
  onProblem?: (problem: { file: string; line: number; message: string }) => void
  /** Told after each batch. */
  onProgress?: (tally: Readonly<Tally>) => void
}

interface Prepared {
  readonly item: ImportItem
  readonly call: Call
}

/** Writes everything that the events hold; problems are told and counted and stop nothing. */
export async function load(
  interaction: Interaction,
  events: AsyncIterable<readonly ImportEvent[]> | Iterable<readonly ImportEvent[]>,
  options: LoadOptions = {},
): Promise<Tally> {
  const loader = new Loader(interaction, options)
  try {
    for await (const batch of events) await loader.take(batch)
    return await loader.finish()
  } finally {
    // Stopped from outside: what is under way ends, stored or not, before the caller closes the database.
    await loader.idle()
  }
}

class Loader {
  readonly #interaction: Interaction
  readonly #options: LoadOptions
  readonly #matcher: Matcher
  readonly #tally: Tally = { created: 0, updated: 0, unchanged: 0, problems: 0 }
  /** The batch under way. */
  #writing: Promise<void> = Promise.resolve()
  #ready: Prepared[] = []
  /** Conditional creates whose search could not be answered: `Type/id` -> why. They must not be created. */
  readonly #unmatched = new Map<string, string>()
  /** The atomic Bundle being gathered. */
  #atomic: { start: BundleStart; calls: Prepared[]; failed: number } | undefined

  constructor(interaction: Interaction, options: LoadOptions) {
    this.#interaction = interaction
    this.#options = options
    this.#matcher = new Matcher(interaction)
  }

  async take(batch: readonly ImportEvent[]): Promise<void> {
    for (const event of batch) {
      if (event.kind === 'item') await this.#takeItem(event)
      else if (event.kind === 'problem') this.#problem(event, event.message)
      else if (event.kind === 'bundle-start') await this.#begin(event)
      else await this.#end(event.failed)
    }
    await this.#flush()
  }

  async finish(): Promise<Tally> {
    if (this.#atomic) this.#problem(this.#atomic.start, 'the transaction has no end, so none of its entries is stored')
    await this.#flush()
    await this.#writing
    return this.#tally
  }

  idle(): Promise<void> {
    return this.#writing.catch(() => {})
  }

  async #begin(start: BundleStart): Promise<void> {
    if (start.creates.length > 0) await this.#settle()
    for (const create of start.creates) {
      try {
        const match = await this.#matcher.find(create.type, create.query)
        if (match !== undefined) create.resolve(match)
      } catch (error) {
        if (!isRefusal(error)) throw error
        this.#unmatched.set(create.target, describe(error))
      }
    }
    if (start.atomic) this.#atomic = { start, calls: [], failed: 0 }
  }

  async #end(failed: number): Promise<void> {
    const bundle = this.#atomic
    this.#atomic = undefined
    if (!bundle) return
    if (failed + bundle.failed > 0) {
      const message = `the transaction has ${failed + bundle.failed} faulty entries, so none of its entries is stored`
      return this.#problem(bundle.start, message)
    }
    await this.#settle()
    await this.#write(bundle.calls, true)
  }

  async #takeItem(item: ImportItem): Promise<void> {
    if (item.matched !== undefined) {
      this.#tally.unchanged++
      return
    }
    try {
      for (const reference of item.conditional) await this.#resolve(reference)
      const { resource, duplicates } = item
      const unmatched = this.#unmatched.get(`${resource.resourceType}/${resource.id}`)
      if (unmatched !== undefined && item.ifNoneExist !== undefined)
        throw new HealthChainError('conflict', 'conditional-create', unmatched)
      if (resource.resourceType === 'AuditEvent')
        throw new HealthChainError('unsupported', 'audit-event', 'audit events are written by this server alone')
      if (!(resource.resourceType in SEARCH))
        throw new HealthChainError(
          'unsupported',
          'type',
          `this server keeps no resources of ${typeName(resource.resourceType)}`,
        )
      const call: Call = {
        kind: 'update',
        type: resource.resourceType,
        id: resource.id,
        resource,
        duplicates,
        skipUnchanged: true,
        imported: true,
      }
      prepare(call)
      ;(this.#atomic?.calls ?? this.#ready).push({ item, call })
    } catch (error) {
      if (!(error instanceof HealthChainError)) throw error
      if (this.#atomic) this.#atomic.failed++
      this.#problem(item, describe(error))
    }
  }

  async #resolve(reference: ImportItem['conditional'][number]): Promise<void> {
    let match = await this.#matcher.find(reference.type, reference.query)
    if (match === undefined && this.#ready.length > 0) {
      // What it means may wait in this very batch.
      await this.#settle()
      match = await this.#matcher.find(reference.type, reference.query)
    }
    if (match === undefined)
      throw new HealthChainError(
        'not-found',
        'no-match',
        `${reference.path}: nothing matches this conditional reference`,
      )
    reference.resolve(match)
  }

  /** Hands the ready calls to the database and waits until they are stored. */
  async #settle(): Promise<void> {
    await this.#flush()
    await this.#writing
  }

  /** Hands the ready calls to the database once it has done with the batch before. */
  async #flush(): Promise<void> {
    if (this.#ready.length === 0) return
    const batch = this.#ready
    this.#ready = []
    await this.#writing
    this.#writing = this.#write(batch, false)
    // Awaited with the next batch; a failure must not count as unhandled until then.
    this.#writing.catch(() => {})
  }

  async #write(batch: readonly Prepared[], atomic: boolean): Promise<void> {
    const parts = rounds(batch)
    if (atomic && parts.length > 1)
      this.#problem(batch[0]!.item, 'two entries of the transaction are the same resource, so none is stored')
    else for (const round of parts) await this.#writeRound(round, atomic)
    this.#options.onProgress?.(this.#tally)
  }

  async #writeRound(round: readonly Prepared[], atomic: boolean): Promise<void> {
    try {
      const calls = round.map(({ call }) => call)
      for (const { outcome } of await commit(calls, this.#interaction))
        if (outcome !== 'deleted') this.#tally[outcome]++
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (atomic || round.length === 1) this.#problem(round[0]!.item, describe(error))
      // One of many cannot be stored: find out which, keep the rest.
      else for (const one of round) await this.#writeRound([one], false)
    }
  }

  #problem({ file, line }: { file: string; line: number }, message: string): void {
    this.#tally.problems++
    this.#options.onProblem?.({ file, line, message })
  }
}

/** One transaction must not write the same resource twice: its second version waits for the next. */
function rounds(batch: readonly Prepared[]): Prepared[][] {
  const out: Prepared[][] = [[]]
  let seen = new Set<string>()
  for (const one of batch) {
    const key = `${one.call.type}/${one.call.id}`
    if (seen.has(key)) {
      out.push([])
      seen = new Set()
    }
    seen.add(key)
    out.at(-1)!.push(one)
  }
  return out
}

/** Only what looks like a type of FHIR is repeated in a message. */
const typeName = (type: string) => (/^[A-Z][A-Za-z]{2,40}$/.test(type) ? `type ${type}` : 'the type that stands here')

/** Errors of ours, and what PostgreSQL says of a value (classes 22 and 54): the rest is a fault of the system and stops the import. */
const isRefusal = (error: unknown) =>
  error instanceof HealthChainError ||
  (error instanceof Error && 'code' in error && String(error.code).startsWith('22'))

function describe(error: unknown): string {
  if (!(error instanceof HealthChainError)) return 'the database refuses a value of this resource'
  const { issues } = error
  const shown = issues.slice(0, 3).map((issue) => `${issue.expression ?? ''}: ${issue.diagnostics}`)
  if (issues.length > 3) shown.push(`and ${issues.length - 3} more`)
  return issues.length > 0 ? shown.join(' ') : error.message
}
