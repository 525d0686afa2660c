// What HL7 calls each label: displays of v3-Confidentiality and of the sensitivity policies in v3-ActCode (R4 4.0.1).
import type { Level, Sensitivity } from '../labels.ts'

export const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  U: 'unrestricted',
  L: 'low',
  M: 'moderate',
  N: 'normal',
  R: 'restricted',
  V: 'very restricted',
}

export const SENSITIVITY_NAMES: Readonly<Record<Sensitivity, string>> = {
  SPI: 'specially protected information sensitivity',
  BH: 'behavioral health information sensitivity',
  COGN: 'cognitive disability information sensitivity',
  DVD: 'developmental disability information sensitivity',
  EMOTDIS: 'emotional disturbance information sensitivity',
  MH: 'mental health information sensitivity',
  PSY: 'psychiatry disorder information sensitivity',
  PSYTHPN: 'psychotherapy note information sensitivity',
  ETH: 'substance abuse information sensitivity',
  SUD: 'substance use disorder information sensitivity',
  ETHUD: 'alcohol use disorder information sensitivity',
  OPIOIDUD: 'opioid use disorder information sensitivity',
  HIV: 'HIV/AIDS information sensitivity',
  STD: 'sexually transmitted disease information sensitivity',
  SEX: 'sexuality and reproductive health information sensitivity',
  SDV: 'sexual assault, abuse, or domestic violence information sensitivity',
  VIO: 'violence information sensitivity',
  MST: 'military sexual trauma information sensitivity',
  GDIS: 'genetic disease information sensitivity',
  SCA: 'sickle cell anemia information sensitivity',
  SICKLE: 'sickle cell',
  TBOO: 'taboo',
  ADOL: 'adolescent information sensitivity',
  CEL: 'celebrity information sensitivity',
  DIA: 'diagnosis information sensitivity',
  DRGIS: 'drug information sensitivity',
  EMP: 'employee information sensitivity',
}
