// What reading a source gives: resources, problems, and where a Bundle begins and ends. Pure.
import type { ConditionalCreate, ConditionalReference } from './conditional.ts'

/** A resource to write, as it stands in the source; references inside its Bundle already point at Type/id. */
export interface ImportItem {
  readonly kind: 'item'
  readonly file: string
  readonly line: number
  /** Freshly parsed, owned by the receiver; `id` is always there, the same at every import of the same source. */
  readonly resource: Resource
  /** Characters of JSON text that it was read from. */
  readonly size: number
  /** True when some number of it needs the lossless reading of kernel/json. */
  readonly lossless: boolean
  /** Paths of repeated keys, relative to the resource: `['name', 0, 'family']`. */
  readonly duplicates: (string | number)[][]
  /** References by search, still unresolved; a shared empty array when there are none. */
  readonly conditional: readonly ConditionalReference[]
  /** The `bundle` of the BundleStart before it; absent outside of Bundles. */
  readonly bundle?: number
  readonly fullUrl?: string
  readonly method?: 'POST' | 'PUT'
  /** POST only: the search that, when it matches, stands for this resource. */
  readonly ifNoneExist?: string
  /** Type/id given to `ConditionalCreate.resolve`: it exists, nothing is to be written. */
  readonly matched?: string
}

export interface Resource {
  resourceType: string
  id: string
  [element: string]: unknown
}

/** A line or entry that was not read. The message names rules and elements, never content. */
export interface ImportProblem {
  readonly kind: 'problem'
  readonly file: string
  readonly line: number
  readonly message: string
  /** Of the BundleStart before it; or of a Bundle that was refused as a whole and has no start. */
  readonly bundle?: number
}

export interface BundleStart {
  readonly kind: 'bundle-start'
  readonly file: string
  readonly line: number
  /** Counts the Bundles of this import from 0. */
  readonly bundle: number
  /** http://hl7.org/fhir/R4/valueset-bundle-type.html */
  readonly type: string
  readonly entries: number
  /** A transaction: write all of its items or, when `BundleEnd.failed` is not 0 or never comes, none. */
  readonly atomic: boolean
  /**
   * Entries to create only if nothing matches. Whoever finds a match calls `resolve` before taking the next batch:
   * references to the entry then point at the match. When there are any, this is the last event of its batch.
   */
  readonly creates: readonly ConditionalCreate[]
}

export interface BundleEnd {
  readonly kind: 'bundle-end'
  readonly bundle: number
  /** Entries told as problems instead of items. */
  readonly failed: number
}

export type ImportEvent = ImportItem | ImportProblem | BundleStart | BundleEnd
