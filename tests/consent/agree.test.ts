// Three readings of one rule book — the slow decision, the judge in the process, the statement — and an oracle that was
// written from the standard alone: whatever is asked, they say the same.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { questionArbitrary } from './arbitraries.ts'
import { byDecide, byJudge } from './kernel.ts'
import { oracle } from './oracle/oracle.ts'

const RUNS = 20_000

test('the decision and the judge say what the oracle says', { timeout: 240_000 }, () => {
  fc.assert(
    fc.property(questionArbitrary(), (question) => {
      const expected = oracle(question).effect
      expect({ decide: byDecide(question), judge: byJudge(question) }).toEqual({ decide: expected, judge: expected })
    }),
    { numRuns: RUNS },
  )
})
