// A difference for people: who asked what, and the first lines in which the answers part.
import type { Difference } from './pair.ts'

const AROUND = 4

export function print({
  guise,
  text,
  variables,
  full,
  bare,
  faults,
  against = 'without the forbidden',
}: Difference): string {
  const [a, b] = [full.split('\n'), bare.split('\n')]
  const at = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).findIndex((i) => a[i] !== b[i])
  const part = (lines: readonly string[]) =>
    at < 0 ? '' : lines.slice(Math.max(0, at - AROUND), at + 2 * AROUND).join('\n')
  return [
    `asker     ${JSON.stringify(guise.asker)}`,
    `policies  ${JSON.stringify({ ...guise.policies.implicit, byCustodian: [...guise.policies.implicit.byCustodian], packs: guise.policies.packs.map(({ id }) => id) })}`,
    `document  ${text}`,
    `variables ${JSON.stringify(variables)}`,
    `with everything:\n${part(a)}`,
    `${against}:\n${part(b)}`,
    ...faults.map((fault) => `fault     ${fault}`),
  ].join('\n')
}
