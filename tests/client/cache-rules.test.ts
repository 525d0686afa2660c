// Operations that would mix resources up in the cache are not generated.
import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { pastVersionsAreApart, resourcesAreKeyed } from '../../client/generate/cache-rules.ts'

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'))
const faults = (text: string) =>
  validate(schema, parse(text), [resourcesAreKeyed(schema), pastVersionsAreApart]).map(({ message }) => message)

const keyed = 'id meta { versionId }'
const unkeyed = (type: string) => `Select "id" and "meta { versionId }" on ${type}.`
const mixed = (field: string) => `Select "pastVersion: meta { versionId }" directly in "${field}".`

test.each([
  ['a read without id', '{ Patient(id: "1") { meta { versionId } } }', [unkeyed('Patient')]],
  ['a read without version', '{ Patient(id: "1") { id meta { source } } }', [unkeyed('Patient')]],
  ['an id under another name', `{ PatientList { other: ${keyed} } }`, [unkeyed('Patient')]],
  [
    'a member of a union',
    `{ ObservationList { ${keyed} subject { resource { ... on Patient { id } } } } }`,
    [unkeyed('Patient')],
  ],
  ['a fragment', '{ PatientList { ...P } } fragment P on Patient { birthDate }', [unkeyed('Patient')]],
  ['what a mutation returns', 'mutation { PatientCreate(res: {}) { id } }', [unkeyed('Patient')]],
  ['a history', `{ PatientHistory(id: "1") { resource { ${keyed} } } }`, [mixed('resource')]],
  ['a read of one version', `{ Patient(id: "1", versionId: "2") { ${keyed} } }`, [mixed('Patient')]],
  ['all well', `{ Patient(id: "1") { ${keyed} } }`, []],
  ['all well in a fragment', `{ PatientList { ...P } } fragment P on Patient { ${keyed} }`, []],
  [
    'all well in a history',
    `{ PatientHistory(id: "1") { resource { pastVersion: meta { versionId } ${keyed} } } }`,
    [],
  ],
])('%s', (_name, text, expected) => expect(faults(text)).toEqual(expected))
