// The Type/id that a resource gets is said by its source, so that a second import finds the first.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentId, entryId, statedId, typeAndId } from '../../src/interactions/import/identity.ts'

const UUID = '61ebe359-bfdc-4613-8bf2-c5e300945f0a'
const fullUrl = `urn:uuid:${UUID}`
const resource = { resourceType: 'Patient' }

describe('the id of an entry', () => {
  it.each([
    ['its own, before all others', { fullUrl, resource: { ...resource, id: 'own' } }, 'own'],
    ['that of PUT Type/id', { resource, request: { method: 'PUT', url: 'Patient/7' } }, '7'],
    ['not that of POST', { fullUrl, resource, request: { method: 'POST', url: 'Patient/7' } }, UUID],
    ['the UUID of its fullUrl', { fullUrl, resource }, UUID],
    ['the last part of its fullUrl', { fullUrl: 'http://h/fhir/Patient/23/_history/2', resource }, '23'],
    // The next three as Python's uuid.uuid5(NAMESPACE_URL, name) has them.
    ['a UUID made of its fullUrl', { fullUrl: 'urn:oid:1.2.3', resource }, '8875afad-44be-5088-be64-7e45c84734c3'],
    ['also of another type', { fullUrl: 'http://h/Group/23', resource }, '711c3752-c02a-5a5e-9545-396a9dd51d03'],
    ['with its content', { fullUrl: 'urn:uuid:patient-1', resource }, '23f733e3-14cd-52a1-b2c0-33dd14f33e59'],
  ])('is %s', (_title, entry, id) => {
    expect(entryId(entry)).toBe(id)
  })

  it('of a fullUrl that is unique in one file only depends on the content too', () => {
    const other = { ...resource, gender: 'female' }
    expect(statedId({ fullUrl: 'urn:uuid:patient-1', resource })).toBeUndefined()
    expect(entryId({ fullUrl: 'urn:uuid:1', resource })).not.toBe(entryId({ fullUrl: 'urn:uuid:1', resource: other }))
    expect(entryId({ fullUrl: 'urn:uuid:1', resource })).not.toBe(entryId({ fullUrl: 'urn:uuid:2', resource }))
  })

  it('is always a FHIR id, and the same again', () => {
    fc.assert(
      fc.property(fc.option(fc.oneof(fc.webUrl(), fc.string()), { nil: undefined }), fc.jsonValue(), (url, value) => {
        const entry = { fullUrl: url, resource: { resourceType: 'Basic', value } }
        expect(entryId(entry)).toMatch(/^[A-Za-z0-9\-.]{1,64}$/)
        expect(entryId(structuredClone(entry))).toBe(entryId(entry))
      }),
    )
  })
})

it('the id by content tells decimals apart that are equal as numbers', () => {
  expect(contentId({ value: JSON.parse('1.0') })).toBe(contentId({ value: 1 }))
  const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('1.0')
  expect(contentId({ value: raw })).not.toBe(contentId({ value: 1 }))
})

it.each([
  ['Patient/1', { type: 'Patient', id: '1' }],
  ['/Patient/1', { type: 'Patient', id: '1' }],
  ['https://h/a/b/Patient/a.b-C/_history/3', { type: 'Patient', id: 'a.b-C' }],
  ['Patient', undefined],
  ['Patient?identifier=1', undefined],
  ['patient/1', undefined],
  [`Patient/${'x'.repeat(65)}`, undefined],
])('%s names %o', (url, named) => {
  expect(typeAndId(url)).toEqual(named)
})
