// Leaks, sown one at a time: each is a way in which a server of this kind has leaked or could. The interference test must
// find every one of them. A text that is not found exactly once in its file is an error: then the mutant must follow the code.
import { ANSWERING } from './answering.ts'
import { JUDGING } from './judging.ts'
import type { Mutant } from './mutant.ts'
import { READING } from './reading.ts'

export const MUTANTS: readonly Mutant[] = [...READING, ...JUDGING, ...ANSWERING]
