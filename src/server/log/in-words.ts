// Findings of the verifier in words for people. Pure.
import type { Finding, FindingCode } from '../../provenance/verifier/index.ts'

const WORDS: Readonly<Record<FindingCode, (at: string) => string>> = {
  'checkpoint-not-believed': (why) => `The checkpoint is not to be believed: ${reason(why)}.`,
  'log-shrank': (size) => `The log has fewer entries than the ${size} that were remembered: something was taken away.`,
  'growth-not-proved': (size) => `The ${size} entries that were remembered are not the beginning of this log.`,
  'history-rewritten': (size) => `Among the first ${size} entries, which were remembered, something was changed.`,
  'checkpoint-differs': (size) => `The checkpoint of ${size} entries that is kept is not what the log was then.`,
  'not-served': (path) => `${path} is not served, not in time, or is no such file: the log is not whole.`,
  'entry-not-in-tile': (index) => `Entry ${index} is another than its hash in the tree says: it was changed.`,
  'tile-differs': (path) => `${path} does not hold the hashes of the entries below it.`,
  'root-differs': (size) => `The ${size} entries do not make the root that the log has signed.`,
  'not-a-leaf': (index) => `Entry ${index} is nothing that this log may hold.`,
  'entry-twice': (index) => `Entry ${index} has the id of an entry before it.`,
  'erases-no-leaf-before-it': (index) => `Entry ${index} claims to erase what does not stand before it.`,
  'version-unreadable': (line) => `Line ${line} of the export cannot be read.`,
  'version-without-leaf': (entry) => `The export has a version of which the log knows nothing: ${entry}.`,
  'version-twice': (index) => `The version of entry ${index} stands twice in the export.`,
  'commitment-differs': (index) => `The version of entry ${index} was changed after it was logged.`,
  'other-type-of-leaf': (index) => `Entry ${index} was logged as something else than its version is.`,
  'erased-yet-there': (index) => `The version of entry ${index} was erased, and yet the export has it.`,
  'event-unreadable': (line) => `Line ${line} of the audit events cannot be read.`,
  'event-without-batch': (entry) => `There is an audit event of which the log knows nothing: ${entry}.`,
  'events-differ': (index) => `The audit events of entry ${index} are not those that were logged.`,
  'batch-without-events': (index) => `The audit events of entry ${index} are missing.`,
  'leaf-without-version': (index) => `The version of entry ${index} is missing in the export.`,
  'too-many': () => 'So much is wrong that the rest was not looked at.',
}

const REASONS: Readonly<Record<string, string>> = {
  'malformed-note': 'it is no signed note',
  'malformed-checkpoint': 'what is signed is no checkpoint',
  'bad-signature': 'a signature is wrong',
  'no-known-signature': 'no key that you believe has signed it',
  'not-signed-by-log': 'the key of the log has not signed it',
  'other-log': 'it is that of another log',
  'too-few-witnesses': 'too few witnesses have cosigned it',
}

/** `too-few-witnesses: 1 of 3, and 2 must`: what follows the colon is for people already. */
function reason(why: string): string {
  const [code = '', more] = why.split(': ')
  return `${REASONS[code] ?? code}${more === undefined ? '' : ` (${more})`}`
}

/** Ids come from files of strangers, and none of ours has other characters. */
const plain = (text: string) => text.replaceAll(/[^ -~]/g, '?').slice(0, 200)

export const inWords = ({ code, at }: Finding): string => plain(WORDS[code](at))

/** One line without what a terminal would obey, hide or turn around: names come from strangers as well. */
export const printable = (line: string): string => line.replaceAll(/[\p{C}\p{DI}\p{Zl}\p{Zp}]/gu, '?')
