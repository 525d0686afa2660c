// Glasses that were broken: by the one who asks and by others, for this patient and another, now and at other times. Pure.
import fc, { type Arbitrary } from 'fast-check'
import type { Asker } from '../../../src/kernel/asker.ts'
import type { Emergency } from '../oracle/question.ts'
import { type Pools, weighted } from './pools.ts'

const MINUTE = 60_000

type Times = Pick<Emergency, 'started' | 'expires' | 'ended'>

/** Never within minutes of `now` itself. */
const times = (now: number): Arbitrary<Times> =>
  weighted<Times>([
    [8, { started: now - 20 * MINUTE, expires: now + 40 * MINUTE }],
    [1, { started: now - 90 * MINUTE, expires: now - 30 * MINUTE }],
    [1, { started: now + 10 * MINUTE, expires: now + 70 * MINUTE }],
    [1, { started: now - 20 * MINUTE, expires: now + 40 * MINUTE, ended: now - 10 * MINUTE }],
  ])

const mostly = <T>(usual: T, other: T): Arbitrary<T> =>
  weighted([
    [9, usual],
    [1, other],
  ])

export const emergencyArbitrary = (pools: Pools, { user, organisation }: Asker): Arbitrary<Emergency> =>
  fc
    .tuple(
      fc.record({
        user: mostly(user, 'Practitioner/dr-x'),
        organisation: mostly(organisation, 'org-x'),
        patient: mostly(pools.patient, pools.stranger),
        documented: fc.boolean(),
      }),
      times(pools.now),
    )
    .map(([who, when]) => ({ ...who, ...when }))

/** Up to three, of whoever asks. */
export const emergenciesArbitrary = (pools: Pools, asker: Asker): Arbitrary<Emergency[]> =>
  weighted([
    [1, 0],
    [4, 1],
    [2, 2],
    [1, 3],
  ]).chain((count) => fc.array(emergencyArbitrary(pools, asker), { minLength: count, maxLength: count }))
