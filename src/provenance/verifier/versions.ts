// Completeness: every version that an export discloses has its leaf, and every leaf its version or the erasure of it. Pure.
// Takes the entries of a verified log first, then the versions; findings name leaves and entries only.
import { rootWith } from '../batch.ts'
import { equalBytes } from '../bytes.ts'
import { commitment, fitsLeaf, SALT_SIZE } from '../commitment.ts'
import type { DisclosedVersion } from '../disclosed-version.ts'
import type { Hmac } from '../hmac.ts'
import { type Leaf, readLeaf, VERSIONED } from '../leaf.ts'
import { HASH_SIZE, type TreeHasher } from '../tree-hasher.ts'
import type { Finding, FindingCode } from './finding.ts'
import { hasher } from './proof.ts'
import { hmacSha256 } from './sha-256.ts'

interface Known extends Pick<Leaf, 'type' | 'commitment' | 'events'> {
  readonly index: number
  erased: boolean
  disclosed: boolean
}

export class VersionCheck {
  readonly #found: Finding[] = []
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

  #report(code: FindingCode, at: string | number): void {
    this.#found.push({ code, at: String(at) })
  }

  /** In the order of the log, from its first entry. */
  addEntry(index: number, entry: Uint8Array): void {
    const leaf = readLeaf(entry)
    if (leaf === undefined) return this.#report('not-a-leaf', index)
    if (this.#byEntry.has(leaf.entry)) return this.#report('entry-twice', index)
    const { type, commitment, events } = leaf
    const known = { type, commitment, events, index, erased: false, disclosed: false }
    this.#byEntry.set(leaf.entry, known)
    this.#byIndex[index] = known
    for (const at of leaf.erased ?? []) {
      const target = at < index ? this.#byIndex[at] : undefined
      // What erased cannot be erased: nobody could tell any more what was taken away.
      if (target === undefined || target.type === 'erase') this.#report('erases-no-leaf-before-it', index)
      else target.erased = true
    }
  }

  /** A line of the export; undefined stands for one that cannot be read. */
  addVersion(version: DisclosedVersion | undefined, line: number): void {
    if (version === undefined) return this.#report('version-unreadable', line)
    const known = this.#byEntry.get(version.entry)
    if (known === undefined) return this.#report('version-without-leaf', version.entry || `line ${line}`)
    if (version.salt.length !== SALT_SIZE) return this.#report('version-unreadable', line)
    const name = JSON.stringify([version.resourceType, version.id, version.versionId])
    if (known.disclosed || this.#versions.has(name)) this.#report('version-twice', known.index)
    this.#versions.add(name)
    known.disclosed = true
    if (known.erased) this.#report('erased-yet-there', known.index)
    if (!fitsLeaf(known.type, version)) this.#report('other-type-of-leaf', known.index)
    if (!this.#opens(known, version)) this.#report('commitment-differs', known.index)
  }

  #opens(known: Known, version: DisclosedVersion): boolean {
    const { salt, events } = version
    try {
      const root = rootWith(this.#hasher, commitment(this.#hmac, salt, version), events)
      return (known.events ?? 0) * HASH_SIZE === (events?.length ?? 0) && equalBytes(known.commitment, root)
    } catch {
      return false
    }
  }

  /** All that was found. `whole`: the export claims to hold every version, not those of one patient. */
  findings({ whole }: { readonly whole: boolean }): readonly Finding[] {
    const missing = this.#byIndex.filter(
      (known) => known && !known.disclosed && !known.erased && VERSIONED.includes(known.type),
    )
    const lost = missing.map((known): Finding => ({ code: 'leaf-without-version', at: String(known!.index) }))
    return whole ? [...this.#found, ...lost] : [...this.#found]
  }

  /** Indices of the leaves whose content was destroyed: to be compared with the refusals and requests on file. */
  erased(): number[] {
    return this.#byIndex.flatMap((known) => (known?.erased ? [known.index] : []))
  }
}
