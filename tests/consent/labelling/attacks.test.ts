// Ways to slip past the labelling service, each named for what it tries.
import { describe, expect, test } from 'vitest'
import { labelsFor } from '../../../src/consent/labelling/labels-for.ts'
import { withLabels } from '../../../src/consent/labelling/with-labels.ts'
import { labelsOf, RESTRICTED, sensitivityMask } from '../../../src/consent/labels.ts'
import { coded, codesOf, HIV, ICD10, label, labelled, level, RXNORM, SNOMED, securityOf, WEIGHT } from './resources.ts'

describe('a system written oddly', () => {
  test.each([
    ['trailing slash', 'http://snomed.info/sct/', '86406008'],
    ['version suffix', 'http://snomed.info/sct|20250301', '86406008'],
    ['edition URI', 'http://snomed.info/sct/731000124108/version/20250301', '86406008'],
    ['capitals', 'HTTP://SNOMED.INFO/SCT', '86406008'],
    ['https', 'https://snomed.info/sct', '86406008'],
    ['blank before', ' http://snomed.info/sct', '86406008'],
    ['zero-width blank inside', 'http://snomed\u200b.info/sct', '86406008'],
    ['soft hyphen inside', 'http://snomed.in\u00adfo/sct', '86406008'],
    ['full-width letters', 'http://ｓｎｏｍｅｄ.info/sct', '86406008'],
    ['fragment', 'http://snomed.info/sct#x', '86406008'],
    ['OID of SNOMED CT', 'urn:oid:2.16.840.1.113883.6.96', '86406008'],
    ['bare OID', '2.16.840.1.113883.6.96', '86406008'],
    ['OID of ICD-10-CM', 'urn:oid:2.16.840.1.113883.6.90', 'B20'],
    ['ICD-10 of WHO', 'http://hl7.org/fhir/sid/icd-10', 'B24'],
    ['OID of LOINC', 'urn:oid:2.16.840.1.113883.6.1', '20447-9'],
    ['OID of RxNorm', 'urn:oid:2.16.840.1.113883.6.88', '1999667'],
    ['RxNorm without www', 'http://nlm.nih.gov/research/umls/rxnorm/', '1999667'],
    ['concept namespace of SNOMED CT', 'http://snomed.info/id', '86406008'],
    ['concept URI as the system, another code', 'http://snomed.info/id/86406008', 'x'],
    ['edition without version', 'http://snomed.info/sct/449081005', '86406008'],
    ['name of SNOMED CT', 'SNOMED CT', '86406008'],
    ['HL7 v2 name of SNOMED CT', 'SCT', '86406008'],
    ['ICD-10 of Germany', 'http://hl7.org/fhir/sid/icd-10-de', 'B20'],
    ['ICD-10 of Germany by its makers', 'http://fhir.de/CodeSystem/bfarm/icd-10-gm|2026', 'B20'],
    ['ICD-10 of another nation', 'http://hl7.org/fhir/sid/icd-10-nl', 'B20'],
    ['ICD-10 of Australia', 'http://example.org/ICD10AM', 'B20'],
    ['OID of a translation of ICD-10', 'urn:oid:2.16.840.1.113883.6.3.3', 'B20'],
    ['OID of ICD-10-AM', 'urn:oid:2.16.840.1.113883.6.135', 'B20'],
    ['OID that nobody knows', 'urn:oid:1.2.276.0.76.5.311', 'B20.1'],
    ['HL7 v2 name of ICD-10', 'I10', 'B20'],
    ['ICD-9-CM', 'http://hl7.org/fhir/sid/icd-9-cm', '042'],
    ['OID of ICD-9-CM', 'urn:oid:2.16.840.1.113883.6.103', 'V08'],
    ['ICD-11', 'http://id.who.int/icd/release/11/mms', '1C62.0'],
    ['ATC', 'http://www.whocc.no/atc', 'J05AR20'],
    ['OID of ATC', 'urn:oid:2.16.840.1.113883.6.73', 'J05AR'],
    ['OID of RxNorm in another scheme', 'urn:iso:oid:2.16.840.1.113883.6.88', '1999667'],
  ])('%s', (_, system, code) => expect(labelsFor(coded(system, code)).codes).toEqual(['HIV']))
})

describe('a code written oddly', () => {
  test.each([
    ['small letters', ICD10, 'b20'],
    ['blanks', ICD10, ' B20 '],
    ['no dot', ICD10, 'O987'],
    ['a dot that is not due', ICD10, 'B.20'],
    ['more digits', ICD10, 'O98.711'],
    ['leading zeros', SNOMED, '0086406008'],
    ['leading zeros', RXNORM, '01999667'],
    ['expression', SNOMED, '86406008:246112005=24484000'],
    ['term between bars', SNOMED, '86406008 |Human immunodeficiency virus infection|'],
    ['second focus of an expression', SNOMED, '44054006+86406008'],
    ['full-width digits', SNOMED, '８６４０６００８'],
    ['blank after', ICD10, 'B20\u00a0'],
    ['blank inside', SNOMED, '86406 008'],
    ['its system before it', ICD10, 'ICD10:B20'],
    ['its name behind it', ICD10, 'B20 HIV disease'],
    ['a second code', ICD10, 'J00&B20'],
    ['a concept URI', SNOMED, 'http://snomed.info/id/86406008'],
    ['certainty of Germany', 'http://fhir.de/CodeSystem/bfarm/icd-10-gm', 'B20G'],
  ])('%s (%s)', (_, system, code) => expect(labelsFor(coded(system, code)).codes).toEqual(['HIV']))

  test.each([
    ['SNOMED CT', '86406008'],
    ['SNOMED CT, an expression', '86406008|HIV|'],
    ['ICD-10', 'B20'],
    ['ICD-10, more digits', 'b97.35'],
    ['ICD-10, no dot', 'O987'],
    ['ICD-9-CM', '042'],
    ['ICD-11', '1C62.0'],
    ['ATC', 'J05AR20'],
    ['LOINC', '20447-9'],
    ['RxNorm', '1999667'],
    ['CPT', '86703'],
    ['HL7', 'HIVAIDS'],
  ])('without a system, of %s', (_, code) => {
    const wrong: unknown[] = [undefined, '', '  ', null, 7, 'urn:oid:1.2.3.4']
    for (const system of wrong)
      expect(labelsFor({ resourceType: 'Condition', code: { coding: [{ system, code }] } }).codes).toEqual(['HIV'])
  })

  test('as an identifier', () =>
    expect(
      labelsFor({
        resourceType: 'MedicationRequest',
        medicationReference: { identifier: { system: RXNORM, value: '1999667' } },
      }).codes,
    ).toEqual(['HIV']))

  test('userSelected false is still there', () =>
    expect(
      labelsFor({
        resourceType: 'Condition',
        code: { coding: [{ system: SNOMED, code: '86406008', userSelected: false }] },
      }).codes,
    ).toEqual(['HIV']))
})

describe('a client that wants less', () => {
  test('says N of what is sensitive', () => {
    const stored = withLabels(labelled(HIV, level('N')))
    expect(codesOf(stored)).toEqual(['R', 'HIV'])
    expect(labelsOf(stored)).toEqual({ confidentiality: RESTRICTED, sensitivity: sensitivityMask('HIV') })
  })

  test('says U of what stood without a label', () =>
    expect(codesOf(withLabels(labelled(WEIGHT, level('U')), WEIGHT))).toEqual(['N']))

  test('says U of what stood as V', () =>
    expect(codesOf(withLabels(labelled(WEIGHT, level('U')), labelled(WEIGHT, level('V'))))).toEqual(['V']))

  test('leaves meta out on update', () =>
    expect(codesOf(withLabels(WEIGHT, labelled(WEIGHT, label('SDV'), level('V'))))).toEqual(['SDV', 'V']))

  test('sends an empty list on update', () =>
    expect(codesOf(withLabels({ ...WEIGHT, meta: { security: [] } }, labelled(WEIGHT, label('SDV'))))).toEqual([
      'SDV',
      'R',
    ]))

  test('sends security that is no list', () =>
    expect(codesOf(withLabels({ ...HIV, meta: { security: level('U') } }))).toEqual(['R', 'HIV']))

  test('sends meta that is no object', () =>
    expect(codesOf(withLabels({ ...HIV, meta: 'none' }))).toEqual(['R', 'HIV']))

  test('states two levels so that the lower is read', () =>
    expect(codesOf(withLabels(labelled(WEIGHT, level('V'), level('U'))))).toEqual(['V']))

  test('states a level that nobody knows beside one that is low', () =>
    expect(codesOf(withLabels(labelled(WEIGHT, level('U'), level('X'))))).toEqual(['V']))

  test('writes the level under an old name, where it would not be read', () => {
    const old = { system: 'http://hl7.org/fhir/v3/Confidentiality', code: 'V' }
    expect(securityOf(withLabels(labelled(WEIGHT, old)))).toEqual([{ ...level('V'), display: 'very restricted' }])
  })

  test('writes the sensitivity in small letters, where it would not be read', () =>
    expect(labelsOf(withLabels(labelled(WEIGHT, label('hiv')))).sensitivity & sensitivityMask('HIV')).toBe(
      sensitivityMask('HIV'),
    ))

  test('drops handling caveats that stood', () =>
    expect(codesOf(withLabels(WEIGHT, labelled(WEIGHT, label('NORDSCLCD'))))).toEqual(['NORDSCLCD']))

  test('buries the label under ten thousand others', () => {
    const noise = Array.from({ length: 10_000 }, (_, i) => ({ system: 'http://example.org', code: `${i}` }))
    expect(codesOf(withLabels(labelled(HIV, ...noise))).slice(-2)).toEqual(['R', 'HIV'])
  })
})
