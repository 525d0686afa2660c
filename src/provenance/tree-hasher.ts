// Leaf and node hashes of a Merkle tree, RFC 9162 section 2.1.1, on any synchronous SHA-256. Pure; runs in browsers.

/** 32 bytes. */
export type Hash = Uint8Array
export const HASH_SIZE = 32

export type Sha256 = (bytes: Uint8Array) => Hash

export interface TreeHasher {
  /** HASH(): the root of the tree without leaves. */
  readonly empty: Hash
  /** HASH(0x00 || entry) */
  leaf(entry: Uint8Array): Hash
  /** HASH(0x01 || left || right) */
  node(left: Hash, right: Hash): Hash
}

export function treeHasher(sha256: Sha256): TreeHasher {
  // Refilled for every node: nothing can come between, hashing is synchronous.
  const pair = new Uint8Array(1 + 2 * HASH_SIZE)
  pair[0] = 1
  return {
    empty: sha256(new Uint8Array(0)),
    leaf(entry) {
      const prefixed = new Uint8Array(1 + entry.length)
      prefixed.set(entry, 1)
      return sha256(prefixed)
    },
    node(left, right) {
      pair.set(left, 1)
      pair.set(right, 1 + HASH_SIZE)
      return sha256(pair)
    },
  }
}
