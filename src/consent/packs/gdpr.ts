// The General Data Protection Regulation, https://eur-lex.europa.eu/eli/reg/2016/679/oj. Data only.
// Not expressed: duties of the controller (Art. 30, 33, 35), erasure and its exceptions (Art. 17), what member states add
// under Art. 9(4), public health on the ground of a law (Art. 9(2)(i)): what is sensitive waits for a consent there too.
import { SENSITIVITIES } from '../labels.ts'
import { BEYOND_THE_MINIMUM } from './minimum.ts'
import type { JurisdictionPack } from './pack.ts'

export const GDPR: JurisdictionPack = {
  id: 'gdpr',
  version: '2026.11.2',
  title: 'General Data Protection Regulation (European Union)',
  rules: [
    {
      id: 'gdpr/special-categories',
      effect: 'explicit',
      sensitivities: SENSITIVITIES,
      exceptPurposes: ['TREAT', 'PATRQT'],
      source: 'GDPR Art. 9(1), 9(2)(a), 9(2)(h)',
      says: 'What is sensitive needs an explicit consent for anything but care and the request of the patient.',
    },
    {
      id: 'gdpr/research',
      effect: 'explicit',
      purposes: ['HRESCH'],
      source: 'GDPR Art. 9(2)(a), 9(2)(j), 89(1)',
      says: 'Research needs an explicit consent.',
    },
    {
      id: 'gdpr/marketing',
      effect: 'explicit',
      purposes: ['HMARKT'],
      source: 'GDPR Art. 9(2)(a), 21(2)',
      says: 'Marketing needs an explicit consent.',
    },
    {
      id: 'gdpr/access',
      effect: 'permit',
      own: true,
      exceptPurposes: ['HRESCH', 'HMARKT'],
      source: 'GDPR Art. 15',
      says: 'Patients may see their own record.',
    },
  ],
  obligations: [
    {
      id: 'gdpr/minimisation',
      code: 'MASK',
      exceptPurposes: ['TREAT', 'PATRQT'],
      exceptRoles: ['patient', 'proxy'],
      elements: BEYOND_THE_MINIMUM,
      source: 'GDPR Art. 5(1)(c)',
    },
    {
      id: 'gdpr/withdrawal',
      code: 'CPLYCD',
      exceptPurposes: ['TREAT', 'PATRQT'],
      text: 'Stop when the consent is withdrawn.',
      source: 'GDPR Art. 7(3)',
    },
  ],
}
