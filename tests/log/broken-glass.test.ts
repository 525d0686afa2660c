// Broken glass stands in the log by a leaf of its own, which commits to the AuditEvent of it: in one transaction, open to
// the operator's dump, and told to whoever broke it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dumpInto } from '../../src/server/dump.ts'
import { logSigner } from '../../src/server/log/key.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import { appendEvent } from '../../src/store/log/append.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { signWith } from '../../src/store/log/sign-tree.ts'
import { emergency, openWard, reasons, type Ward } from '../consent/ward.ts'

let ward: Ward
let folder: string
beforeAll(async () => {
  ward = await openWard()
})
afterAll(() => ward.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healthchain-glass-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (patient = 'p1') =>
  ward.ask(
    'mutation ($p: ID!) { emergencyAccess(patient: $p, reasonCode: "unresponsive", reasonText: "Found unconscious at home.") { id } }',
    { p: patient },
    emergency,
  )
const leaves = () =>
  ward.sql(
    "select entry, id, convert_from(leaf, 'UTF8')::json ->> 't' as leaf from log_leaf where type = 'AuditEvent' order by recorded",
  )

async function dumped(name: string) {
  const place = join(folder, name)
  await sequence(ward.database, signWith(await logSigner(ward.owner, {})), 1000)
  const { found } = await dumpInto(place, ward.owner, {})
  const findings = await verify({ place, whole: true }, () => {})
  return { found: [...found, ...findings].map(({ code }) => code), place }
}

describe('an emergency', () => {
  test('that is opened has one leaf, of its AuditEvent, and the answer names its entry', async () => {
    const { errors, extensions } = (await open()) as { errors?: unknown; extensions?: { provenance: object[] } }
    expect(errors).toBeUndefined()
    const [leaf, ...more] = await leaves()
    expect([leaf, more]).toMatchObject([{ leaf: 'btg' }, []])
    expect(extensions?.provenance).toContainEqual({ entry: leaf!.entry, status: 'pending' })
    const events = await ward.sql('select content from audit_event where id = $1', [leaf!.id])
    expect(events).toHaveLength(1)
    expect(events[0]!.content).toContain('"110127"')
  })

  test('is opened by the dump, and whole', async () => {
    const { found, place } = await dumped('whole')
    expect(found).toEqual([])
    const [leaf] = await leaves()
    const lines = readFileSync(join(place, 'versions.ndjson'), 'utf8').split('\n')
    expect(lines.filter((line) => line.includes(String(leaf!.entry)) && line.includes('110127'))).toHaveLength(1)
  })

  test('attack: the reason is another afterwards', async () => {
    const change = (from: string, to: string) =>
      ward.sql(`do $$ begin alter table audit_frame disable trigger user;
update audit_frame set template = replace(template, '${from}', '${to}') where template like '%110127%';
alter table audit_frame enable trigger user; end $$`)
    await change('unresponsive', 'harmless')
    expect((await dumped('another')).found).toEqual(expect.arrayContaining(['commitment-differs', 'events-differ']))
    await change('harmless', 'unresponsive')
    expect((await dumped('right')).found).toEqual([])
  })

  test('that is refused has none', async () => {
    const before = await leaves()
    expect(reasons(await open())).toEqual(['renewal'])
    expect(await leaves()).toEqual(before)
  })

  test('stands or falls with its leaf', async () => {
    const before = await leaves()
    await ward.sql(
      'alter table log_leaf add constraint no_glass check (leaf::text is not null and type <> $$AuditEvent$$) not valid',
    )
    expect((await open('p2')).errors).toHaveLength(1)
    await ward.sql('alter table log_leaf drop constraint no_glass')
    expect(await ward.sql("select from emergency_access where patient = 'p2'")).toEqual([])
    expect(await leaves()).toEqual(before)
  })
})

test('a leaf tells no event that is not stored', async () => {
  const append = ward.database.transaction((session) => appendEvent(session, 'btg', 'nobody'))
  await expect(append).rejects.toMatchObject({ code: 'no-event' })
})
