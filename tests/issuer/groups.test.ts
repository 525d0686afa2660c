// Whom a token says its user belongs to: memberships in force, of this user, at this organisation.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { groupsOf } from '../../src/store/issuer/groups.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { statement } from './statement.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const ME = 'Practitioner/me'
const COLUMNS = {
  group: ['member', (r: Resource) => [(r.member as { entity: Ref }[]).map((m) => m.entity.reference)]],
  care_team: ['participant', (r: Resource) => [(r.participant as { member: Ref }[]).map((p) => p.member.reference)]],
  practitioner_role: [
    'practitioner, organization',
    (r: Resource) => [(r.practitioner as Ref).reference, (r.organization as Ref | undefined)?.reference ?? null],
  ],
  organization: ['partof', (r: Resource) => [(r.partOf as Ref | undefined)?.reference ?? null]],
} as const
type Ref = { reference: string }
type Resource = Record<string, unknown>
type Table = keyof typeof COLUMNS

async function put(table: Table, id: string, resource: Resource, deleted = false) {
  const [names, values] = COLUMNS[table]
  const all = [id, deleted, JSON.stringify({ id, ...resource }), ...values(resource)]
  const marks = all.slice(3).map((_, i) => `$${i + 4}`)
  const text = `insert into "${table}" (id, version, last_updated, deleted, lossless, content, ${names}) values ($1, 1, now(), $2, false, $3, ${marks})`
  await statement(db.url, text, all)
}

const mine = { entity: { reference: ME } }
const group = (more: Resource = {}, member: Resource = mine) => ({
  actual: true,
  active: true,
  member: [member],
  ...more,
})
const past = { start: '2020-01-01', end: '2020-12-31' }
const current = { start: '2020-01-01' }

test('groups and teams that name the user now', async () => {
  await put('group', 'g-mine', group())
  await put('group', 'g-other', group({}, { entity: { reference: 'Practitioner/you' } }))
  await put('group', 'g-inactive', group({ active: false }))
  await put('group', 'g-left', group({}, { ...mine, inactive: true }))
  await put('group', 'g-past', group({}, { ...mine, period: past }))
  await put('group', 'g-unreadable', group({}, { ...mine, period: { end: 'soon' } }))
  await put('group', 'g-wanted', group({ actual: false }))
  await put('group', 'g-deleted', group(), true)
  const team = (more: Resource, own: Resource = {}) => ({
    participant: [{ member: { reference: ME }, ...own }],
    ...more,
  })
  await put('care_team', 't-mine', team({ status: 'active', period: current }, { period: current }))
  await put('care_team', 't-over', team({ status: 'inactive' }))
  await put('care_team', 't-past', team({ status: 'active', period: past }))
  await put('care_team', 't-left', team({ status: 'active' }, { period: past }))
  expect(await groupsOf(db.accounts, ME)).toEqual(['CareTeam/t-mine', 'Group/g-mine'])
})

test('roles count at the organisation of the sign-in and at those it is part of', async () => {
  await put('organization', 'hospital', {})
  await put('organization', 'ward', { partOf: { reference: 'Organization/hospital' } })
  await put('organization', 'loop', { partOf: { reference: 'Organization/loop' } })
  const role = (organization?: string, more: Resource = {}) => ({
    practitioner: { reference: ME },
    ...(organization && { organization: { reference: organization } }),
    ...more,
  })
  await put('practitioner_role', 'r-hospital', role('Organization/hospital'))
  await put('practitioner_role', 'r-ward', role('Organization/ward'))
  await put('practitioner_role', 'r-else', role('Organization/else'))
  await put('practitioner_role', 'r-any', role())
  await put('practitioner_role', 'r-ended', role('Organization/hospital', { active: false }))
  const roles = async (organisation?: string) =>
    (await groupsOf(db.accounts, ME, organisation)).filter((name) => name.startsWith('PractitionerRole'))
  const named = (...ids: string[]) => ids.map((id) => `PractitionerRole/${id}`)
  expect(await roles('Organization/ward')).toEqual(named('r-any', 'r-hospital', 'r-ward'))
  expect(await roles('Organization/hospital')).toEqual(named('r-any', 'r-hospital'))
  expect(await roles('Organization/loop')).toEqual(named('r-any'))
})

test('attack: a group names a version of its member, who then is not found to be in it', async () => {
  const own = 'Practitioner/versioned'
  const resource = group({}, { entity: { reference: `${own}/_history/1` } })
  await write(db.database, [
    { type: 'Group', id: 'g-version', resource: { resourceType: 'Group', type: 'practitioner', ...resource } },
  ])
  expect(await groupsOf(db.accounts, own)).toEqual(['Group/g-version'])
})
