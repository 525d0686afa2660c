// What the tests of the log share: a key to sign with, resources to write, and the whole log read back and built anew.
import { hmacSha256, sha256 } from '../../src/provenance/native-hash.ts'
import { noteSigner } from '../../src/provenance/note-signer.ts'
import { readPolicy } from '../../src/provenance/policy.ts'
import { parseTilePath } from '../../src/provenance/tiles.ts'
import type { Finding } from '../../src/provenance/verifier/finding.ts'
import { verifyLog } from '../../src/provenance/verifier/log.ts'
import { VersionCheck } from '../../src/provenance/verifier/versions.ts'
import type { Database, Session } from '../../src/store/database.ts'
import { checkpoint, tile } from '../../src/store/log/reader.ts'
import { signWith } from '../../src/store/log/sign-tree.ts'

const key = noteSigner('log.example/hospital', new Uint8Array(32).fill(7))
export const sign = signWith(key)
export const { vkey } = key

export const observation = (n: number) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: 'Patient/p1' },
  valueQuantity: { value: n, unit: '/min' },
})

/** The verifier's findings on what a log would serve, beside every version that is stored, and every event that has a leaf of its own. */
export async function audited(
  database: Database,
  owner: Session = database,
): Promise<{ size: number; findings: readonly Finding[] }> {
  const versions = new VersionCheck(hmacSha256)
  const read = async (path: string): Promise<Uint8Array> => {
    if (path === 'checkpoint') return Buffer.from((await checkpoint(database))!.note)
    const asked = parseTilePath(path)!
    return (await tile(database, asked))!
  }
  const policy = await readPolicy({ log: [key.vkey] })
  const report = await verifyLog({ read, policy, sha256, onEntry: (index, entry) => versions.addEntry(index, entry) })
  for (const [i, version] of (await disclosed(owner)).entries()) versions.addVersion(version, i)
  return {
    size: report.believed?.checkpoint.size ?? 0,
    findings: [...report.findings, ...versions.findings({ whole: true })],
  }
}

const disclosed = async (session: Session) =>
  (
    await session.query<{
      entry: string
      type: string
      id: string
      version: number
      op: 'create' | 'update' | 'delete'
      content: string
      decision: string
      salt: Buffer
    }>({
      sql: `select l.entry, v.type, v.id, v.version, v.operation as op, coalesce(v.content, '') as content, coalesce(l.decision, '') as decision, s.salt
from resource_version as v left join log_leaf as l using (type, id, version) left join log_salt as s on s.id = l.salt
union all select l.entry, l.type, l.id, l.version, 'create', e.content, coalesce(l.decision, ''), s.salt
from log_leaf as l join audit_event as e on e.id = l.id join log_salt as s on s.id = l.salt where l.type = 'AuditEvent'`,
      parameters: [],
    })
  ).map(({ entry, type, id, version, op, content, decision, salt }) => ({
    ...{ entry: entry ?? '', resourceType: type, id, versionId: String(version), op, resource: content },
    ...{ provenance: '', decision, salt: salt ?? Buffer.alloc(0) },
  }))

/** Counts that belong together: versions, leaves, salts, leaves in the tree. */
export async function counts(session: Session) {
  const [row] = await session.query<Record<'versions' | 'leaves' | 'salts' | 'size' | 'signed', number>>({
    sql: `select (select count(*)::int from resource_version) as versions, (select count(*)::int from log_leaf) as leaves,
  (select count(*)::int from log_salt) as salts, (select size::int from log_state) as size, (select max(size)::int from log_checkpoint) as signed`,
    parameters: [],
  })
  return row!
}
