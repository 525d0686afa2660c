// Lines or document? Told by how the content begins; the name decides only what the content leaves open.
import { describe, expect, it } from 'vitest'
import { formatOf } from '../../src/interactions/import/format.ts'

const PATIENT = '{"resourceType":"Patient"}'

describe.each([
  // title, how the file begins, whole?, as .ndjson, else
  ['two resources a line each', `${PATIENT}\n${PATIENT}\n`, true, 'lines', 'lines'],
  ['one resource in one line', PATIENT, true, 'lines', 'lines'],
  ['blank lines and a byte order mark first', `\uFEFF\n\r\n${PATIENT}\r\n${PATIENT}`, true, 'lines', 'lines'],
  ['a pretty-printed resource', '{\n  "resourceType": "Patient"\n}', true, 'document', 'document'],
  ['a pretty-printed list', '[\n  {\n', false, 'document', 'document'],
  ['a compact list', `[${PATIENT}]`, true, 'document', 'document'],
  ['members on the first line', '{"resourceType":"Bundle","entry":[\n{"resource":', false, 'lines', 'document'],
  ['a bad first line', `{"resourceType":"Patient",\n${PATIENT}\n`, true, 'lines', 'document'],
  ['a cut first line', `{"resourceType":"Pat\n${PATIENT}\n`, true, 'lines', 'lines'],
  ['another text first', `# export\n${PATIENT}\n`, true, 'lines', 'lines'],
  ['a long first line', `{"resourceType":"Bundle","entry":[${PATIENT}`, false, 'lines', 'document'],
  ['one cut line', '{"resourceType":"Pat', true, 'lines', 'document'],
  ['nothing', '', true, 'lines', 'document'],
])('%s', (_title, head, ended, named, unnamed) => {
  it('named for lines', () => expect(formatOf(head, ended, true)).toBe(named))
  it('named otherwise', () => expect(formatOf(head, ended, false)).toBe(unnamed))
})
