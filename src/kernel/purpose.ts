// Purposes of use: v3-ActReason below PurposeOfUse, http://terminology.hl7.org/CodeSystem/v3-ActReason. Pure.
// A rule about a purpose is about all below it: who permits TREAT permits COC.

export const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'

const PARENTS: Readonly<Record<string, string>> = {
  TREAT: '',
  CLINTRL: 'TREAT',
  COC: 'TREAT',
  POPHLTH: 'TREAT',
  ETREAT: 'TREAT',
  BTG: 'ETREAT',
  ERTREAT: 'ETREAT',
  HPAYMT: '',
  CLMATTCH: 'HPAYMT',
  COVAUTH: 'HPAYMT',
  COVERAGE: 'HPAYMT',
  ELIGDTRM: 'COVERAGE',
  ELIGVER: 'COVERAGE',
  ENROLLM: 'COVERAGE',
  MILDCRG: 'COVERAGE',
  REMITADV: 'HPAYMT',
  HOPERAT: '',
  CAREMGT: 'HOPERAT',
  DONAT: 'HOPERAT',
  FRAUD: 'HOPERAT',
  GOV: 'HOPERAT',
  HACCRED: 'HOPERAT',
  HCOMPL: 'HOPERAT',
  HDECD: 'HOPERAT',
  HDIRECT: 'HOPERAT',
  HDM: 'HOPERAT',
  HLEGAL: 'HOPERAT',
  HOUTCOMS: 'HOPERAT',
  HPRGRP: 'HOPERAT',
  HQUALIMP: 'HOPERAT',
  HSYSADMIN: 'HOPERAT',
  LABELING: 'HSYSADMIN',
  METAMGT: 'HSYSADMIN',
  MEMADMIN: 'HOPERAT',
  MILCDM: 'HOPERAT',
  PATADMIN: 'HOPERAT',
  PATSFTY: 'HOPERAT',
  PERFMSR: 'HOPERAT',
  RECORDMGT: 'HOPERAT',
  SYSDEV: 'HOPERAT',
  HTEST: 'SYSDEV',
  TRAIN: 'HOPERAT',
  HRESCH: '',
  BIORCH: 'HRESCH',
  CLINTRCH: 'HRESCH',
  CLINTRCHNPC: 'CLINTRCH',
  CLINTRCHPC: 'CLINTRCH',
  PRECLINTRCH: 'CLINTRCH',
  DSRCH: 'HRESCH',
  POARCH: 'HRESCH',
  TRANSRCH: 'HRESCH',
  PATRQT: '',
  FAMRQT: 'PATRQT',
  PWATRNY: 'PATRQT',
  SUPNWK: 'PATRQT',
  PUBHLTH: '',
  DISASTER: 'PUBHLTH',
  THREAT: 'PUBHLTH',
  HMARKT: '',
}

export const PURPOSES: readonly string[] = Object.keys(PARENTS)
export const isPurpose = (code: string): boolean => Object.hasOwn(PARENTS, code)

/** The purpose and everything that it is a kind of, nearest first. Empty for what is no purpose. */
export function ancestorsOf(purpose: string): readonly string[] {
  const found: string[] = []
  for (let at = purpose; isPurpose(at); at = PARENTS[at]!) found.push(at)
  return found
}

/** Whether `purpose` is `wider` or a kind of it. */
export const isKindOf = (purpose: string, wider: string): boolean => ancestorsOf(purpose).includes(wider)
