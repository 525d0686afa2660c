// Bundles: links between entries, transactions all or nothing, histories, and what cannot be imported.
// http://hl7.org/fhir/R4/bundle.html , http://hl7.org/fhir/R4/http.html#transaction
import { describe, expect, it } from 'vitest'
import { readSources } from '../../src/interactions/import/read.ts'
import { findSources } from '../../src/interactions/import/sources.ts'
import { bundle, folder, readOne, told } from './folder.ts'

const P = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a'
const O = 'urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9'
const patient = { fullUrl: P, resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } }
const observation = {
  fullUrl: O,
  resource: { resourceType: 'Observation', subject: { reference: P } },
  request: { method: 'POST', url: 'Observation' },
}
const names = (items: { resource: { resourceType: string; id: string } }[]) =>
  items.map(({ resource: { resourceType, id } }) => `${resourceType}/${id}`)
const pretty = (text: string) => JSON.stringify(JSON.parse(text), null, 2)

describe('links between entries', () => {
  const links = bundle('transaction', [observation, patient])
  it.each([
    ['compact', 'x.json', links],
    ['pretty-printed', 'x.json', pretty(links)],
    ['as a line of NDJSON', 'x.ndjson', `${links}\n`],
    ['in a list', 'x.json', `[${pretty(links)}]`],
    [
      'with entry before type',
      'x.json',
      JSON.stringify({ entry: [observation, patient], type: 'batch', resourceType: 'Bundle' }),
    ],
  ])('point at Type/id, forwards too: %s', async (_title, name, content) => {
    const { items, problems, events } = await readOne(name, content)
    expect(problems).toEqual([])
    expect(names(items)).toEqual([`Observation/${O.slice(9)}`, `Patient/${P.slice(9)}`])
    expect(items[0]!.resource.subject).toEqual({ reference: `Patient/${P.slice(9)}` })
    expect(events.map(({ kind }) => kind)).toEqual(['bundle-start', 'item', 'item', 'bundle-end'])
    expect(events[0]).toMatchObject({ entries: 2, bundle: 0 })
    expect(events[3]).toEqual({ kind: 'bundle-end', bundle: 0, failed: 0 })
  })

  it.each([
    ['lines', 'x.ndjson', (text: string) => text],
    ['documents', 'x.json', pretty],
  ])('stay within their Bundle: %s', async (_title, name, layout) => {
    const [one, two] = [bundle('batch', [patient]), bundle('batch', [observation])].map(layout)
    const { items, starts } = await readOne(name, `${one}\n${two}`)
    expect(items[1]!.resource.subject).toEqual({ reference: P })
    expect(starts.map((start) => start.bundle)).toEqual([0, 1])
  })

  it('point at the first of two entries with the same fullUrl', async () => {
    const [a, b] = ['a', 'b'].map((id) => ({ ...patient, resource: { resourceType: 'Patient', id } }))
    const { items } = await readOne('x.json', bundle('batch', [a!, b!, observation]))
    expect(items[2]!.resource.subject).toEqual({ reference: 'Patient/a' })
  })

  it('of many entries are found', async () => {
    const id = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    const entries = Array.from({ length: 20_000 }, (_, index) => ({
      fullUrl: `urn:uuid:${id(index)}`,
      resource: { resourceType: 'Basic', subject: { reference: `urn:uuid:${id((index * 7919) % 20_000)}` } },
    }))
    const { items } = await readOne('x.json', bundle('collection', entries))
    for (const [index, { resource }] of items.entries()) {
      expect(resource.subject).toEqual({ reference: `Basic/${id((index * 7919) % 20_000)}` })
    }
  })
})

describe('each entry is told with the line where it starts', () => {
  it('in a pretty-printed Bundle, also behind other lines and in a list', async () => {
    const text = pretty(bundle('batch', [patient, observation]))
    const starts = text.split('\n').flatMap((line, index) => (line === '    {' ? [index + 1] : []))
    expect((await readOne('x.json', text)).items.map(({ line }) => line)).toEqual(starts)
    const listed = await readOne('x.json', `[\n\n${text}]`)
    expect(listed.items.map(({ line }) => line)).toEqual(starts.map((line) => line + 2))
    expect(listed.starts[0]!.line).toBe(3)
  })
})

describe('an entry that cannot be imported is told, the others are read', () => {
  const fault = async (entry: object, type = 'batch') => {
    const { items, problems, events } = await readOne('x.json', bundle(type, [patient, entry]))
    expect(names(items)).toEqual([`Patient/${P.slice(9)}`])
    expect(events.at(-1)).toMatchObject({ kind: 'bundle-end', failed: 1 })
    expect(problems).toMatchObject([{ bundle: 0 }])
    return problems[0]!.message
  }
  it.each([
    ['a deletion', { request: { method: 'DELETE', url: 'Patient/1' } }, /only POST and PUT/],
    ['a read', { request: { method: 'GET', url: 'Patient/1' } }, /only POST and PUT/],
    ['a patch', { resource: { resourceType: 'Binary' }, request: { method: 'PATCH', url: 'Patient/1' } }, /only POST/],
    [
      'a conditional update',
      { ...observation, request: { method: 'PUT', url: 'Observation?code=1' } },
      /conditional upd/,
    ],
    [
      'an update of another id',
      { resource: { resourceType: 'Group', id: '1' }, request: { method: 'PUT', url: 'Group/2' } },
      /another/,
    ],
    [
      'an update of another type',
      { resource: { resourceType: 'Group' }, request: { method: 'PUT', url: 'Patient/2' } },
      /another/,
    ],
    ['no resource', { fullUrl: O }, /no resource/],
    ['no type', { resource: { id: '1' } }, /resourceType is missing/],
    ['a fullUrl that is no string', { fullUrl: 1, resource: { resourceType: 'Group', id: '1' } }, /fullUrl/],
    [
      'ifNoneExist without POST',
      { ...observation, request: { method: 'PUT', url: 'Observation/1', ifNoneExist: 'a=b' } },
      /ifNoneExist/,
    ],
  ])('%s', async (_title, entry, message) => {
    expect(await fault(entry)).toMatch(message)
  })

  it('the same id twice in a transaction, as it is not said which one counts', async () => {
    expect(
      await fault(
        { ...patient, fullUrl: undefined, resource: { resourceType: 'Patient', id: P.slice(9) } },
        'transaction',
      ),
    ).toMatch(/same id/)
  })

  it('repeated members and broken JSON', async () => {
    const good = '{"resource":{"resourceType":"Group","id":"1"}}'
    const bad = [
      '{"resource":{"resourceType":"A","id":"1"},"resource":{"resourceType":"B","id":"1"}}',
      '{"resource":{,}}',
      'null',
    ]
    const { items, problems } = await readOne(
      'x.json',
      `{"resourceType":"Bundle","type":"batch","entry":[${[...bad, good]}]}`,
    )
    expect(names(items)).toEqual(['Group/1'])
    expect(problems.map(({ message }) => message)).toEqual([
      'Bundle.entry must be a list of objects',
      'the entry repeats one of its own members',
      'not valid JSON: expected a property name at character 13',
    ])
  })
})

describe('a transaction', () => {
  it('is announced as all or nothing, others are not', async () => {
    for (const type of ['transaction', 'batch', 'collection', 'document', 'message', 'searchset', 'history']) {
      const { starts } = await readOne('x.json', bundle(type, [patient]))
      expect(starts).toMatchObject([{ type, atomic: type === 'transaction', entries: 1 }])
    }
  })

  it.each([
    [
      'too many entries',
      bundle('transaction', [patient, observation, { resource: { resourceType: 'Group' } }]),
      /3 entries is more than 2/,
    ],
    [
      'the end of the file in it',
      bundle('transaction', [patient, observation]).slice(0, -20),
      /the file ends inside it/,
    ],
    [
      'the end of the file before its type',
      `{"resourceType":"Bundle","entry":[${JSON.stringify(patient)}`,
      /type is missing/,
    ],
    [
      'broken JSON around its entries',
      bundle('transaction', [patient]).replace('"type"', '"x":,"type"'),
      /not valid JSON around/,
    ],
    [
      'two lists of entries',
      bundle('transaction', [patient]).replace('"type"', '"entry":[],"type"'),
      /repeats one of its own/,
    ],
    ['no type', '{"resourceType":"Bundle","entry":[]}', /type is missing/],
    ['an unknown type', bundle('Transaction', []), /no code of FHIR/],
    ['an entry that is no object', bundle('transaction', [7 as unknown as object]), /list of objects/],
  ])('with %s is not read at all', async (_title, content, message) => {
    const { items, problems, starts } = await readOne('x.json', content, { transaction: 2 })
    expect([items, starts]).toEqual([[], []])
    expect(problems[0]!.message).toMatch(message)
  })

  it('as a batch or collection, such a Bundle is read as far as it goes', async () => {
    const cut = await readOne('x.json', pretty(bundle('batch', [patient, observation])).slice(0, -60))
    expect(names(cut.items)).toEqual([`Patient/${P.slice(9)}`])
    expect(told(cut.problems)).toEqual([
      '15: the file ends inside what starts here; this and what should follow was not read',
    ])
    expect(cut.events.at(-1)).toMatchObject({ kind: 'bundle-end', failed: 1 })
    const broken = await readOne('x.json', bundle('batch', [patient]).replace('"type"', '"x":,"type"'))
    expect(names(broken.items)).toEqual([`Patient/${P.slice(9)}`])
    expect(told(broken.problems)).toEqual(['1: the Bundle is not valid JSON around its entries'])
  })
})

describe('a history', () => {
  const version = (id: string, active: boolean) => ({ resource: { resourceType: 'Patient', id, active } })
  it('gives the newest version of each resource, and none of a deleted one', async () => {
    const deleted = { fullUrl: 'http://h/Patient/b', request: { method: 'DELETE', url: 'Patient/b' } }
    const entries = [version('a', true), deleted, version('a', false), version('b', true), version('c', true)]
    const { items, problems } = await readOne('x.json', bundle('history', entries))
    expect(items.map(({ resource }) => [resource.id, resource.active])).toEqual([
      ['a', true],
      ['c', true],
    ])
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/only POST and PUT/),
      expect.stringMatching(/older version/),
      expect.stringMatching(/older version/),
    ])
  })
})

describe('a conditional create', () => {
  const npi = 'identifier=http://hl7.org/fhir/sid/us-npi|1'
  const practitioner = {
    ...patient,
    resource: { resourceType: 'Practitioner' },
    request: { method: 'POST', ifNoneExist: npi },
  }
  const content = bundle('transaction', [observation, practitioner])

  async function read(match?: string) {
    const path = await folder({ 'x.json': content })
    const batches = []
    for await (const batch of readSources(await findSources([path]))) {
      batches.push(batch)
      for (const event of batch) {
        if (event.kind === 'bundle-start' && match !== undefined)
          for (const create of event.creates) create.resolve(match)
      }
    }
    return batches
  }

  it('is announced before the entries are read', async () => {
    const [[start, ...others] = [], rest = []] = await read()
    expect(others).toEqual([])
    expect(start).toMatchObject({
      creates: [{ type: 'Practitioner', query: npi, target: `Practitioner/${P.slice(9)}` }],
    })
    expect(rest).toMatchObject([
      { resource: { subject: { reference: `Practitioner/${P.slice(9)}` } } },
      { ifNoneExist: npi, method: 'POST', matched: undefined },
      { kind: 'bundle-end' },
    ])
  })

  it('with a match: links point at the match, and nothing is to be written', async () => {
    const [, rest = []] = await read('Practitioner/known')
    expect(rest).toMatchObject([
      { resource: { subject: { reference: 'Practitioner/known' } } },
      { matched: 'Practitioner/known' },
      { failed: 0 },
    ])
  })
})

it('the same Bundle gives the same ids at every reading, whatever the file is called', async () => {
  const loose = { fullUrl: 'urn:uuid:p1', resource: { resourceType: 'Patient', v: 'DECIMAL' } }
  const nameless = { resource: { resourceType: 'Basic', subject: { reference: 'urn:uuid:p1' } } }
  const content = bundle('batch', [loose, nameless, patient])
  const [compact, indented] = [content, pretty(content)].map((text) => text.replace('"DECIMAL"', '1.10')) as [
    string,
    string,
  ]
  const [a, b] = [await readOne('x.json', compact), await readOne('y.json', indented)]
  expect(names(a.items)).toEqual(names(b.items))
  expect(a.items[1]!.resource.subject).toEqual({ reference: names(a.items)[0] })
})

it('a resource that mentions a Bundle, or has an entry of its own, is none', async () => {
  const lines =
    '{"resourceType":"Basic","id":"1","code":"Bundle"}\n{"resourceType":"List","id":"2","entry":[{"item":{}}]}'
  for (const name of ['x.ndjson', 'x.json']) {
    const { items, events } = await readOne(name, lines)
    expect(events).toHaveLength(2)
    expect(items[1]!.resource.entry).toEqual([{ item: {} }])
  }
  const list = await readOne(
    'x.json',
    pretty('{"entry":[{"item":{"reference":"A/1"}}],"resourceType":"List","id":"3"}'),
  )
  expect(list.items).toMatchObject([{ resource: { id: '3', entry: [{ item: { reference: 'A/1' } }] } }])
})
