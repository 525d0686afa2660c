// A process that writes to the database at argv[2] and sequences it, and may be killed at any moment. It tells on its
// standard output of each write that was acknowledged to it: type, id, version, entry.
import { writeSync } from 'node:fs'
import { openDatabase } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { SERVING } from '../../src/store/roles.ts'
import { type Write, write } from '../../src/store/writer.ts'
import { observation, sign } from './world.ts'

const [, , url, round] = process.argv
const database = await openDatabase({ url: url!, role: SERVING, poolSize: 6, migrate: false })
const put = (id: string, n: number): Write => ({ type: 'Observation', id, resource: observation(n) })

async function writes(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const id = `r${round}-w${writer}-${n}`
    const some = n % 5 === 0 ? [put(`${id}-a`, n), put(`${id}-b`, n)] : [put(n % 5 === 1 ? 'contended' : id, n)]
    const written = await write(database, some)
    // At once, not through a buffer that would die with the process.
    for (const { type, id, version, entry } of written) writeSync(1, `${type} ${id} ${version} ${entry}\n`)
  }
}
async function sequences(): Promise<never> {
  for (;;) await sequence(database, sign, 50)
}
writeSync(1, 'begun\n')
await Promise.all([writes(1), writes(2), writes(3), sequences(), sequences()])
