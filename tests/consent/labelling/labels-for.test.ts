// What codes say: one case per family and place, the demo population, and what must stay unlabelled.
import { describe, expect, test } from 'vitest'
import { labelsFor } from '../../../src/consent/labelling/labels-for.ts'
import { NORMAL, RESTRICTED } from '../../../src/consent/labels.ts'
import { SENSITIVE } from '../../../src/demo/catalogue-sensitive.ts'
import { demoPopulation } from '../../../src/demo/population.ts'
import { ACT_CODE, coded, HIV, ICD10, LOINC, label, type Node, RXNORM, SNOMED, WEIGHT } from './resources.ts'

const CPT = 'http://www.ama-assn.org/go/cpt'
const HCPCS = 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets'

const CASES: [name: string, system: string, code: string, labels: string[]][] = [
  ['HIV infection', SNOMED, '86406008', ['HIV']],
  ['HIV disease', ICD10, 'B20', ['HIV']],
  ['asymptomatic HIV', ICD10, 'Z21', ['HIV']],
  ['HIV viral load', LOINC, '20447-9', ['HIV']],
  ['Biktarvy', RXNORM, '1999667', ['HIV']],
  ['HIV antibody', CPT, '86703', ['HIV']],
  ['alcoholism (Synthea)', SNOMED, '7200002', ['ETHUD']],
  ['alcohol dependence', ICD10, 'F10.20', ['ETHUD']],
  ['AUDIT-C', LOINC, '75626-2', ['ETHUD']],
  ['opioid abuse (Synthea)', SNOMED, '5602001', ['OPIOIDUD']],
  ['opioid dependence', ICD10, 'F11.20', ['OPIOIDUD']],
  ['methadone', RXNORM, '864706', ['OPIOIDUD']],
  ['methadone programme', HCPCS, 'H0020', ['OPIOIDUD']],
  ['drug overdose (Synthea)', SNOMED, '55680006', ['SUD']],
  ['cocaine', ICD10, 'F14.10', ['SUD']],
  ['DAST-10', LOINC, '82667-7', ['SUD']],
  ['naltrexone', RXNORM, '7243', ['SUD']],
  ['major depression', SNOMED, '370143000', ['PSY']],
  ['depression', ICD10, 'F32.9', ['PSY']],
  ['PHQ-9', LOINC, '44261-6', ['PSY']],
  ['sertraline', RXNORM, '312941', ['PSY']],
  ['psychotherapy', CPT, '90834', ['PSY']],
  ['mental health note (Synthea)', LOINC, '75443-2', ['MH']],
  ['psychotherapy notes', ACT_CODE, 'HIPAAPsyNotes', ['PSYTHPN']],
  ['attention deficit', SNOMED, '406506008', ['BH']],
  ['conduct disorder', ICD10, 'F91.1', ['BH']],
  ['autism', ICD10, 'F84.0', ['DVD']],
  ['intellectual disability', ICD10, 'F70', ['COGN']],
  ['partner abuse', SNOMED, '706893006', ['SDV']],
  ['HARK', LOINC, '76504-0', ['SDV']],
  ['abuse, confirmed', ICD10, 'T74.21XA', ['SDV']],
  ['assault', ICD10, 'X95.9XXA', ['VIO']],
  ['chlamydia', SNOMED, '240589008', ['STD']],
  ['syphilis', ICD10, 'A53.9', ['STD']],
  ['abortion (Synthea)', SNOMED, '714812005', ['SEX']],
  ['contraception', ICD10, 'Z30.09', ['SEX']],
  ['contraceptive (Synthea)', RXNORM, '748856', ['SEX']],
  ['cystic fibrosis', ICD10, 'E84.0', ['GDIS']],
  ['sickle cell', SNOMED, '127040003', ['SCA', 'SICKLE']],
  ['sickle cell', ICD10, 'D57.1', ['SCA', 'SICKLE']],
]

describe('a code', () => {
  test.each(CASES)('%s (%s %s)', (_, system, code, labels) =>
    expect(labelsFor(coded(system, code))).toMatchObject({ confidentiality: RESTRICTED, codes: labels }),
  )

  test('hepatitis C is restricted and no sensitivity is made up for it', () =>
    expect(labelsFor(coded(SNOMED, '50711007'))).toMatchObject({ confidentiality: RESTRICTED, codes: [] }))

  test.each([
    ['tobacco is no protected topic', ICD10, 'F17.210'],
    ['dementia is known to all who treat', ICD10, 'F03.90'],
    ['neurology is not psychiatry', ICD10, 'G40.909'],
    ['pregnancy is known to all who treat', SNOMED, '72892002'],
    ['diabetes', ICD10, 'E11.9'],
    ['the same code in another system', 'http://example.org/local', '86406008'],
    ['imaging of the heart in ICD-10-PCS, not HIV', 'http://www.cms.gov/Medicare/Coding/ICD10', 'B200ZZZ'],
    ['a longer number that begins alike', SNOMED, '864060081'],
    ['ICD-10-PCS by its OID', 'urn:oid:2.16.840.1.113883.6.4', 'B200ZZZ'],
    ['a procedure of ICD-9-CM, not alcohol dependence', 'http://hl7.org/fhir/sid/icd-9-cm', '30.3'],
    ['a word of ordinary data without a system', '', 'final'],
    ['a unit without a system', '', 'mg/dL'],
    ['a code of ICD-10 without a system', '', 'J45.909'],
    ['a number without a system', '', '12345'],
    ['aspirin', 'http://www.whocc.no/atc', 'B01AC06'],
    ['dementia in ICD-9-CM', 'http://hl7.org/fhir/sid/icd-9-cm', '290.0'],
    ['dementia in ICD-11', 'http://id.who.int/icd/release/11/mms', '6D80'],
  ])('%s', (_, system, code) =>
    expect(labelsFor(coded(system, code))).toEqual({ confidentiality: NORMAL, codes: [], because: [] }),
  )

  test('says which rule of which version', () =>
    expect(labelsFor(HIV).because).toEqual([expect.stringMatching(/^hiv \(\d{4}\.\d+\.\d+\)$/)]))

  test('text alone proves nothing', () =>
    expect(labelsFor({ resourceType: 'Condition', code: { text: 'HIV' } }).confidentiality).toBe(NORMAL))
})

const hiv = { coding: [{ system: SNOMED, code: '86406008' }] }
const PLACES: [string, Node][] = [
  ['category', { category: [hiv] }],
  ['component', { component: [{ code: hiv }] }],
  ['value', { valueCodeableConcept: hiv }],
  ['reason', { resourceType: 'Encounter', reasonCode: [hiv] }],
  [
    'contained medication',
    { contained: [{ resourceType: 'Medication', code: { coding: [{ system: RXNORM, code: '1999667' }] } }] },
  ],
  [
    'contained in contained',
    { contained: [{ resourceType: 'List', contained: [{ resourceType: 'Condition', code: hiv }] }] },
  ],
  ['extension', { extension: [{ url: 'http://example.org', valueCodeableConcept: hiv }] }],
  ['extension of an extension', { extension: [{ url: 'a', extension: [{ url: 'b', valueCoding: hiv.coding[0] }] }] }],
  ['modifier extension', { modifierExtension: [{ url: 'a', valueCoding: hiv.coding[0] }] }],
  ['extension of a primitive', { _status: { extension: [{ url: 'a', valueCoding: hiv.coding[0] }] } }],
  ['tag', { meta: { tag: hiv.coding } }],
  ['security label in a clinical system', { meta: { security: hiv.coding } }],
  ['second coding', { code: { coding: [{ system: LOINC, code: '29463-7' }, ...hiv.coding] } }],
]

describe('a place', () => {
  test.each(PLACES)('%s', (_, part) => expect(labelsFor({ ...WEIGHT, ...part }).codes).toEqual(['HIV']))

  test('psychiatry as the service of an encounter', () =>
    expect(
      labelsFor({ resourceType: 'Encounter', serviceType: { coding: [{ system: SNOMED, code: '394587001' }] } }).codes,
    ).toEqual(['PSY']))

  test('an inline label raises the whole (DS4P high-water mark)', () => {
    const inline = { url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label' }
    const extension = [{ ...inline, valueCoding: label('SDV') }]
    expect(labelsFor({ ...WEIGHT, extension })).toMatchObject({ confidentiality: RESTRICTED, codes: ['SDV'] })
  })

  test("a document's own label counts", () =>
    expect(labelsFor({ resourceType: 'DocumentReference', securityLabel: [{ coding: [label('ETH')] }] }).codes).toEqual(
      ['ETH'],
    ))

  test("a consent's criteria are not its labels, but its codes are", () => {
    const consent = { resourceType: 'Consent', provision: { securityLabel: [label('HIV')] } }
    expect(labelsFor(consent).codes).toEqual([])
    expect(labelsFor({ ...consent, provision: { code: [hiv] } }).codes).toEqual(['HIV'])
  })

  test.each(['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication', 'ResearchStudy'])(
    '%s is about nobody',
    (resourceType) => expect(labelsFor({ resourceType, code: hiv }).confidentiality).toBe(NORMAL),
  )
})

describe('the demo population', () => {
  test.each(SENSITIVE.map((each) => [each.key, each] as const))(
    '%s is labelled in every system',
    (_, { snomed, icd10 }) => {
      expect(labelsFor(coded(SNOMED, snomed[0])).confidentiality).toBe(RESTRICTED)
      if (icd10) expect(labelsFor(coded(ICD10, icd10[0])).confidentiality).toBe(RESTRICTED)
    },
  )

  test('some of each is labelled, most is not, staff and consents never are', () => {
    const all = [...demoPopulation({ seed: 3, patients: 120, today: '2026-11-20' })]
    const restricted = all.filter((each) => labelsFor(each).confidentiality > NORMAL)
    const types = new Set(restricted.map(({ resourceType }) => resourceType))
    for (const type of [
      'Condition',
      'Encounter',
      'MedicationRequest',
      'MedicationDispense',
      'Observation',
      'Procedure',
    ])
      expect(types).toContain(type)
    for (const type of ['Patient', 'Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Group', 'Consent'])
      expect(types).not.toContain(type)
    expect(restricted.length).toBeLessThan(all.length / 5)
  })
})
