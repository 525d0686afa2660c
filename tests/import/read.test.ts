// Whole files in, events out: every resource digit for digit, every bad line told, nothing else lost.
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSources } from '../../src/interactions/import/read.ts'
import { findSources } from '../../src/interactions/import/sources.ts'
import { folder, readAll, readOne, told } from './folder.ts'

const patient = (id: string, more = '') => `{"resourceType":"Patient","id":"${id}"${more}}`
const ids = (items: { resource: { id: string } }[]) => items.map(({ resource }) => resource.id)

describe('a bad line is told with its number and stops nothing', () => {
  it.each([
    ['no JSON', 'hello', /not valid JSON/],
    ['cut JSON', '{"resourceType":"Patient","id":"x', /not valid JSON: unterminated string/],
    ['a trailing comma', patient('x', ','), /not valid JSON/],
    ['two values', `${patient('x')}${patient('y')}`, /not valid JSON: unexpected text/],
    ['no object', '["Patient"]', /not a JSON object/],
    ['no resource', '{"id":"x"}', /resourceType is missing/],
    ['an id that is no string', '{"resourceType":"Patient","id":7}', /id is not a string/],
    ['malformed UTF-8', Buffer.from(`7b22c3287d`, 'hex'), /not valid UTF-8/],
    ['half a surrogate pair', patient('x', ',"a":"\\ud83d"'), /half a surrogate pair/],
    ['the other half', patient('x', ',"a":"\\\\\\ude00"'), /half a surrogate pair/],
    ['half a pair in a name', patient('x', ',"\\uD83D":1'), /half a surrogate pair/],
    ['a control character', patient('x', ',"a":"\u0001"'), /control character/],
    ['a line above the limit', patient('x', `,"a":"${'x'.repeat(3000)}"`), /larger than/],
  ])('%s', async (_title, bad, message) => {
    const file = Buffer.concat([
      Buffer.from(`${patient('a')}\n\n`),
      Buffer.from(bad),
      Buffer.from(`\r\n${patient('b')}`),
    ])
    const { items, problems, events } = await readOne('x.ndjson', file, { limit: 2000 })
    expect(ids(items)).toEqual(['a', 'b'])
    expect(problems).toMatchObject([{ line: 3, file: expect.stringMatching(/x\.ndjson$/) }])
    expect(problems[0]!.message).toMatch(message)
    expect(items.map(({ line }) => line)).toEqual([1, 4])
    expect(events).toHaveLength(3)
  })

  it('and the message never holds what stood there', async () => {
    const secrets = fc.constantFrom(
      '{"name":"Secret"',
      '"Secret"',
      '{"Secret":1,}',
      'Secret',
      '{"resourceType":"Patient","a":"Secret\\x"}',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(secrets, { minLength: 2 }), async (lines) => {
        const { problems } = await readOne('x.ndjson', lines.join('\n'))
        expect(problems).toHaveLength(lines.length)
        expect(JSON.stringify(problems)).not.toContain('Secret')
      }),
      { numRuns: 20 },
    )
  })
})

describe('a resource arrives as it stands in the file', () => {
  const numbers = ['1.10', '1.0', '0.000', '-0', '1e2', '1.0E+2', '12345678901234567890.123456789', '5e-324']

  it.each([
    ['line', 'x.ndjson', (text: string) => text],
    ['list element', 'x.json', (text: string) => `[\n${text}\n]`],
    ['document', 'x.json', (text: string) => `\n${text.replaceAll(',', ',\n')}\n`],
    [
      'Bundle entry',
      'x.json',
      (text: string) => `{"resourceType":"Bundle","type":"batch","entry":[{"resource":${text}}]}`,
    ],
  ])('with every digit of its decimals: %s', async (_title, name, wrap) => {
    const text = `{"resourceType":"Observation","id":"o","v":[${numbers.join(',')}]}`
    const { items, problems } = await readOne(name, wrap(text))
    expect(problems).toEqual([])
    expect(JSON.stringify(items[0]!.resource)).toBe(text)
    expect(items[0]!.lossless).toBe(true)
  })

  it('and only a number that needs it makes it lossless', async () => {
    const entry = '{"search":{"score":1.0},"resource":{"resourceType":"Observation","id":"o","v":1.5}}'
    const { items } = await readOne('x.json', `{"resourceType":"Bundle","type":"searchset","entry":[${entry}]}`)
    expect(items[0]).toMatchObject({ lossless: false, resource: { v: 1.5 } })
  })

  it('with its repeated keys told, seen from the resource', async () => {
    const text = patient('p', ',"name":[{"family":"A","family":"B"}],"active":true,"active":false')
    const entry = `{"resourceType":"Bundle","type":"batch","entry":[{"resource":${text}}]}`
    for (const [name, content] of [
      ['x.ndjson', text],
      ['x.json', entry],
    ] as const) {
      const { items } = await readOne(name, content)
      expect(items[0]!.duplicates).toEqual([['name', 0, 'family'], ['active']])
    }
  })

  it('with its escapes: a whole pair is a character, an escaped backslash starts none', async () => {
    const { items } = await readOne('x.ndjson', patient('p', ',"a":"\\ud83d\\ude00","b":"\\\\ud83d"'))
    expect(items[0]!.resource).toMatchObject({ a: '\ud83d\ude00', b: '\\ud83d' })
  })

  it('with an id of its content when it has none, the same at every reading', async () => {
    const lines =
      '{"resourceType":"Basic","code":1}\n{ "resourceType" : "Basic", "code" : 1 }\n{"resourceType":"Basic","code":1.0}'
    const first = await readOne('x.ndjson', lines)
    const [a, b, c] = ids(first.items)
    expect(a).toBe(b)
    expect(a).not.toBe(c)
    expect(ids((await readOne('y.json', lines)).items)).toEqual([a, b, c])
    expect(Object.keys(first.items[0]!.resource)).toEqual(['resourceType', 'id', 'code'])
  })

  it('with its conditional references, a shared empty list when there are none', async () => {
    const reference = (to: string) => `{"resourceType":"Encounter","id":"e","subject":{"reference":"${to}"}}`
    const { items } = await readOne('x.ndjson', `${reference('Patient?identifier=a|1')}\n${reference('Patient/1')}`)
    expect(items[0]!.conditional).toMatchObject([
      { path: 'Encounter.subject', type: 'Patient', query: 'identifier=a|1' },
    ])
    items[0]!.conditional[0]!.resolve('Patient/9')
    expect(items[0]!.resource.subject).toEqual({ reference: 'Patient/9' })
    expect(items[1]!.conditional).toEqual([])
  })
})

describe('files', () => {
  it('of all shapes in a folder are read, an empty one is told', async () => {
    const path = await folder({
      'a.ndjson': `${patient('1')}\n${patient('2')}\n`,
      'b.json': `{\n  "resourceType": "Patient",\n  "id": "3"\n}\n`,
      'c.json.gz': gzipSync(`[${patient('4')},\n${patient('5')}]`),
      'd.json': '',
      'e.json': `${patient('6')}`,
    })
    const { items, problems } = await readAll(path)
    expect(ids(items)).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(told(problems)).toEqual(['1: the file is empty'])
  })

  it('that are cut or damaged give what they had, and are told', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => patient(`p${index}`, `,"x":"${(index * 7919) % 9973}"`))
    const whole = gzipSync(lines.join('\n'))
    const { items, problems } = await readOne('x.ndjson.gz', whole.subarray(0, whole.length >> 1))
    expect(items.length).toBeGreaterThan(2000)
    expect(ids(items)).toEqual(lines.slice(0, items.length).map((_, index) => `p${index}`))
    expect(told(problems)).toEqual([`${items.length + 1}: the gzip file ends early; what came before was read`])
  })

  it('of another kind are told, and the next is read', async () => {
    const path = await folder({
      'a.json': Buffer.from('504b03040000', 'hex'),
      'b.json': 'hello',
      'c.json': patient('1'),
    })
    const { items, problems } = await readAll(path)
    expect(ids(items)).toEqual(['1'])
    expect(told(problems)).toEqual([
      '1: this is a zip archive; give plain UTF-8 JSON, or that in gzip or bzip2',
      '1: expected a JSON object here; the rest of the file was not read',
    ])
  })

  it('a list that is no list of objects is told, its objects are read', async () => {
    const { items, problems } = await readOne('x.json', `[\n${patient('1')}, 7,\n${patient('2')}\n]`)
    expect(ids(items)).toEqual(['1', '2'])
    expect(told(problems)).toEqual(['1: the list is not of objects'])
  })

  it('that end inside a list are told at the element', async () => {
    const { items, problems } = await readOne('x.json', `[\n${patient('1')},\n{"resourceType":`)
    expect(ids(items)).toEqual(['1'])
    expect(told(problems)).toEqual([
      '3: the file ends inside what starts here; this and what should follow was not read',
    ])
  })
})

describe('batches', () => {
  it('are as large as wanted, in order, and every byte is counted', async () => {
    const path = await folder({
      'x.ndjson': Array.from({ length: 25 }, (_, index) => patient(String(index))).join('\n'),
    })
    const sources = await findSources([path])
    let counted = 0
    const sizes: number[] = []
    const onBytes = (bytes: number) => (counted += bytes)
    for await (const batch of readSources(sources, { batch: 10, onBytes })) sizes.push(batch.length)
    expect(sizes).toEqual([10, 10, 5])
    expect(counted).toBe(sources[0]!.bytes)
  })

  it('end when the resources in them are large', async () => {
    const big = `,"x":"${'x'.repeat(900_000)}"`
    const path = await folder({
      'x.ndjson': Array.from({ length: 7 }, (_, index) => patient(String(index), big)).join('\n'),
    })
    const sizes = (await Array.fromAsync(readSources(await findSources([path])))).map((batch) => batch.length)
    expect(sizes).toEqual([3, 3, 1])
  })

  it('end when the signal says so', async () => {
    const path = join(await folder({ 'x.ndjson': `${patient('1')}\n${patient('2')}\n${patient('3')}` }))
    const stop = new AbortController()
    const reading = readSources(await findSources([path]), { batch: 1, signal: stop.signal })
    expect((await reading.next()).value).toHaveLength(1)
    stop.abort(new Error('enough'))
    await expect(reading.next()).rejects.toThrow('enough')
  })
})
