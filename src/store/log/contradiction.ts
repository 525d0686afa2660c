// What the tables of the log contradict themselves in: a closed set of codes. Pure. What no leaf commits to is said twice in
// the database, or follows from what a leaf commits to; here the two are held against each other.

export type ContradictionCode =
  /** Columns beside a leaf are not what the leaf says: `at` its index. */
  | 'leaf-row-differs'
  /** Columns of a version, or of the row that stands now, are not those of its content: `at` the index of its leaf. */
  | 'row-differs'
  /** The record in which a version stood does not know of it any more, so an erasure would miss it: `at` the index of its leaf. */
  | 'move-forgotten'
  /** The newest version is not what stands now, or nothing stands: `at` the index of its leaf. */
  | 'not-what-stands'
  /** Something stands of which there is no version: `at` its table and how many. */
  | 'stands-without-version'
  /** A leaf that waits for its place has no version, or another: `at` the id of the entry. */
  | 'waiting-differs'
  /** A salt that opens nothing: `at` its id. */
  | 'salt-without-leaf'
  /** The state of the sequencer is not that of the tiles: `at` its column. */
  | 'state-differs'
  /** A frame of Provenances is not what its name says: `at` its name. */
  | 'frame-differs'
  /** What a policy says is not what its name says, or not what is asked by: `at` its number. */
  | 'policy-differs'
  /** The policies are of no reading that this release can compare: `at` is -. */
  | 'policies-unread'
  /** The policies of a patient are not what the Consents say: `at` the index of the Patient's leaf, or -. */
  | 'policies-differ'
  /** An audit event came without a batch although others had one by then: `at` its id. */
  | 'event-loose'
  /** A write whose decision is an AuditEvent that is not there, or is of something else: `at` the index of its leaf. */
  | 'write-without-event'
  /** A broken glass of which no leaf and no AuditEvent says so: `at` its id. */
  | 'emergency-untold'
  /** A broken glass is not what its AuditEvent says, or is gone: `at` its id, or that of the event. */
  | 'emergency-differs'
  /** A legal hold that was placed or lifted, and no AuditEvent says so: `at` its id. */
  | 'hold-untold'
  /** A legal hold is not what its AuditEvents say, or is gone: `at` its id, or that of the event. */
  | 'hold-differs'
  /** An erasure of which no leaf and no AuditEvent says so: `at` the id of its first entry, or -. */
  | 'erasure-untold'
  /** An erasure is not what its leaves and AuditEvents say, or is gone: `at` the id of an entry, or of an event that has none. */
  | 'erasure-differs'
  /** A tile beyond the tree, or of another length: `at` its path. */
  | 'tile-beyond'

export interface Contradiction {
  readonly code: ContradictionCode
  readonly at: string
}
