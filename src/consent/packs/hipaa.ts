// The HIPAA Privacy Rule, https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-E. Data only.
// Not expressed: the restriction of what was paid for out of pocket (164.522(a)(1)(vi)), which a patient states as a deny
// for HPAYMT; waivers of an IRB and limited data sets (164.512(i), 164.514(e)); personal representatives (164.502(g)), who
// come in by consent; the originator's own use of psychotherapy notes (164.508(a)(2)(i)), likewise.
import { BEYOND_THE_MINIMUM } from './minimum.ts'
import type { JurisdictionPack } from './pack.ts'

export const HIPAA: JurisdictionPack = {
  id: 'hipaa',
  version: '2026.11.2',
  title: 'HIPAA Privacy Rule (United States)',
  rules: [
    {
      id: 'hipaa/psychotherapy-notes',
      effect: 'explicit',
      sensitivities: ['PSYTHPN'],
      breakGlass: 'never',
      source: '45 CFR 164.508(a)(2)',
      says: 'Psychotherapy notes need an authorisation of their own, whatever the purpose, and no emergency opens them.',
    },
    {
      id: 'hipaa/marketing',
      effect: 'explicit',
      purposes: ['HMARKT'],
      source: '45 CFR 164.508(a)(3)',
      says: 'Marketing needs the authorisation of the patient.',
    },
    {
      id: 'hipaa/research',
      effect: 'explicit',
      purposes: ['HRESCH'],
      source: '45 CFR 164.508(a)(1), 164.512(i)',
      says: 'Research needs the authorisation of the patient.',
    },
    {
      id: 'hipaa/genetic-underwriting',
      effect: 'deny',
      sensitivities: ['GDIS'],
      purposes: ['COVERAGE'],
      roles: ['payer'],
      source: '45 CFR 164.502(a)(5)(i)',
      says: 'A health plan may not use genetic information to decide on coverage.',
    },
    {
      id: 'hipaa/access',
      effect: 'permit',
      own: true,
      exceptPurposes: ['HRESCH', 'HMARKT'],
      source: '45 CFR 164.524(a)(1)',
      says: 'Patients may see their own record.',
    },
    {
      id: 'hipaa/access-psychotherapy-notes',
      effect: 'deny',
      sensitivities: ['PSYTHPN'],
      roles: ['patient', 'proxy'],
      source: '45 CFR 164.524(a)(1)(i)',
      says: 'The right to see the own record does not reach psychotherapy notes.',
    },
    {
      id: 'hipaa/access-harm',
      effect: 'deny',
      sensitivities: ['TBOO'],
      roles: ['patient', 'proxy'],
      source: '45 CFR 164.524(a)(3)',
      says: 'What a professional held back because it could do harm is told by that professional only.',
    },
  ],
  obligations: [
    {
      id: 'hipaa/minimum-necessary',
      code: 'MASK',
      purposes: ['HPAYMT', 'HOPERAT'],
      exceptRoles: ['patient', 'proxy'],
      elements: BEYOND_THE_MINIMUM,
      source: '45 CFR 164.502(b), 164.514(d)',
    },
    {
      id: 'hipaa/accounting',
      code: 'AOD',
      exceptPurposes: ['TREAT', 'HPAYMT', 'HOPERAT', 'PATRQT'],
      text: 'Account for this disclosure on request of the patient for six years.',
      source: '45 CFR 164.528(a)',
    },
  ],
}
