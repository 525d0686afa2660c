// A dump of what a session sees, verified as the command does it: all that is found, by the verifier and by the dump itself.
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { verify, type Wanted } from '../../src/server/log/verify-log.ts'
import type { Database, Session } from '../../src/store/database.ts'
import { dump, inSnapshot } from '../../src/store/log/dump.ts'
import { checkpoint } from '../../src/store/log/reader.ts'
import { vkey } from './world.ts'

export interface Found {
  readonly code: string
  readonly at: string
}

/** A folder that is dumped into again and again: only what has changed is written. */
export class DumpFolder {
  readonly place = mkdtempSync(join(tmpdir(), 'healthchain-dumped-'))
  readonly #files = new Map<string, Buffer>()

  /** What the dump found itself. It is made in a transaction: in one that is under way, or in its own. */
  fill(session: Session | Database, types: readonly string[]): Promise<Found[]> {
    return 'transaction' in session ? inSnapshot(session, (one) => this.#fill(one, types)) : this.#fill(session, types)
  }

  async #fill(session: Session, types: readonly string[]): Promise<Found[]> {
    const parts = new Map<string, Uint8Array[]>([['vkey', [Buffer.from(`${vkey}\n`)]]])
    const found: Found[] = []
    const signed = await checkpoint(session)
    if (!signed) return [{ code: 'nothing-signed', at: '0' }]
    for await (const part of dump(session, signed, types))
      if ('path' in part) parts.set(part.path, [...(parts.get(part.path) ?? []), part.bytes])
      else if ('found' in part) found.push(part.found)
    const files = new Map([...parts].map(([path, bytes]) => [path, Buffer.concat(bytes)]))
    for (const [path, bytes] of files) this.#write(path, bytes)
    for (const path of [...this.#files.keys()].filter((path) => !files.has(path))) this.#remove(path)
    return found
  }

  #write(path: string, bytes: Buffer): void {
    if (this.#files.get(path)?.equals(bytes)) return
    this.#files.set(path, bytes)
    mkdirSync(dirname(join(this.place, path)), { recursive: true })
    writeFileSync(join(this.place, path), bytes)
  }

  #remove(path: string): void {
    this.#files.delete(path)
    unlinkSync(join(this.place, path))
  }

  /** Dump and verifier together. */
  async whole(session: Session | Database, types: readonly string[], more: Partial<Wanted> = {}): Promise<Found[]> {
    const own = await this.fill(session, types)
    return [...(await verify({ place: this.place, whole: true, vkey, ...more }, () => {})), ...own]
  }

  drop(): void {
    rmSync(this.place, { recursive: true, force: true })
  }
}
