// `npm run import -- [--custodian ORGANIZATION_ID] FILE_OR_DIR...`: works beside a running server and without one. Exit code
// 0: all stored; 1: some lines were not, or nothing could be done; 130: stopped by Ctrl-C, what was stored stays.
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { isId } from '../fhir/references.ts'
import { requireCustodian } from '../interactions/import/custodian.ts'
import { load, type Tally } from '../interactions/import/load.ts'
import { readSources } from '../interactions/import/read.ts'
import { findSources, totalBytes } from '../interactions/import/sources.ts'
import { elapsed } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { readConfig } from './config.ts'
import { ensureLabels } from './labels.ts'
import { ensureLeaves } from './leaves.ts'
import { open } from './open.ts'
import { operatorInteraction } from './operator.ts'
import { makeProgress } from './progress.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error('stopped')))

interface Wanted {
  readonly paths: string[]
  /** Id of the Organization that holds what names no holder itself. */
  readonly custodian?: string
}

function readArguments(args: readonly string[]): Wanted {
  const refuse = (message: string) => new HealthChainError('incorrect', 'bad-arguments', message)
  const parsed = () => {
    try {
      const options = { custodian: { type: 'string' } } as const
      return parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
    } catch {
      throw refuse('npm run import -- [--custodian ORGANIZATION_ID] FILE_OR_DIR...')
    }
  }
  const { values, positionals } = parsed()
  if (values.custodian !== undefined && !isId(values.custodian))
    throw refuse('--custodian takes the id of an Organization, such as hospital-1.')
  return { paths: positionals, ...values }
}

async function main(args: readonly string[]): Promise<number> {
  const { paths, custodian } = readArguments(args)
  const sources = await findSources(paths)
  const config = readConfig()
  const opened = await open(config, (line) => console.error(line))
  const { database, close } = opened
  await ensureLeaves(opened, (line) => console.error(line))
  await ensureLabels(opened, (line) => console.error(line))
  const began = elapsed()
  const tally: Tally = { created: 0, updated: 0, unchanged: 0, problems: 0 }
  const progress = makeProgress('Import', totalBytes(sources), elapsed)
  let bytes = 0
  const show = () => progress.update(bytes, tally.created + tally.updated + tally.unchanged)
  try {
    const interaction = await operatorInteraction(database, 'import', custodian)
    if (custodian !== undefined) await requireCustodian(interaction, custodian)
    const events = readSources(sources, {
      signal: stop.signal,
      onBytes(count) {
        bytes += count
        show()
      },
    })
    const whole = await load(interaction, events, {
      onProgress(now) {
        Object.assign(tally, now)
        show()
      },
      onProblem: ({ file, line, message }) => {
        progress.say(`${relative('', file)}:${line}: ${message}`)
      },
    })
    Object.assign(tally, whole)
    show()
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    progress.stop()
    await close()
  }
  console.log(summary(tally, (elapsed() - began) / 1000))
  if (stop.signal.aborted) {
    console.log('Stopped. What was stored is consistent; run the same command again to continue.')
    return 130
  }
  return tally.problems > 0 ? 1 : 0
}

function summary({ created, updated, unchanged, problems }: Tally, seconds: number): string {
  const total = created + updated + unchanged
  const rate = Math.round(total / Math.max(seconds, 0.001))
  return `${created} created, ${updated} updated, ${unchanged} unchanged, ${problems} not stored; ${seconds.toFixed(1)} s, ${rate} resources/s`
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    console.error(
      error instanceof HealthChainError
        ? error.message
        : `The import failed: ${kindOf(error)}. What was stored stays; run it again.`,
    )
    process.exitCode = 1
  },
)

/** Messages of libraries may quote data; their kind does not. */
const kindOf = (error: unknown) =>
  error instanceof Error ? `${error.name}${'code' in error ? ` ${String(error.code)}` : ''}` : 'unknown error'
