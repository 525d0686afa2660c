// The order of the files: those that take a minute begin first, so that at the end no worker waits for one. Vitest learns the
// order from its last run, and takes the largest file for the longest where there was none.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const LONGEST = [
  'interference/interference',
  'log/kill',
  'log/random-tampers',
  'store/relabel',
  'provenance-server/two-servers',
  'faults/relabel',
  'consent/agree-sql',
  'conformance/examples',
  'server/embedded/one-process',
  'interference/timing',
].map((name) => `/${name}.test.ts`)

const place = ({ moduleId }: TestSpecification): number => {
  const at = LONGEST.findIndex((name) => moduleId.endsWith(name))
  return at === -1 ? LONGEST.length : at
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}
