// Which processes serve a cluster. A pid in a file proves nothing (it may be reused); the command line of the postmaster
// and the titles of its children do, because each carries the cluster's name, and any user may read them.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'

/** cluster_name: the same for everybody who opens this folder, another for a copy of it. */
export const clusterName = (data: string): string =>
  `healthchain-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`

/** The pids of the postmaster and of all its children; children may outlive a killed postmaster for a while. */
export async function residents(data: string): Promise<Set<number>> {
  const name = clusterName(data)
  const found = new Set<number>()
  for (const [pid, command] of await processes()) {
    if (command.includes(`--cluster_name=${name}`) || command.startsWith(`postgres: ${name}: `)) found.add(pid)
  }
  return found
}

async function processes(): Promise<[pid: number, command: string][]> {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [Number(pid), commandOf(pid)])
  }
  const { output } = await run('ps', ['-axo', 'pid=,command='])
  return [...output.matchAll(/^\s*(\d+)\s+(.*)$/gm)].map(([, pid, command]) => [Number(pid), command!])
}

// A process that ended meanwhile has no file, a zombie an empty one. Synchronous, because /proc is memory: a hundred
// trips to the thread pool would take fifty times as long.
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

/** What `postmaster.pid` says, https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h */
export interface PidFile {
  readonly pid: number
  readonly port: number
  readonly ready: boolean
}

/** Undefined when there is none, or when what is there is incomplete. */
export async function readPidFile(data: string): Promise<PidFile | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (!(pid > 0)) return undefined
  return { pid, port, ready: lines[7]?.trim() === 'ready' }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
