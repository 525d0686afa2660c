// Confidentiality of substance use disorder patient records, https://www.ecfr.gov/current/title-42/part-2 (rule of 2024).
// Data only. Not expressed: court orders (2.61 to 2.67) and the separate consent to proceedings (2.31(d)), so HLEGAL stays
// shut; whether a proceeding is against the patient; counselling notes (2.11, 2.31(b)), which no code tells from the rest;
// audits (2.53), research without consent (2.52), qualified service organisations (2.11).
import type { JurisdictionPack } from './pack.ts'

/** ETH stands for SUD, ETHUD and OPIOIDUD too. */
const RECORDS = ['ETH'] as const

export const PART2: JurisdictionPack = {
  id: '42cfr2',
  version: '2026.11.1',
  title: '42 CFR Part 2, substance use disorder records (United States)',
  rules: [
    {
      id: '42cfr2/consent',
      effect: 'explicit',
      sensitivities: RECORDS,
      breakGlass: 'emergency',
      source: '42 CFR 2.13, 2.31, 2.33, 2.51',
      says: 'Records of substance use need the written consent of the patient, even for treatment, unless a medical emergency is documented.',
    },
    {
      id: '42cfr2/proceedings',
      effect: 'deny',
      sensitivities: RECORDS,
      purposes: ['HLEGAL'],
      breakGlass: 'never',
      source: '42 CFR 2.12(d)(1)',
      says: 'Records of substance use may not be used against the patient in legal proceedings.',
    },
    {
      id: '42cfr2/research',
      effect: 'explicit',
      purposes: ['HRESCH'],
      source: '42 CFR 2.52',
      says: 'Research needs the consent of the patient where records of substance use are kept.',
    },
    {
      id: '42cfr2/marketing',
      effect: 'explicit',
      purposes: ['HMARKT'],
      source: '42 CFR 2.13(a)',
      says: 'Marketing needs the consent of the patient where records of substance use are kept.',
    },
  ],
  obligations: [
    {
      id: '42cfr2/notice',
      code: 'NOTICE',
      sensitivities: RECORDS,
      exceptRoles: ['patient'],
      text: '42 CFR part 2 prohibits unauthorized use or disclosure of these records.',
      source: '42 CFR 2.32',
    },
    {
      id: '42cfr2/redisclosure',
      code: 'NORDSCLCD',
      sensitivities: RECORDS,
      exceptRoles: ['patient'],
      source: '42 CFR 2.32, 2.33',
    },
    {
      id: '42cfr2/emergency-record',
      code: 'AOD',
      sensitivities: RECORDS,
      purposes: ['BTG'],
      text: 'Record who received the records, who disclosed them, when, and the nature of the emergency.',
      source: '42 CFR 2.51(c)',
    },
  ],
}
