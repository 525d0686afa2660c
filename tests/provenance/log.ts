// A whole log in memory, as a server would keep it: tiles grown by appending, entries, signed checkpoints.
import { checkpointText } from '../../src/provenance/checkpoint.ts'
import { entryBundle } from '../../src/provenance/entry-bundle.ts'
import { EMPTY_FRONTIER, type Frontier } from '../../src/provenance/frontier.ts'
import { appendLeaves, frontierRoot, leafHash } from '../../src/provenance/merkle.ts'
import { formatNote } from '../../src/provenance/note.ts'
import { type Cosigner, type NoteSigner, noteSigner } from '../../src/provenance/note-signer.ts'
import { parseTilePath, type Tile } from '../../src/provenance/tiles.ts'

export const seed = (n: number) => new Uint8Array(32).fill(n)

export class Log {
  readonly signer: NoteSigner
  readonly witnesses: readonly Cosigner[]
  readonly tiles = new Map<string, Buffer>()
  readonly entries: Uint8Array[] = []
  frontier: Frontier = EMPTY_FRONTIER
  /** What is served instead of the truth. */
  readonly forged = new Map<string, Uint8Array | undefined>()

  constructor(name = 'log.example/health', witnesses: readonly Cosigner[] = []) {
    this.signer = noteSigner(name, seed(1))
    this.witnesses = witnesses
  }

  append(entries: readonly Uint8Array[]): void {
    this.entries.push(...entries)
    this.appendHashes(entries.map(leafHash))
  }

  appendHashes(leaves: readonly Uint8Array[]): void {
    const { frontier, tiles } = appendLeaves(this.frontier, leaves)
    this.frontier = frontier
    for (const { level, index, width, added } of tiles) {
      const key = `${level}/${index}`
      const before = this.tiles.get(key) ?? Buffer.alloc(0)
      // The compare-and-append of a table row: a growth that does not fit would leave a hole.
      if (before.length !== width * 32) throw new Error(`tile ${key} has ${before.length / 32} hashes, not ${width}`)
      this.tiles.set(key, Buffer.concat([before, added]))
    }
  }

  /** As of any size: a narrower tile is the beginning of a wider one. */
  tile({ level, index, width }: Tile): Uint8Array {
    return new Uint8Array(this.tiles.get(`${level}/${index}`)!.subarray(0, width * 32))
  }

  async checkpoint(time = 1_790_000_000): Promise<string> {
    const text = checkpointText({
      origin: this.signer.name,
      size: this.frontier.size,
      root: frontierRoot(this.frontier),
    })
    const signatures = [
      await this.signer.sign(text),
      ...(await Promise.all(this.witnesses.map((w) => w.cosign(text, time)))),
    ]
    return formatNote({ text, signatures })
  }

  readonly read = async (path: string): Promise<Uint8Array> => {
    if (this.forged.has(path)) {
      const forged = this.forged.get(path)
      if (forged === undefined) throw new Error('not found')
      return forged
    }
    if (path === 'checkpoint') return new TextEncoder().encode(await this.checkpoint())
    const tile = parseTilePath(path)!
    if (tile.level !== 'entries') return this.tile(tile)
    return entryBundle(this.entries.slice(tile.index * 256, tile.index * 256 + tile.width))
  }
}
