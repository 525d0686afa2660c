// The processes of the bench and what the kernel says of them (proc(5)); elsewhere than on Linux it says nothing.
import { type ChildProcess, fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Started {
  readonly child: ChildProcess
  readonly pid: number
  readonly port: number
  /** Bearer token that it takes. */
  readonly token?: string
}

/** Starts a module of this folder as in production; its first message tells its port. */
export function start(file: string, args: string[] = []): Promise<Started> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  return new Promise((resolve, reject) => {
    child.once('message', (told: { port: number; token?: string }) => resolve({ child, pid: child.pid!, ...told }))
    child.once('exit', (code, signal) => reject(new Error(`${file} ended with ${code ?? signal}`)))
  })
}

/** Sends a message and waits for the next answer. */
export function ask<T>({ child }: Started, message: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('A process of the bench ended before its time.'))
    child.once('exit', ended)
    child.once('message', (answer) => {
      child.off('exit', ended)
      resolve(answer as T)
    })
    child.send(message)
  })
}

/** Children end when their parent lets go. */
export async function stop({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  if (child.connected) child.disconnect()
  await ended
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10

interface Stat {
  command: string
  parent: number
  /** Of the process, and of its children that have ended. */
  cpu: number
  children: number
}

function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [open, close] = [text.indexOf('('), text.lastIndexOf(')')]
    const fields = text.slice(close + 2).split(' ')
    const time = (at: number) => (Number(fields[at]) + Number(fields[at + 1])) * TICK_MS
    return { command: text.slice(open + 1, close), parent: Number(fields[1]), cpu: time(11), children: time(13) }
  } catch {
    return undefined // ended meanwhile, or no /proc
  }
}

/** CPU milliseconds, user and system, that the process has used so far; NaN where nobody tells. */
export const cpuOf = (pid: number): number => stat(pid)?.cpu ?? Number.NaN

/** CPU milliseconds of a PostgreSQL as a whole, found by one of its backends; NaN if that is on another machine. */
export function cpuOfPostgres(backend: number): number {
  const one = stat(backend)
  if (one?.command !== 'postgres') return Number.NaN
  let sum = 0
  for (const pid of readdirSync('/proc').map(Number)) {
    const found = pid > 0 ? stat(pid) : undefined
    if (found?.parent === one.parent) sum += found.cpu
  }
  // Backends come and go with the pools; what they used then counts as their parent's children's.
  const postmaster = stat(one.parent)
  return postmaster ? sum + postmaster.cpu + postmaster.children : Number.NaN
}

export interface Memory {
  /** Resident now and at its highest, MB. */
  readonly rss: number
  readonly peak: number
}

export function memoryOf(pid: number): Memory {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'latin1')
    const mb = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) / 1024)
    return { rss: mb('VmRSS'), peak: mb('VmHWM') }
  } catch {
    return { rss: Number.NaN, peak: Number.NaN }
  }
}
