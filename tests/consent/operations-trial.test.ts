// Trying out a consent takes a second of computing at most times; everybody else is answered in between. Pure.
import { expect, test } from 'vitest'
import type { Facts } from '../../src/consent/facts.ts'
import { NONE, NORMAL } from '../../src/consent/labels.ts'
import { heardIn } from '../../src/interactions/consent/policies.ts'
import { Slices } from '../../src/interactions/consent/slices.ts'
import { type Change, compare, type Trial } from '../../src/interactions/consent/trial.ts'
import { consent, stranger } from './ward.ts'
import { HIPAA_PART2 } from './ward-policies.ts'

/** Milliseconds that one look at the words of a resource takes, so that the whole takes seconds. */
const busy = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
}
const record = (size: number, ms: number): Facts[] =>
  Array.from({ length: size }, (_, n) => ({
    ...{ type: 'Observation', id: `o${n}`, patient: 'p', shared: false, confidentiality: NORMAL, sensitivity: NONE },
    clinical: () => undefined,
    words: () => {
      busy(ms)
      return new Set<string>()
    },
  }))

const code = [{ coding: [{ system: 'http://loinc.org', code: '1' }] }]
const asks = consent('c', 'p', { type: 'deny', code })
const trial: Trial = {
  ...{ asker: stranger, patient: 'p', policies: HIPAA_PART2!, named: true, links: () => new Set<string>() },
  before: heardIn([asks], Date.now()),
  after: heardIn([consent('d', 'p', { type: 'deny' })], Date.now()),
}

test('others go on every few milliseconds', async () => {
  const gaps: number[] = []
  let last = performance.now()
  const timer = setInterval(() => {
    gaps.push(performance.now() - last)
    last = performance.now()
  }, 1)
  const changes = new Map<string, Change>()
  await compare(trial, record(600, 1), changes, new Slices(60))
  clearInterval(timer)
  expect([...changes.values()].map(({ resources }) => resources)).toEqual([600])
  expect(gaps.length).toBeGreaterThan(20)
  // One go takes eight milliseconds; other processes want the machine as well.
  expect(gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]).toBeLessThan(60)
})

test('what takes too long is cut, and says so', async () => {
  const began = performance.now()
  const cut = compare(trial, record(5000, 1), new Map(), new Slices(0.3))
  await expect(cut).rejects.toMatchObject({ category: 'too-costly', code: 'cut' })
  expect(performance.now() - began).toBeLessThan(3000)
})
