// Runs a program to its end, if need be as another account, and turns what it said into an error that helps.
import { spawn } from 'node:child_process'
import { HealthChainError } from '../../kernel/errors.ts'

/** An account of the operating system that PostgreSQL runs as; absent unless we are root. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

export interface Finished {
  /** Exit code; undefined when the program could not be started or a signal ended it. */
  readonly code: number | undefined
  /** Standard output and standard error, in the order of arrival. */
  readonly output: string
}

/** A clean environment: none of the caller's PG* variables, messages in English, and no folder of the caller's. */
export const environment = (libraries?: string): Record<string, string> => ({
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(libraries && { [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: libraries }),
})

export interface RunOptions {
  account?: Account
  libraries?: string
  input?: string
}

/** Never throws: a program that cannot be started is one that finished without a code. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    // The root folder as working directory: the account may not be allowed to enter ours.
    const child = spawn(program, args, { cwd: '/', env: environment(options.libraries), ...options.account })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.stdin.on('error', () => {})
    child.stdin.end(options.input)
    child.on('error', (error) => resolve({ code: undefined, output: output + error.message }))
    child.on('close', (code) => resolve({ code: code ?? undefined, output }))
  })
}

const OWN_DATABASE = 'set DATABASE_URL to a PostgreSQL 15 or newer'

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /ENOSPC|EDQUOT|No space left|free disk space|quota exceeded/i,
    'The disk is full: make room or set DATA_DIR to a folder on another.',
  ],
  [/EROFS|Read-only file system/i, 'The file system is read-only: set DATA_DIR to a folder that can be written.'],
  [/EACCES|EPERM|Permission denied|not permitted/i, 'Access was denied: set DATA_DIR to a folder that this user owns.'],
  [
    /error while loading shared libraries|spawn .* ENOENT/,
    `The PostgreSQL programs do not run on this system: ${OWN_DATABASE}.`,
  ],
  [/could not look up effective user ID/, `This user has no entry in /etc/passwd: add one, or ${OWN_DATABASE}.`],
  [
    /could not \w+ (anonymous )?shared memory|Cannot allocate memory/,
    `There is not enough memory for PostgreSQL: free some, or ${OWN_DATABASE}.`,
  ],
]

/** `task` did not work; `cause` is an error, or what a program printed (never a statement with personal data). */
export function failure(task: string, cause: unknown): HealthChainError {
  if (cause instanceof HealthChainError) return cause
  const text = cause instanceof Error ? cause.message : String(cause)
  const advice = CAUSES.find(([pattern]) => pattern.test(text))?.[1] ?? `If this persists, ${OWN_DATABASE}.`
  const tail = text.trim().split('\n').slice(-5).join('\n  ')
  const error = new HealthChainError('fault', 'database-unavailable', `${task} failed. ${advice}\n  ${tail}`)
  return Object.assign(error, { cause })
}

/** Runs a program that has to succeed. @throws HealthChainError naming the task */
export async function must(task: string, program: string, args: readonly string[], options?: RunOptions) {
  const { code, output } = await run(program, args, options)
  if (code !== 0) throw failure(task, output || `It ended without a word (code ${code}).`)
}
