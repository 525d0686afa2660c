// http://hl7.org/fhir/R4/http.html#trules : what is rewritten in a Bundle, and what is left alone.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditionalReferences, searchOf } from '../../src/interactions/import/conditional.ts'
import { rewriteReferences } from '../../src/interactions/import/references.ts'

const URN = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a'
const HTTP = 'http://example.org/fhir/Patient/23'
const targets = new Map([
  [URN, 'Patient/p1'],
  [HTTP, 'Patient/23'],
  ['urn:oid:1.2.3', 'Binary/b'],
])
const rewritten = (resource: object) => {
  const copy = structuredClone(resource)
  rewriteReferences(copy, targets)
  return copy
}

describe('links between entries become Type/id', () => {
  it.each([
    ['Reference.reference', { subject: { reference: URN } }, { subject: { reference: 'Patient/p1' } }],
    ['an absolute one', { subject: { reference: HTTP } }, { subject: { reference: 'Patient/23' } }],
    [
      'in lists',
      { a: [{ reference: URN }, { reference: 'Patient/9' }] },
      { a: [{ reference: 'Patient/p1' }, { reference: 'Patient/9' }] },
    ],
    [
      'in contained resources',
      { contained: [{ subject: { reference: URN } }] },
      { contained: [{ subject: { reference: 'Patient/p1' } }] },
    ],
    [
      'in extensions',
      { extension: [{ url: 'x', valueReference: { reference: URN } }] },
      { extension: [{ url: 'x', valueReference: { reference: 'Patient/p1' } }] },
    ],
    [
      'in extensions of primitives',
      { _birthDate: { extension: [{ valueReference: { reference: URN } }] } },
      { _birthDate: { extension: [{ valueReference: { reference: 'Patient/p1' } }] } },
    ],
    [
      'url of an attachment',
      { content: [{ attachment: { url: 'urn:oid:1.2.3' } }] },
      { content: [{ attachment: { url: 'Binary/b' } }] },
    ],
    [
      'uri, url, oid and uuid',
      { valueUri: URN, valueUrl: URN, valueOid: 'urn:oid:1.2.3', valueUuid: URN },
      { valueUri: 'Patient/p1', valueUrl: 'Patient/p1', valueOid: 'Binary/b', valueUuid: 'Patient/p1' },
    ],
    ['lists of uri', { instantiatesUri: ['x', URN] }, { instantiatesUri: ['x', 'Patient/p1'] }],
    [
      'links and images of the narrative',
      { text: { div: `<div><a href="${URN}">x</a><img src='${HTTP}'/> ${URN}</div>` } },
      { text: { div: `<div><a href="Patient/p1">x</a><img src='Patient/23'/> ${URN}</div>` } },
    ],
  ])('%s', (_title, before, after) => {
    expect(rewritten(before)).toEqual(after)
  })

  it.each([
    ['canonical elements', { valueCanonical: URN, instantiatesCanonical: [URN], profile: [URN] }],
    [
      'identifiers',
      {
        identifier: [
          { system: 'urn:ietf:rfc:3986', value: URN },
          { system: URN, value: '1' },
        ],
      },
    ],
    ['other text', { description: URN, display: HTTP }],
    ['the canonical url of an entry that is called so too', { url: HTTP, extension: [{ url: HTTP }] }],
    [
      'a longer or shorter name',
      { a: { reference: `${URN}0` }, b: { reference: URN.slice(0, -1) }, c: { reference: `${HTTP}/_history/1` } },
    ],
    ['a reference to a contained resource', { a: { reference: '#p1' } }],
    ['a number under the name of a link', { url: 1, reference: null }],
  ])('but not %s', (_title, resource) => {
    expect(rewritten(resource)).toEqual(resource)
  })

  it('and nothing else changes, whatever the resource', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(rewritten({ value })).toEqual({ value })
      }),
    )
  })
})

describe('conditional references', () => {
  const npi = 'http://hl7.org/fhir/sid/us-npi|123'

  it('are found with their path, and resolved in place', () => {
    const encounter = {
      resourceType: 'Encounter',
      subject: { reference: 'Patient/1' },
      participant: [{ individual: { reference: `Practitioner?identifier=${npi}` } }],
      contained: [{ resourceType: 'X', extension: [{ valueReference: { reference: 'Location?name=a?b' } }] }],
      serviceProvider: { reference: 'Organization?' },
    }
    const found = conditionalReferences(encounter)
    expect(found.map(({ path, type, query }) => [path, type, query])).toEqual([
      ['Encounter.participant[0].individual', 'Practitioner', `identifier=${npi}`],
      ['Encounter.contained[0].extension[0].valueReference', 'Location', 'name=a?b'],
    ])
    found[0]!.resolve('Practitioner/p')
    expect(encounter.participant[0]!.individual).toEqual({ reference: 'Practitioner/p' })
    expect(conditionalReferences(encounter)).toHaveLength(1)
  })

  it('are not seen where there are none', () => {
    const references = ['Patient/1', '#a', 'http://x/y?z=1', 'urn:uuid:1', 'patient?x=1', '?identifier=1']
    expect(conditionalReferences({ list: references.map((reference) => ({ reference })), url: 'Patient?b=c' })).toEqual(
      [],
    )
  })

  it.each([
    ['identifier=a|b', 'identifier=a|b'],
    ['?identifier=a', 'identifier=a'],
    ['Patient?identifier=a', 'identifier=a'],
    ['name=what?', 'name=what?'],
    [undefined, undefined],
  ])('ifNoneExist %s is the search %s', (ifNoneExist, search) => {
    expect(searchOf({ request: { ifNoneExist } })).toBe(search)
  })
})
