// What a verification found wrong: a closed set of codes. Pure. Findings name leaves and entries, which tell nothing of
// people; never resources.

export type FindingCode =
  // the checkpoint
  | 'checkpoint-not-believed'
  | 'log-shrank'
  | 'growth-not-proved'
  | 'history-rewritten'
  | 'checkpoint-differs'
  // tiles and entries
  | 'not-served'
  | 'entry-not-in-tile'
  | 'tile-differs'
  | 'root-differs'
  // leaves and versions
  | 'not-a-leaf'
  | 'entry-twice'
  | 'erases-no-leaf-before-it'
  | 'version-unreadable'
  | 'version-without-leaf'
  | 'version-twice'
  | 'commitment-differs'
  | 'other-type-of-leaf'
  | 'erased-yet-there'
  | 'leaf-without-version'
  // batches and events
  | 'event-unreadable'
  | 'event-without-batch'
  | 'events-differ'
  | 'batch-without-events'
  // all of them
  | 'too-many'

export interface Finding {
  readonly code: FindingCode
  /** Index of a leaf, id of an entry, path of a tile, line of an export, size of a checkpoint, or why a checkpoint is not believed. */
  readonly at: string
}

/** Whoever lies may lie without end. */
export const FINDINGS_MAX = 1000

/** What a verification finds, up to a bound: then `too-many` says that the rest was not looked at. */
export class Findings {
  readonly list: Finding[] = []

  /** It is of no use to go on. */
  get full(): boolean {
    return this.list.length > FINDINGS_MAX
  }

  add(code: FindingCode, at: string | number): void {
    if (!this.full) this.list.push({ code: this.list.length < FINDINGS_MAX ? code : 'too-many', at: String(at) })
  }
}
