// India's Digital Personal Data Protection Act, 2023, with the Rules of 2025, https://www.meity.gov.in. Data only.
// Not expressed: itemised notice and its languages (s.5), erasure dates of a consent artefact (s.8(7)), nomination (s.14),
// consent managers; the age of the patient (s.9), for which the label ADOL stands.
import { BEYOND_THE_MINIMUM } from './minimum.ts'
import type { JurisdictionPack } from './pack.ts'

/** Care, what the patient asks for, and epidemics: legitimate uses of s.7(a), 7(f) and 7(g). */
const LEGITIMATE = ['TREAT', 'PATRQT', 'PUBHLTH'] as const

export const DPDP: JurisdictionPack = {
  id: 'dpdp',
  version: '2026.11.2',
  title: 'Digital Personal Data Protection Act (India)',
  rules: [
    {
      id: 'dpdp/consent',
      effect: 'explicit',
      exceptPurposes: LEGITIMATE,
      source: 'DPDP Act 2023 s.4, s.6, s.7',
      says: 'Anything but care, public health and the request of the patient needs a consent for that purpose.',
    },
    {
      id: 'dpdp/children-advertising',
      effect: 'deny',
      sensitivities: ['ADOL'],
      purposes: ['HMARKT'],
      source: 'DPDP Act 2023 s.9(3)',
      says: 'Nobody may advertise to children on the ground of their data.',
    },
    {
      id: 'dpdp/access',
      effect: 'permit',
      own: true,
      exceptPurposes: ['HRESCH', 'HMARKT'],
      source: 'DPDP Act 2023 s.11',
      says: 'Patients may see their own record.',
    },
  ],
  obligations: [
    {
      id: 'dpdp/necessary-data',
      code: 'MASK',
      exceptPurposes: LEGITIMATE,
      exceptRoles: ['patient', 'proxy'],
      elements: BEYOND_THE_MINIMUM,
      source: 'DPDP Act 2023 s.6(1)',
    },
    {
      id: 'dpdp/erasure',
      code: 'DELAU',
      exceptPurposes: LEGITIMATE,
      text: 'Erase the data when the purpose is over or the consent is withdrawn.',
      source: 'DPDP Act 2023 s.8(7)',
    },
  ],
}
