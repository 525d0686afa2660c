// patientErase over GraphQL, with a sequencer at work: what goes, what stays, and what anybody can verify afterwards.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErasureReport } from '../../src/interactions/erasure/erase.ts'
import { commitment } from '../../src/provenance/commitment.ts'
import { readLeaf } from '../../src/provenance/leaf.ts'
import { hmacSha256 } from '../../src/provenance/native-hash.ts'
import { readPolicy, verifyTlogProof } from '../../src/provenance/verifier/index.ts'
import { dumpInto } from '../../src/server/dump.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import {
  admin,
  admit,
  auditor,
  type Hospital,
  hospital,
  other,
  patient,
  STAYS,
  WORDS,
  whereabouts,
  ZEBEDEE,
} from './hospital.ts'

let house: Hospital
let report: ErasureReport
beforeAll(async () => {
  house = await hospital()
  await admit(house)
})
afterAll(async () => {
  await house.close()
  expect(house.faults).toEqual([])
})

const AUDIT = ['audit_entry', 'audit_event_foreign', 'audit_frame']
const PROOF = `query ($p: ID!) { exportProof(patient: $p) { versions erasures { entry when reason leaves proof } } }`
const rows = async (sql: string, ...parameters: unknown[]) =>
  house.owner.query<Record<string, never>>({ sql, parameters })
const count = async (sql: string) => Number((await rows(`select count(*) as n from ${sql}`))[0]!.n)

describe('before', () => {
  it('the record is in all the tables that this test is about', async () => {
    const found = await whereabouts(house, WORDS)
    for (const table of [
      'patient',
      'observation',
      'consent',
      'related_person',
      'group',
      'resource_version',
      'log_leaf',
      'policy',
    ])
      expect(found, table).toContain(table)
    for (const table of [
      'policy_rule',
      'patient_policy',
      'emergency_access',
      'account',
      'legal_hold',
      'former_compartment',
      'provenance_frame',
    ])
      expect(found, table).toContain(table)
  })

  it('who may not erase is refused alike: another house, nobody there, no id', async () => {
    const refusals = []
    for (const [id, as] of [
      [ZEBEDEE, other],
      ['nobody', admin],
      ["' or 1=1", admin],
    ] as const)
      refusals.push((await house.erase(id, as)).errors?.[0])
    expect(
      new Set(refusals.map(({ message, extensions: { code, reason } }) => `${code} ${reason} ${message}`)).size,
    ).toBe(1)
    expect(refusals[0].extensions).toMatchObject({ code: 'NOT_FOUND' })
  })

  it.each([
    ['patient', 'PATRQT'],
    ['practitioner', 'TREAT'],
    ['auditor', 'HOPERAT'],
    ['system', 'TREAT'],
  ] as const)('a %s is refused for the role', async (role, purpose) => {
    const { errors } = await house.erase(ZEBEDEE, { ...admin, role, purpose })
    expect(errors?.[0].extensions.reason).toBe('role')
  })

  it('a reason must be one, and be said in words', async () => {
    for (const more of [{ r: 'because' }, { t: 'no' }])
      expect((await house.erase(ZEBEDEE, admin, more)).errors?.[0].extensions.reason).toBe('bad-reason')
  })
})

describe('an erasure', () => {
  let salts = 0
  beforeAll(async () => {
    salts = await count('log_salt')
    const { data, errors } = await house.erase()
    expect(errors).toBeUndefined()
    report = data.patientErase
  })

  it('says what it did', () => {
    const versions = Object.fromEntries(report.versions.map(({ type, count: n }) => [type, n]))
    // pulse, whispering and its delete, moved in with its history, the version that moved out
    expect(versions).toEqual({ Patient: 2, Observation: 6, RelatedPerson: 1, Consent: 2 })
    expect([report.leaves, report.entries.length]).toEqual([11, 1])
    expect(report.kept).toEqual([{ type: 'Group', count: 1 }])
  })

  it('leaves nothing of the patient in any table but the audit log and what is shared', async () => {
    const { owner } = house
    expect(await whereabouts(house, WORDS)).toEqual(expect.arrayContaining(['audit_entry']))
    const shared = ['group', 'resource_version']
    expect((await whereabouts(house, WORDS)).filter((table) => ![...AUDIT, ...shared].includes(table))).toEqual([])
    const named = await owner.query({
      sql: `select type, id from resource_version as v where to_jsonb(v)::text ~ 'zebedee|Quill|zq-4711|whispering'`,
      parameters: [],
    })
    expect(named).toEqual([{ type: 'Group', id: 'ward' }])
  })

  it('leaves its content not even in the audit log, which knows who was told of what alone', async () => {
    expect(await whereabouts(house, ['Quillfeather', 'zq-4711', 'in the chest'])).toEqual([])
  })

  it('destroys the salts of the leaves and what they name, and nothing else of the log', async () => {
    // The erase leaf and the batches of audit events have brought some.
    expect(
      await count('log_leaf as l where l.type is null and not exists (select from log_salt as s where s.id = l.salt)'),
    ).toBe(11)
    expect(
      await count(
        'log_leaf as l where l.type is not null and not exists (select from log_salt as s where s.id = l.salt)',
      ),
    ).toBe(0)
    expect(salts).toBeGreaterThan(10)
  })

  it('leaves the others as they were', async () => {
    const { data, errors } = await house.ask(
      '{ Patient(id: "ash") { id } a: Observation(id: "pulse-ash") { id } b: Observation(id: "moved-out") { subject { reference } meta { versionId } } }',
    )
    expect(errors).toBeUndefined()
    expect(data.b).toEqual({ subject: { reference: 'Patient/ash' }, meta: { versionId: '2' } })
    expect(await count("account where username = 'ash'")).toBe(1)
    expect(await rows('select id from issuer_record')).toEqual([{ id: 's2' }])
    expect(await count("policy where rules = '[]'")).toBe(2)
  })

  it('is committed to by its leaf, with the audit event', async () => {
    const [entry] = report.entries
    const [row] = await house.owner.query<{ leaf: Buffer; salt: Buffer; id: string; content: string }>({
      sql: 'select l.leaf, s.salt, l.id, a.content from log_leaf as l join log_salt as s on s.id = l.salt join audit_event as a on a.id = l.id where l.entry = $1',
      parameters: [entry],
    })
    const leaf = readLeaf(row!.leaf)!
    expect([leaf.type, leaf.erased?.length]).toEqual(['erase', 11])
    const told = {
      resourceType: 'AuditEvent',
      id: row!.id,
      versionId: '1',
      op: 'create',
      resource: row!.content,
    } as const
    expect(Buffer.from(commitment(hmacSha256, row!.salt, { ...told, provenance: '', decision: '' }))).toEqual(
      Buffer.from(leaf.commitment),
    )
    const event = JSON.parse(row!.content)
    expect(event).toMatchObject({ action: 'D', outcome: '0', outcomeDesc: 'consent-withdrawn' })
    // The words are nowhere: people tell of people in them.
    expect(await whereabouts(house, ['Asked for in a letter'])).toEqual([])
  })

  it('is told by an export to the patient, the admin and the auditor of the house, and the operator, with a proof', async () => {
    await house.ask('mutation { PatientUpdate(id: "ash", res: {id: "ash", active: true}) { id } }', { wait: true })
    const policy = await readPolicy({ log: [house.vkey] })
    for (const as of [patient(ZEBEDEE), admin, auditor, undefined]) {
      const { data, errors } = await house.ask(PROOF, { ...(as && { as }), variables: { p: ZEBEDEE } })
      expect(errors).toBeUndefined()
      const [erasure, ...more] = data.exportProof.erasures
      expect([more, data.exportProof.versions]).toEqual([[], ''])
      expect(erasure).toMatchObject({ entry: report.entries[0], when: report.when, reason: 'consent-withdrawn' })
      expect(erasure.leaves).toHaveLength(11)
      const [row] = await house.owner.query<{ leaf: Buffer }>({
        sql: 'select leaf from log_leaf where entry = $1',
        parameters: [erasure.entry],
      })
      expect(await verifyTlogProof(erasure.proof, row!.leaf, policy)).toHaveProperty('index')
    }
    for (const [as, p] of [
      [patient(STAYS), ZEBEDEE],
      // Of another house, or of none: an id that they know tells them nothing.
      [other, ZEBEDEE],
      [{ ...auditor, organisation: 'h2' }, ZEBEDEE],
      [{ ...auditor, organisation: undefined }, ZEBEDEE],
      [admin, STAYS],
      [admin, 'nobody'],
    ] as const)
      expect((await house.ask(PROOF, { as, variables: { p } })).data.exportProof.erasures).toEqual([])
  })

  it('leaves a log that verifies, and says how many entries were erased', async () => {
    const said: string[] = []
    expect(await verify({ place: house.log }, (line) => said.push(line))).toEqual([])
    expect(said.join('\n')).toContain('erased: 11')
  })

  it('leaves a dump whose every leaf has its version, or was erased', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'erased-'))
    try {
      const { found } = await dumpInto(join(folder, 'dump'), house.owner, {})
      expect(found).toEqual([])
      expect(await verify({ place: join(folder, 'dump'), whole: true }, () => {})).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is not done twice, and what is erased does not come back', async () => {
    expect((await house.erase()).errors?.[0].extensions.code).toBe('NOT_FOUND')
    const again = await house.ask('mutation { PatientUpdate(id: "zebedee", res: {id: "zebedee"}) { id } }')
    expect(again.errors?.[0].extensions.reason).toBe('erased')
    await expect(
      house.put('Observation', 'pulse-zebedee', {
        status: 'final',
        code: { text: 'x' },
        subject: { reference: 'Patient/zebedee' },
      }),
    ).rejects.toThrow('erased')
    // Under another patient the same id is a new resource.
    await house.put('Observation', 'pulse-zebedee', {
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/ash' },
    })
    const { data } = await house.ask('{ Observation(id: "pulse-zebedee") { meta { versionId } } }')
    expect(data.Observation.meta.versionId).toBe('1')
  })
})
