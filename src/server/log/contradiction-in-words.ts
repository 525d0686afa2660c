// What the tables contradict themselves in, in words for people. Pure.
import type { Contradiction, ContradictionCode } from '../../store/log/contradiction.ts'

const WORDS: Readonly<Record<ContradictionCode, (at: string) => string>> = {
  'leaf-row-differs': (index) =>
    `The row of entry ${index} is not what its leaf says: entry, salt or time was changed.`,
  'row-differs': (at) => `Entry ${at}: the columns of its version are not those of its content.`,
  'move-forgotten': (at) =>
    `Entry ${at}: the record in which this version stood knows it no longer (former_compartment), so an erasure would miss it.`,
  'not-what-stands': (at) => `Entry ${at}: what stands now is not this version, which is the newest.`,
  'stands-without-version': (at) => `Resources stand of which there is no version: ${at}.`,
  'waiting-differs': (entry) => `Entry ${entry}, which waits for its place, has no version, or another than it says.`,
  'salt-without-leaf': (id) => `Salt ${id} opens no leaf: it was added, or its leaf was taken away.`,
  'state-differs': (columns) => `The state of the sequencer is not that of the tree: ${columns}.`,
  'frame-differs': (name) => `What the Provenances of frame ${name} say of who wrote is not what was said first.`,
  'policy-differs': (number) => `Policy ${number} does not say what was signed: its rules were changed.`,
  'policies-unread': () => 'The consents were not read by this release: start it once, then dump again.',
  'policies-differ': (index) => `Entry ${index}: who may be told of this Patient is not what the Consents on file say.`,
  'event-loose': (id) => `Audit event ${id} stands in no entry: it was put there beside the log.`,
  'write-without-event': (index) => `Entry ${index}: no audit event says who wrote this version, or it says another.`,
  'emergency-untold': (id) => `Emergency access ${id} is told by no entry: it was put there beside the log.`,
  'emergency-differs': (id) => `Emergency access ${id} is not what its audit event says, or was taken away.`,
  'hold-untold': (id) => `Legal hold ${id} was placed or lifted, and no audit event says so.`,
  'hold-differs': (id) => `Legal hold ${id} is not what its audit events say, or was taken away.`,
  'erasure-untold': (entry) => `An erasure (entry ${entry}) is told by no erase leaf: it was put there beside the log.`,
  'erasure-differs': (entry) =>
    `The erasure of entry ${entry} is not what its leaf and its audit event say, or was taken away.`,
  'tile-beyond': (path) => `${path} holds more or less than the tree.`,
}

export const contradictionInWords = ({ code, at }: Contradiction): string => WORDS[code](at)
