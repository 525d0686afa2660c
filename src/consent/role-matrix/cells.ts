// The role matrix: which role may ask for which interaction on which resource type, and for which purposes it may act.
// Data only. r read by id, version and history · s search · c create · u update · d delete · - nothing.
import type { ResourceType } from '../../fhir/generated/types.ts'
import type { Role } from '../../kernel/asker.ts'

/** Columns in the order of ROLES. Nobody writes AuditEvent or Provenance: the platform does. */
// biome-ignore format: one line per type, one column per role
export const CELLS: Readonly<Record<ResourceType, string>> = {
  //                         patient proxy practitioner nurse pharmacist payer researcher auditor admin device system
  Patient:                  'rs      rs    rscu         rscu  rs         rs    rs         -       rscu  -      rscud',
  Observation:              'rs      rs    rscud        rscu  -          -     rs         -       -     c      rscud',
  MedicationRequest:        'rs      rs    rscud        rs    rs         rs    rs         -       -     -      rscud',
  Consent:                  'rscu    rscu  rsc          rsc   -          -     -          -       rs    -      rscud',
  Practitioner:             'rs      rs    rs           rs    rs         rs    rs         -       rscud -      rscud',
  PractitionerRole:         'rs      rs    rs           rs    rs         rs    rs         -       rscud -      rscud',
  Organization:             'rs      rs    rs           rs    rs         rs    rs         -       rscud -      rscud',
  Location:                 'rs      rs    rs           rs    rs         rs    rs         -       rscud -      rscud',
  RelatedPerson:            'rs      rs    rscu         rscu  rs         rs    -          -       rscu  -      rscud',
  Encounter:                'rs      rs    rscud        rscu  -          rs    rs         -       -     -      rscud',
  Condition:                'rs      rs    rscud        rs    -          rs    rs         -       -     -      rscud',
  AllergyIntolerance:       'rs      rs    rscud        rscu  rs         -     rs         -       -     -      rscud',
  Procedure:                'rs      rs    rscud        rscu  -          rs    rs         -       -     -      rscud',
  Immunization:             'rs      rs    rscud        rscu  -          rs    rs         -       -     -      rscud',
  DiagnosticReport:         'rs      rs    rscud        rs    -          -     rs         -       -     -      rscud',
  Medication:               'rs      rs    rs           rs    rscu       rs    rs         -       rs    -      rscud',
  MedicationDispense:       'rs      rs    rs           rs    rscu       rs    rs         -       -     -      rscud',
  MedicationAdministration: 'rs      rs    rscud        rscu  rs         rs    rs         -       -     -      rscud',
  MedicationStatement:      'rs      rs    rscud        rscu  rscu       -     rs         -       -     -      rscud',
  DocumentReference:        'rs      rs    rscud        rsc   -          rs    rs         -       -     -      rscud',
  CarePlan:                 'rs      rs    rscud        rscu  -          -     rs         -       -     -      rscud',
  CareTeam:                 'rs      rs    rscu         rs    -          -     rs         -       -     -      rscud',
  Device:                   'rs      rs    rscu         rs    -          rs    rs         -       rscud rs     rscud',
  Coverage:                 'rs      rs    rs           rs    rs         rs    -          -       rscu  -      rscud',
  Group:                    '-       -     rs           rs    -          -     rs         -       rscud -      rscud',
  ResearchStudy:            'rs      rs    rs           rs    -          -     rs         -       rscu  -      rscud',
  Communication:            'rs      rs    rscu         rscu  rsc        -     -          -       rs    -      rscud',
  Task:                     'rs      rs    rscud        rscu  rscu       -     -          -       rscu  -      rscud',
  Provenance:               'rs      rs    rs           rs    -          -     -          rs      -     -      rs',
  AuditEvent:               'rs      rs    -            -     -          -     -          rs      -     -      rs',
}

/**
 * Purposes a role may act for, and what they are good for at most. A code stands for all kinds of it, the nearest
 * counts; BTG only where it is named, since it is a kind of TREAT that overrides consent.
 */
// biome-ignore format: one line per role
export const PURPOSES_OF: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  patient:      { PATRQT: 'rscud' },
  proxy:        { PATRQT: 'rscud' },
  practitioner: { TREAT: 'rscud', ETREAT: 'rscud', BTG: 'rscu', CAREMGT: 'rscud' },
  nurse:        { TREAT: 'rscud', ETREAT: 'rscud', CAREMGT: 'rscud' },
  pharmacist:   { TREAT: 'rscud' },
  payer:        { HPAYMT: 'rs' },
  researcher:   { HRESCH: 'rs' },
  auditor:      { HOPERAT: 'rs' },
  admin:        { HOPERAT: 'rscud' },
  device:       { TREAT: 'rscud' },
  system:       { TREAT: 'rscud', HPAYMT: 'rscu', HOPERAT: 'rscud', PUBHLTH: 'rs', HRESCH: 'rs' },
}
