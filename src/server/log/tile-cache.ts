// Full tiles and bundles that were asked for a moment ago. Bounded in bytes; and in time, so that what is damaged in the
// database is not hidden from verifiers by what a process remembers.
import { elapsed } from '../../kernel/clock.ts'
import type { LogFile } from './file.ts'

export class TileCache {
  readonly #bytesMax: number
  readonly #keep: number
  readonly #files = new Map<string, { readonly file: LogFile; readonly until: number }>()
  #bytes = 0

  /** @param keep milliseconds */
  constructor(bytesMax = 16 * 1024 * 1024, keep = 60_000) {
    this.#bytesMax = bytesMax
    this.#keep = keep
  }

  get bytes(): number {
    return this.#bytes
  }

  get(path: string): LogFile | undefined {
    const known = this.#files.get(path)
    if (known && elapsed() < known.until) return known.file
    this.#drop(path)
    return undefined
  }

  set(path: string, file: LogFile): void {
    this.#drop(path)
    if (file.body.length > this.#bytesMax) return
    this.#files.set(path, { file, until: elapsed() + this.#keep })
    this.#bytes += file.body.length
    while (this.#bytes > this.#bytesMax) this.#drop(this.#files.keys().next().value!)
  }

  #drop(path: string): void {
    this.#bytes -= this.#files.get(path)?.file.body.length ?? 0
    this.#files.delete(path)
  }
}
