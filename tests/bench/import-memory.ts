// Peak memory and rate of reading 200 MB of every shape: `node tests/bench/import-memory.ts [MEGABYTES]`.
// Each shape is read in a process of its own, so that its peak is its own. Target: below 400 MB.
import { spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGzip } from 'node:zlib'
import { readSources } from '../../src/interactions/import/read.ts'
import { findSources } from '../../src/interactions/import/sources.ts'

const MEGABYTE = 1_000_000

function resource(index: number): object {
  const reference = (type: string, of: number) => ({ reference: `urn:uuid:${id(type, of)}` })
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '29463-7', display: 'Body weight' }], text: 'Body weight' },
    subject: reference('patient', index >> 6),
    encounter: reference('encounter', index >> 3),
    effectiveDateTime: new Date(Date.UTC(2000, 0, 1) + index * 60_000).toISOString(),
    valueQuantity: { value: (index % 900) / 10, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
    note: [{ text: `line ${index} \\ "quoted" é ${'lorem ipsum '.repeat(index % 30)}` }],
  }
}

const id = (type: string, of: number) =>
  `${type.length.toString(16).padStart(8, '0')}-0000-4000-8000-${of.toString(16).padStart(12, '0')}`

function* ndjson(bytes: number): Generator<string> {
  for (let index = 0, size = 0; size < bytes; index++) {
    const line = `${JSON.stringify({ id: `o${index}`, ...resource(index) })}\n`
    size += line.length
    yield line
  }
}

function* bundle(bytes: number, indent?: number): Generator<string> {
  yield '{"resourceType":"Bundle","entry":['
  for (let index = 0, size = 0; size < bytes; index++) {
    const entry = { fullUrl: `urn:uuid:${id('observation', index)}`, resource: resource(index) }
    const text = `${index > 0 ? ',\n' : ''}${JSON.stringify(entry, null, indent)}`
    size += text.length
    yield text
  }
  yield '],"type":"collection"}'
}

const SHAPES: Record<string, (bytes: number) => Iterable<string>> = {
  'lines.ndjson': ndjson,
  'lines.ndjson.gz': ndjson,
  'compact-bundle.json': bundle,
  'pretty-bundle.json': (bytes) => bundle(bytes, 2),
  'pretty-bundle.json.gz': (bytes) => bundle(bytes, 2),
}

async function measure(path: string): Promise<void> {
  const started = performance.now()
  let items = 0
  for await (const events of readSources(await findSources([path]))) {
    for (const event of events) if (event.kind === 'item') items++
  }
  const seconds = (performance.now() - started) / 1000
  const peak = process.resourceUsage().maxRSS / 1024
  console.log(`${items} resources, ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MiB`)
}

async function main(megabytes: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'import-memory-'))
  try {
    for (const [name, make] of Object.entries(SHAPES)) {
      const path = join(folder, name)
      const text = Readable.from(make(megabytes * MEGABYTE))
      if (name.endsWith('.gz')) await pipeline(text, createGzip({ level: 1 }), createWriteStream(path))
      else await pipeline(text, createWriteStream(path))
      const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--measure', path], {
        encoding: 'utf8',
      })
      const size = ((await stat(path)).size / MEGABYTE).toFixed(0)
      console.log(`${name.padEnd(24)} ${size.padStart(4)} MB on disk: ${child.stdout.trim() || child.stderr}`)
      await rm(path)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const [first = '200', path] = process.argv.slice(2)
if (first === '--measure' && path !== undefined) await measure(path)
else await main(Number(first))
