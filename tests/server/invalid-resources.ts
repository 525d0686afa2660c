// Resources that break R4, one rule each, with the issues that must be told: [code, FHIRPath]. Every free value is the
// marker, so that a message which quotes a value is found out. https://hl7.org/fhir/R4/validation.html

export const MARKER = 'Zzyzx'
const Z = MARKER

export interface Invalid {
  readonly rule: string
  readonly type: string
  readonly resource: Record<string, unknown>
  readonly issues: readonly (readonly [code: string, expression: string])[]
}

const made = (rule: string, type: string, resource: Invalid['resource'], ...issues: [string, string][]): Invalid => ({
  rule,
  type,
  resource,
  issues,
})
const patient = (rule: string, resource: Invalid['resource'], ...issues: [string, string][]) =>
  made(rule, 'Patient', resource, ...issues)
const observation = (rule: string, resource: Invalid['resource'], ...issues: [string, string][]) =>
  made(rule, 'Observation', { status: 'final', code: { text: Z }, ...resource }, ...issues)

export const INVALID: readonly Invalid[] = [
  patient('unknown element', { nickname: Z }, ['structure', 'Patient.nickname']),
  patient('unknown element of a datatype', { name: [{ family: Z, nick: Z }] }, ['structure', 'Patient.name[0].nick']),
  patient('another resource type', { resourceType: 'Observation', gender: 'male' }, [
    'structure',
    'Patient.resourceType',
  ]),
  patient('an extension beside what is no primitive', { _name: [{ id: Z }] }, ['structure', 'Patient._name']),
  patient('a modifier extension', { modifierExtension: [{ url: 'http://example.org/m', valueString: Z }] }, [
    'extension',
    'Patient.modifierExtension',
  ]),

  made(
    'required elements',
    'Observation',
    { issued: '2024-01-01T00:00:00Z' },
    ['required', 'Observation.status'],
    ['required', 'Observation.code'],
  ),
  patient('required element of a backbone', { communication: [{ preferred: true }] }, [
    'required',
    'Patient.communication[0].language',
  ]),
  made('required choice', 'MedicationRequest', { status: 'active', intent: 'order', subject: { display: Z } }, [
    'required',
    'MedicationRequest.medication',
  ]),
  patient('a list for one code', { gender: ['male'] }, ['structure', 'Patient.gender']),
  patient('a list for one object', { maritalStatus: [{ text: Z }] }, ['structure', 'Patient.maritalStatus']),
  patient('a list inside a list', { name: [[{ family: Z }]] }, ['structure', 'Patient.name[0]']),

  patient('text for a boolean', { active: Z }, ['value', 'Patient.active']),
  patient('text for an integer', { multipleBirthInteger: Z }, ['value', 'Patient.multipleBirth.ofType(integer)']),
  patient('a fraction for an integer', { multipleBirthInteger: 1.5 }, [
    'value',
    'Patient.multipleBirth.ofType(integer)',
  ]),
  patient('a number for text', { name: [{ family: 7 }] }, ['value', 'Patient.name[0].family']),
  patient('text for an object', { maritalStatus: Z }, ['structure', 'Patient.maritalStatus']),
  patient('an object for a date', { birthDate: { value: Z } }, ['value', 'Patient.birthDate']),
  observation('text for a decimal', { valueQuantity: { value: Z } }, [
    'value',
    'Observation.value.ofType(Quantity).value',
  ]),

  patient('a date that is none', { birthDate: '1980-02-30' }, ['value', 'Patient.birthDate']),
  patient('a code with spaces around', { language: ` ${Z}` }, ['value', 'Patient.language']),
  patient('a URI with a space', { implicitRules: `http://${Z} ${Z}` }, ['value', 'Patient.implicitRules']),
  patient('a URI with a control character', { implicitRules: `http://${Z}\u0000` }, ['value', 'Patient.implicitRules']),
  made(
    'a canonical with a control character',
    'CarePlan',
    { status: 'active', intent: 'plan', subject: { display: Z }, instantiatesCanonical: [`http://${Z}\u0000`] },
    ['value', 'CarePlan.instantiatesCanonical[0]'],
  ),
  patient('a positiveInt of zero', { telecom: [{ rank: 0 }] }, ['value', 'Patient.telecom[0].rank']),
  patient('base64 that is none', { photo: [{ contentType: 'image/png', data: Z }] }, [
    'value',
    'Patient.photo[0].data',
  ]),
  patient('a control character', { name: [{ family: `${Z}\u0001` }] }, ['value', 'Patient.name[0].family']),
  patient('narrative that runs', { text: { status: 'generated', div: `<div><script>${Z}</script></div>` } }, [
    'value',
    'Patient.text.`div`',
  ]),
  observation('an instant without a zone', { issued: '2024-01-01T00:00:00' }, ['value', 'Observation.issued']),
  observation('a time without seconds', { valueTime: '10:30' }, ['value', 'Observation.value.ofType(time)']),

  patient('a code outside its required value set', { gender: Z }, ['code-invalid', 'Patient.gender']),
  patient('such a code inside a datatype', { name: [{ use: Z }] }, ['code-invalid', 'Patient.name[0].use']),
  made(
    'a concept without a code of its required value set',
    'AllergyIntolerance',
    { patient: { display: Z }, clinicalStatus: { coding: [{ system: 'http://example.org', code: Z }] } },
    ['code-invalid', 'AllergyIntolerance.clinicalStatus'],
  ),

  observation('a reference to a type not allowed there', { subject: { reference: `Practitioner/${Z}` } }, [
    'invalid',
    'Observation.subject',
  ]),
  observation('a logical reference to such a type', { performer: [{ type: 'Device', display: Z }] }, [
    'invalid',
    'Observation.performer[0]',
  ]),
  observation('a reference to nothing contained', { subject: { reference: `#${Z}` } }, [
    'invariant',
    'Observation.subject',
  ]),

  observation('two of a choice', { valueString: Z, valueBoolean: true }, ['structure', 'Observation.value']),
  observation(
    'two of a choice, one as an extension only',
    { valueString: Z, _valueInteger: { extension: [absent()] } },
    ['structure', 'Observation.value'],
  ),

  patient('an empty object', { name: [{}] }, ['invalid', 'Patient.name[0]']),
  patient('an empty array', { name: [] }, ['invalid', 'Patient.name']),
  patient('empty text', { name: [{ family: '' }] }, ['value', 'Patient.name[0].family']),
  patient('blank text', { name: [{ family: ' \t' }] }, ['value', 'Patient.name[0].family']),
  patient('a null in a list of objects', { name: [{ family: Z }, null] }, ['structure', 'Patient.name[1]']),
  patient('a null in a list of texts', { name: [{ given: [Z, null] }] }, ['structure', 'Patient.name[0].given[1]']),

  patient('contained without an id', { contained: [{ resourceType: 'Organization', name: Z }] }, [
    'required',
    'Patient.contained[0].id',
  ]),
  patient('contained, never referred to', { contained: [{ resourceType: 'Organization', id: Z, name: Z }] }, [
    'invariant',
    'Patient.contained[0]',
  ]),
  patient(
    'contained of an unknown type',
    { contained: [{ resourceType: Z, id: Z }], managingOrganization: { reference: `#${Z}` } },
    ['not-supported', 'Patient.contained[0].resourceType'],
    ['invalid', 'Patient.managingOrganization'],
  ),
  contained(
    'contained that breaks its own rules',
    { active: Z, nickname: Z },
    ['value', 'active'],
    ['structure', 'nickname'],
  ),
  contained('contained inside contained', { contained: [{ resourceType: 'Patient', id: Z }] }, [
    'invariant',
    'contained',
  ]),
  contained('contained with a version', { meta: { versionId: Z } }, ['invariant', 'meta']),
  contained('contained with a security label', { meta: { security: [{ code: Z }] } }, ['invariant', 'meta.security']),
  patient(
    'two contained under one id',
    {
      contained: [organization({}), organization({})],
      managingOrganization: { reference: `#${Z}` },
    },
    ['duplicate', 'Patient.contained[1].id'],
  ),

  patient('pat-1', { contact: [{ gender: 'male' }] }, ['invariant', 'Patient.contact[0]']),
  patient('ext-1', { extension: [{ url: 'http://example.org/x' }] }, ['invariant', 'Patient.extension[0]']),
  patient('per-1', { name: [{ family: Z, period: { start: '2024-02', end: '2024-01' } }] }, [
    'invariant',
    'Patient.name[0].period',
  ]),
  observation('obs-6', { valueString: Z, dataAbsentReason: { text: Z } }, ['invariant', 'Observation']),
]

function organization(more: object) {
  return { resourceType: 'Organization', id: Z, name: Z, ...more }
}

/** A Patient that contains one Organization and refers to it; paths are those below contained[0]. */
function contained(rule: string, more: object, ...issues: [string, string][]): Invalid {
  const resource = { contained: [organization(more)], managingOrganization: { reference: `#${Z}` } }
  return patient(
    rule,
    resource,
    ...issues.map(([code, path]): [string, string] => [code, `Patient.contained[0].${path}`]),
  )
}

function absent() {
  return { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }
}

/** A Patient that breaks many of the rules at once. */
const MANY = ['unknown element', 'text for a boolean', 'a date that is none', 'a code outside its required value set']
const many = INVALID.filter(({ rule }) => [...MANY, 'pat-1', 'ext-1', 'an empty object'].includes(rule))
export const EVERYTHING: Invalid = {
  rule: 'all of them at once',
  type: 'Patient',
  resource: Object.assign({}, ...many.map(({ resource }) => resource)),
  issues: many.flatMap(({ issues }) => issues),
}
