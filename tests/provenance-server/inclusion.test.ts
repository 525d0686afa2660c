// From a write to a proof that needs nobody's word: over HTTP, within a second, checked by the verifier's own code.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { elapsed, until } from '../../src/kernel/clock.ts'
import { readEntryBundle } from '../../src/provenance/entry-bundle.ts'
import { parseTilePath } from '../../src/provenance/tiles.ts'
import {
  openCheckpoint,
  type Policy,
  parseTlogProof,
  readLeaf,
  readPolicy,
  verifyConsistency,
  verifyTlogProof,
} from '../../src/provenance/verifier/index.ts'
import { CREATE, type LogServer, logServer } from './log-server.ts'

let server: LogServer
let policy: Policy
beforeAll(async () => {
  server = await logServer()
  policy = await readPolicy({ log: [server.vkey] })
})
afterAll(async () => {
  await server.close()
  expect(server.faults).toEqual([])
})

/** The bytes of entry `index`, as anybody reads them. */
async function entryAt(index: number, size: number): Promise<Uint8Array> {
  const tile = Math.floor(index / 256)
  const width = Math.min(256, size - tile * 256)
  const path = `tile/entries/${String(tile).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`
  expect(parseTilePath(path)).toBeDefined()
  const bytes = new Uint8Array(await (await server.get(path)).arrayBuffer())
  return readEntryBundle(bytes, width)![index % 256]!
}

const proofOf = async (entry: string): Promise<string | null> =>
  (await server.ask(`{ provenanceLog { inclusionProof(entry: "${entry}") } }`)).data.provenanceLog.inclusionProof

const signed = async () => {
  const opened = await openCheckpoint(await (await server.get('checkpoint')).text(), policy)
  if ('fault' in opened) throw new Error(opened.fault)
  return opened.checkpoint
}

describe('a write', () => {
  it('is pending when it is answered, and in the signed log within a second', async () => {
    const { data, extensions } = await server.ask(CREATE)
    const { entry } = data.PatientCreate.provenance
    expect(extensions.provenance).toEqual([{ entry, status: 'pending' }])
    const began = elapsed()
    let proof = await proofOf(entry)
    while (proof === null && elapsed() - began < 1000) {
      await until(elapsed() + 20)
      proof = await proofOf(entry)
    }
    const { size } = await signed()
    const leaf = await entryAt(parseTlogProof(proof!)!.index, size)
    expect(readLeaf(leaf)).toMatchObject({ type: 'fhir.write', entry })
    expect(await verifyTlogProof(proof!, leaf, policy)).toMatchObject({ index: parseTlogProof(proof!)!.index })
    expect(await verifyTlogProof(proof!, await entryAt(0, size).then((b) => b.with(20, 0)), policy)).toEqual({
      fault: 'not-included',
    })
  })

  it('is in the log when it is answered, for whoever waits', async () => {
    const { data, extensions } = await server.ask(CREATE, { wait: true })
    const { entry, proof } = data.PatientCreate.provenance
    const { index } = parseTlogProof(proof)!
    expect(extensions.provenance).toEqual([{ entry, status: 'included', leafIndex: index }])
    expect(await verifyTlogProof(proof, await entryAt(index, (await signed()).size), policy)).toMatchObject({ index })
  })

  it('has an entry for each version, and a delete has one as well', async () => {
    const { data } = await server.ask(CREATE, { wait: true })
    const { id } = data.PatientCreate
    await server.ask(`mutation { PatientUpdate(id: "${id}", res: {id: "${id}", name: [{family: "Elm"}]}) { id } }`)
    const gone = await server.ask(`mutation { PatientDelete(id: "${id}") }`, { wait: true })
    expect(gone.extensions.provenance).toMatchObject([{ status: 'included' }])
    const { data: past } = await server.ask(
      `{ PatientHistory(id: "${id}") { operation resource { provenance { entry proof } } } }`,
    )
    const [deleted, updated, created] = past.PatientHistory
    expect(deleted.resource).toBeNull()
    expect(created.resource.provenance.entry).toBe(data.PatientCreate.provenance.entry)
    expect(updated.resource.provenance.entry).not.toBe(created.resource.provenance.entry)
    const leaf = await entryAt(gone.extensions.provenance[0].leafIndex, (await signed()).size)
    expect(readLeaf(leaf)).toMatchObject({ type: 'fhir.delete', entry: gone.extensions.provenance[0].entry })
  })

  it('waits five seconds at most, all entries of a request together, on few statements', async () => {
    const other = await logServer({ signs: false })
    const began = elapsed()
    const fields = Array.from({ length: 4 }, (_, i) => `p${i}: PatientCreate(res: {}) { provenance { proof } }`)
    other.statements.length = 0
    const { data, extensions } = await other.ask(`mutation { ${fields.join(' ')} }`, { wait: true })
    expect(elapsed() - began).toBeGreaterThan(4900)
    expect(elapsed() - began).toBeLessThan(7000)
    expect(data.p0.provenance.proof).toBeNull()
    expect(extensions.provenance.map(({ status }: { status: string }) => status)).toEqual(Array(4).fill('pending'))
    expect(other.statements.length).toBeLessThan(400)
    await other.close()
  }, 15_000)

  it('that failed says nothing of an entry', async () => {
    const { errors, extensions } = await server.ask('mutation { PatientDelete(id: "nobody") }', { wait: true })
    expect([errors?.length, extensions]).toEqual([1, undefined])
  })
})

describe('growth', () => {
  it('is proved between any two signed checkpoints', async () => {
    const [first] = [await signed()]
    for (let i = 0; i < 3; i++) await server.ask(CREATE, { wait: true })
    const second = await signed()
    expect(second.size).toBeGreaterThan(first.size)
    const { data } = await server.ask(
      `{ provenanceLog { checkpoint consistencyProof(from: ${first.size}, to: ${second.size}) } }`,
    )
    const proof = data.provenanceLog.consistencyProof.map((hash: string) => new Uint8Array(Buffer.from(hash, 'base64')))
    const claim = { size1: first.size, size2: second.size, root1: first.root, root2: second.root, proof }
    expect(verifyConsistency(claim)).toBe(true)
    expect(verifyConsistency({ ...claim, root1: second.root })).toBe(false)
    expect(data.provenanceLog.checkpoint).toBe(await (await server.get('checkpoint')).text())
  })

  it.for([
    ['backwards', '(from: 2, to: 1)'],
    ['beyond what is signed', '(from: 1, to: 1000000)'],
    ['from below nothing', '(from: -1, to: 1)'],
  ])('%s is refused', async ([, sizes]) => {
    const { errors } = await server.ask(`{ provenanceLog { consistencyProof${sizes} } }`)
    expect(errors?.[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'bad-size' })
  })
})

describe('a proof', () => {
  it.for([
    ['of nobody’s entry', '00000000-0000-4000-8000-000000000000'],
    ['of what is no UUID', "x' or true --"],
  ])('%s is not to be had', async ([, entry]) => {
    const { errors } = await server.ask('query ($e: ID!) { provenanceLog { inclusionProof(entry: $e) } }', {
      variables: { e: entry },
    })
    expect(errors?.[0].extensions).toMatchObject({ code: 'NOT_FOUND', reason: 'no-entry' })
  })

  it('stands beside each row of a list, compiled or not, in a few statements for all', async () => {
    const source = '{ PatientList(_count: 5) { id provenance { entry proof } } }'
    for (let i = 0; i < 3; i++) {
      server.statements.length = 0
      const { data } = await server.ask(source)
      expect(data.PatientList).toHaveLength(5)
      for (const { provenance } of data.PatientList) expect(parseTlogProof(provenance.proof)).toBeDefined()
      expect(server.statements.filter((sql) => / as asked \(type/.test(sql))).toHaveLength(1)
      expect(server.statements.filter((sql) => /where entry =/.test(sql))).toHaveLength(0)
    }
  })
})
