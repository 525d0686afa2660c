// Completeness: every version that an export discloses has its leaf, and every leaf its version or the erasure of it. Pure.
// Takes the entries of a verified log first, then the versions; findings name leaves and entries only.
import { rootWith } from '../batch.ts'
import { copied, packed } from '../bytes.ts'
import { commitment, fitsLeaf, SALT_SIZE } from '../commitment.ts'
import type { DisclosedVersion } from '../disclosed-version.ts'
import type { Hmac } from '../hmac.ts'
import { type Leaf, readLeaf } from '../leaf.ts'
import { HASH_SIZE, type TreeHasher } from '../tree-hasher.ts'
import { type Finding, Findings } from './finding.ts'
import { hasher } from './proof.ts'
import { hmacSha256 } from './sha-256.ts'

interface Known extends Pick<Leaf, 'type' | 'events'> {
  readonly commitment: string
  readonly index: number
  erased: boolean
  disclosed: boolean
}

export class VersionCheck {
  readonly #found = new Findings()
  readonly #byEntry = new Map<string, Known>()
  readonly #byIndex: (Known | undefined)[] = []
  readonly #versions = new Set<string>()
  readonly #hmac: Hmac
  readonly #hasher: TreeHasher

  /** @param hmac a faster HMAC-SHA-256 than the verifier's own, where there is one @param own a faster hasher */
  constructor(hmac: Hmac = hmacSha256, own: TreeHasher = hasher) {
    this.#hmac = hmac
    this.#hasher = own
  }

  /** So much was found that nothing further is taken. */
  get full(): boolean {
    return this.#found.full
  }

  /** In the order of the log, from its first entry. */
  addEntry(index: number, entry: Uint8Array): void {
    const leaf = readLeaf(entry)
    if (!leaf) return this.#found.add('not-a-leaf', index)
    if (this.#byEntry.has(leaf.entry)) return this.#found.add('entry-twice', index)
    const { type, events } = leaf
    const known = { type, commitment: packed(leaf.commitment), events, index, erased: false, disclosed: false }
    this.#byEntry.set(copied(leaf.entry), known)
    this.#byIndex[index] = known
    for (const at of leaf.erased ?? []) {
      const target = at < index ? this.#byIndex[at] : undefined
      // What erased cannot be erased: nobody could tell any more what was taken away.
      if (!target || target.type === 'erase') this.#found.add('erases-no-leaf-before-it', index)
      else target.erased = true
    }
  }

  /** A line of the export; undefined stands for one that cannot be read. */
  addVersion(version: DisclosedVersion | undefined, line: number): void {
    if (!version) return this.#found.add('version-unreadable', line)
    const known = this.#byEntry.get(version.entry)
    if (!known) return this.#found.add('version-without-leaf', version.entry || `line ${line}`)
    if (version.salt.length !== SALT_SIZE) return this.#found.add('version-unreadable', line)
    const name = JSON.stringify([version.resourceType, version.id, version.versionId])
    if (known.disclosed || this.#versions.has(name)) this.#found.add('version-twice', known.index)
    this.#versions.add(name)
    known.disclosed = true
    if (known.erased) this.#found.add('erased-yet-there', known.index)
    if (!fitsLeaf(known.type, version)) this.#found.add('other-type-of-leaf', known.index)
    if (!this.#opens(known, version)) this.#found.add('commitment-differs', known.index)
  }

  #opens(known: Known, version: DisclosedVersion): boolean {
    const { salt, events } = version
    try {
      const root = rootWith(this.#hasher, commitment(this.#hmac, salt, version), events)
      return (known.events ?? 0) * HASH_SIZE === (events?.length ?? 0) && known.commitment === packed(root)
    } catch {
      return false
    }
  }

  /** All that was found. `whole`: the export claims to hold every version, not those of one patient. */
  findings({ whole }: { readonly whole: boolean }): readonly Finding[] {
    // Broken glass and erasures are told like versions, by their AuditEvents; a batch by its events.
    const missing = this.#byIndex.filter(
      (known) => known && !known.disclosed && !known.erased && known.type !== 'audit.batch',
    )
    const lost = missing.map((known): Finding => ({ code: 'leaf-without-version', at: String(known!.index) }))
    return [...this.#found.list, ...(whole && !this.full ? lost : [])]
  }

  /** Indices of the leaves whose content was destroyed: to be compared with the refusals and requests on file. */
  erased(): number[] {
    return this.#byIndex.flatMap((known) => (known?.erased ? [known.index] : []))
  }
}
