// From the fullUrl of each entry of a Bundle to its Type/id, small enough for Bundles of a million entries.
import { hash } from 'node:crypto'

const KEY = 16
const LARGEST_LOAD = 0.7

/** `X` of `urn:uuid:X`, `http://host/Type/X`, `urn:oid:X`. */
const lastPart = (url: string): string => url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf(':')) + 1)

/**
 * Nearly every target is the last part of its fullUrl behind the type. Of these only the type is kept, under 128 bits of
 * the fullUrl's hash, in an open-addressing table outside the JavaScript heap; the others stand in a Map.
 */
export class Targets {
  private readonly irregular = new Map<string, string>()
  private readonly types: string[] = ['']
  private keys = Buffer.alloc(KEY << 6)
  /** Index into `types`, 0 for a free place. */
  private places = new Uint16Array(1 << 6)
  private regular = 0

  get(url: string): string | undefined {
    const irregular = this.irregular.get(url)
    // Only absolute names are in the table, and most references are relative.
    if (irregular !== undefined || this.regular === 0 || !url.includes(':')) return irregular
    const type = this.places[this.find(hash('sha1', url, 'buffer'), 0)] as number
    return type === 0 ? undefined : `${this.types[type]}/${lastPart(url)}`
  }

  /** @param target `Type/id` */
  set(url: string, target: string): void {
    const [type = '', id] = target.split('/')
    if (!url.includes(':') || id !== lastPart(url) || this.types.length > 0xfff0) {
      this.irregular.set(url, target)
      return
    }
    if (this.regular >= this.places.length * LARGEST_LOAD) this.grow()
    const key = hash('sha1', url, 'buffer')
    const place = this.find(key, 0)
    if (this.places[place] === 0) this.regular++
    key.copy(this.keys, place * KEY, 0, KEY)
    this.places[place] = this.indexOf(type)
    this.irregular.delete(url)
  }

  private indexOf(type: string): number {
    const at = this.types.indexOf(type)
    return at > 0 ? at : this.types.push(type) - 1
  }

  /** The place of the key that stands in `key` at `from`, or the free place where it belongs. */
  private find(key: Buffer, from: number): number {
    const mask = this.places.length - 1
    let place = key.readUInt32LE(from) & mask
    while (this.places[place] !== 0) {
      if (key.compare(this.keys, place * KEY, place * KEY + KEY, from, from + KEY) === 0) return place
      place = (place + 1) & mask
    }
    return place
  }

  private grow(): void {
    const { keys, places } = this
    this.keys = Buffer.alloc(keys.length * 2)
    this.places = new Uint16Array(places.length * 2)
    for (let old = 0; old < places.length; old++) {
      if (places[old] === 0) continue
      const place = this.find(keys, old * KEY)
      keys.copy(this.keys, place * KEY, old * KEY, old * KEY + KEY)
      this.places[place] = places[old] as number
    }
  }
}
