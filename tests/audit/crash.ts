// Kills recording processes at random moments and looks for acknowledged events that are not in the table. Used by the tests;
// alone: `node tests/audit/crash.ts DATABASE_URL ROUNDS`, on a database whose tables are there.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { asOneFile, type Program } from '../support/one-file.ts'

/** Remove it when you are done. */
export const recorder = (): Promise<Program> => asOneFile(fileURLToPath(new URL('./recorder.ts', import.meta.url)))

/** Starts a recorder; `acknowledged` ends with it. */
export function startRecorder({ file }: Program, url: string) {
  const child = spawn(process.execPath, [file, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const first = once(child.stdout, 'data')
  const ended = once(child, 'close').then(() => {
    // A line cut in two by the kill was never told whole.
    const lines = text.split('\n').slice(0, -1)
    return lines.flatMap((line) => line.split(' '))
  })
  return { child, first, ended }
}

/** One process lives, is killed within 100 ms of its first acknowledgement, and leaves these ids behind. */
export async function killedRecorder(program: Program, url: string): Promise<string[]> {
  const { child, first, ended } = startRecorder(program, url)
  await Promise.race([first, ended])
  await pause(Math.random() * 100)
  child.kill('SIGKILL')
  return ended
}

/** Acknowledged events that are not there, or not as they were recorded. */
export async function missing(url: string, acknowledged: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const sql = `select id from unnest($1::text[]) as told (id)
where not exists (select from audit_event a where a.id = told.id and a.content like '%"id":"' || told.id || '"%')`
    const { rows } = await client.query<{ id: string }>(sql, [acknowledged])
    return rows.map(({ id }) => id)
  } finally {
    await client.end()
  }
}

async function main(url: string, rounds: number): Promise<void> {
  const program = await recorder()
  let [told, lost] = [0, 0]
  for (let round = 1; round <= rounds; round++) {
    const acknowledged = await killedRecorder(program, url)
    const gone = await missing(url, acknowledged)
    told += acknowledged.length
    lost += gone.length
    console.log(`round ${round}: ${acknowledged.length} acknowledged, ${gone.length} lost`)
  }
  program.remove()
  console.log(`${told} acknowledged, ${lost} lost`)
  process.exitCode = lost === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2]!, Number(process.argv[3] ?? 100))
