// Reads what lies beside a log in files: the versions of an export, and all else that a dump of the whole holds.
import { join } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'
import { readStoredEvent } from '../../provenance/stored-event.ts'
import type { EventCheck } from '../../provenance/verifier/events.ts'
import { Findings } from '../../provenance/verifier/finding.ts'
import {
  type Finding,
  openCheckpoint,
  type Policy,
  type Remembered,
  readDisclosed,
  type VersionCheck,
} from '../../provenance/verifier/index.ts'
import { CHECKPOINTS, EVENTS, UNLOGGED_EVENTS, VERSIONS } from '../../store/log/dump-files.ts'
import { isMissing, linesOf } from './regular-file.ts'

/** Files; absent: there is none to read. */
export interface Beside {
  readonly versions?: string
  readonly checkpoints?: string
  readonly events?: string
  /** Of before there were batches. */
  readonly unloggedEvents?: string
}

/** @throws HealthChainError incorrect, where the whole is wanted of what is no folder */
export function besideOf(wanted: {
  readonly place: string
  readonly versions?: string
  readonly whole?: boolean
}): Beside {
  const { place, versions, whole } = wanted
  if (versions !== undefined) return { versions }
  if (!whole) return {}
  if (!place.includes('://'))
    return {
      versions: join(place, VERSIONS),
      checkpoints: join(place, CHECKPOINTS),
      events: join(place, EVENTS),
      unloggedEvents: join(place, UNLOGGED_EVENTS),
    }
  throw new HealthChainError(
    'incorrect',
    'bad-arguments',
    '--whole takes the folder of a dump, or --versions FILE beside an address.',
  )
}

/** What is longer than an expression can match is no line of ours either. */
function readable<T>(read: (line: string) => T, line: string): T | undefined {
  try {
    return read(line)
  } catch {
    return undefined
  }
}

/** How many there are. */
export async function readVersions(file: string | undefined, check: VersionCheck): Promise<number | undefined> {
  if (file === undefined) return undefined
  let line = 0
  for await (const text of linesOf(file)) {
    check.addVersion(readable(readDisclosed, text), ++line)
    if (check.full) break
  }
  return line
}

export async function readEvents(file: string | undefined, check: EventCheck): Promise<void> {
  if (file === undefined) return
  let line = 0
  for await (const text of linesOf(file)) {
    check.addEvent(readable(readStoredEvent, text), ++line)
    if (check.full) break
  }
}

export interface KeptCheckpoints {
  readonly checkpoints: readonly Remembered[]
  readonly findings: readonly Finding[]
}

/** Those that the log has signed. Who witnessed an old one is not asked: the newest is held to that. */
export async function readCheckpoints(file: string | undefined, policy: Policy): Promise<KeptCheckpoints> {
  const checkpoints: Remembered[] = []
  const found = new Findings()
  if (file !== undefined)
    for await (const text of linesOf(file)) {
      const { size, note } = parsed(text)
      const opened = await openCheckpoint(note, { ...policy, witnesses: [], quorum: 0 })
      if ('checkpoint' in opened && opened.checkpoint.size === size) checkpoints.push(opened.checkpoint)
      else found.add('checkpoint-differs', size)
      if (found.full) break
    }
  return { checkpoints, findings: found.list }
}

function parsed(text: string): { readonly size: number; readonly note: string } {
  try {
    const { size, note } = JSON.parse(text) as { size?: unknown; note?: unknown }
    return { size: Number(size), note: String(note) }
  } catch {
    return { size: Number.NaN, note: '' }
  }
}

/** None where there is no such file. */
export async function countLines(file: string | undefined): Promise<number> {
  if (file === undefined) return 0
  let count = 0
  try {
    for await (const _ of linesOf(file)) count++
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  return count
}
