// What nobody needs who neither treats nor is the patient: faces, kin, free text. Data only.
// Minimum necessary (HIPAA), data minimisation (GDPR), necessary data (DPDP) are one list until they have to differ.

export const BEYOND_THE_MINIMUM: Readonly<Record<string, readonly string[]>> = {
  Patient: ['photo', 'contact', 'communication'],
  AllergyIntolerance: ['note'],
  CarePlan: ['note'],
  CareTeam: ['note'],
  Communication: ['note'],
  Condition: ['note'],
  Device: ['note'],
  Immunization: ['note'],
  MedicationAdministration: ['note'],
  MedicationDispense: ['note'],
  MedicationRequest: ['note'],
  MedicationStatement: ['note'],
  Observation: ['note'],
  Procedure: ['note'],
  Task: ['note'],
}
