// Laboratory tests and panels: LOINC codes, UCUM units, adult ranges. Data only. https://loinc.org
import type { Sex } from './naming.ts'
import type { Range, Unit } from './observation.ts'

export interface Lab {
  loinc: string
  display: string
  unit: Unit
  range: Record<Sex, Range>
}

const lab = (loinc: string, display: string, unit: string, decimals: number, female: Range, male = female): Lab => ({
  loinc,
  display,
  unit: { unit: unit.replace('{1.73_m2}', '1.73m2').replace(/[{}[\]]/g, ''), code: unit, decimals },
  range: { female, male },
})

export const LABS = {
  hba1c: lab('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', 1, { low: 4, high: 5.6, panicHigh: 10 }),
  glucose: lab('2345-7', 'Glucose [Mass/volume] in Serum or Plasma', 'mg/dL', 0, {
    low: 70,
    high: 99,
    panicHigh: 300,
    panicLow: 50,
  }),
  creatinine: lab(
    '2160-0',
    'Creatinine [Mass/volume] in Serum or Plasma',
    'mg/dL',
    2,
    { low: 0.5, high: 1.1 },
    { low: 0.6, high: 1.3 },
  ),
  egfr: lab(
    '98979-8',
    'Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI 2021)',
    'mL/min/{1.73_m2}',
    0,
    { low: 60, panicLow: 15 },
  ),
  sodium: lab('2951-2', 'Sodium [Moles/volume] in Serum or Plasma', 'mmol/L', 0, { low: 135, high: 145 }),
  potassium: lab('2823-3', 'Potassium [Moles/volume] in Serum or Plasma', 'mmol/L', 1, {
    low: 3.5,
    high: 5.1,
    panicHigh: 6,
    panicLow: 2.8,
  }),
  cholesterol: lab('2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma', 'mg/dL', 0, { high: 200 }),
  triglycerides: lab('2571-8', 'Triglyceride [Mass/volume] in Serum or Plasma', 'mg/dL', 0, { high: 150 }),
  hdl: lab('2085-9', 'Cholesterol in HDL [Mass/volume] in Serum or Plasma', 'mg/dL', 0, { low: 50 }, { low: 40 }),
  ldl: lab('13457-7', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation', 'mg/dL', 0, { high: 130 }),
  haemoglobin: lab(
    '718-7',
    'Hemoglobin [Mass/volume] in Blood',
    'g/dL',
    1,
    { low: 12, high: 15.5, panicLow: 7 },
    { low: 13.5, high: 17.5, panicLow: 7 },
  ),
  haematocrit: lab(
    '4544-3',
    'Hematocrit [Volume Fraction] of Blood by Automated count',
    '%',
    1,
    { low: 36, high: 46 },
    { low: 40, high: 52 },
  ),
  erythrocytes: lab(
    '789-8',
    'Erythrocytes [#/volume] in Blood by Automated count',
    '10*6/uL',
    2,
    { low: 3.8, high: 5.2 },
    { low: 4.3, high: 5.9 },
  ),
  leukocytes: lab('6690-2', 'Leukocytes [#/volume] in Blood by Automated count', '10*3/uL', 1, { low: 4, high: 11 }),
  platelets: lab('777-3', 'Platelets [#/volume] in Blood by Automated count', '10*3/uL', 0, { low: 150, high: 400 }),
  tsh: lab('3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma', 'm[IU]/L', 2, { low: 0.4, high: 4 }),
  ferritin: lab(
    '2276-4',
    'Ferritin [Mass/volume] in Serum or Plasma',
    'ng/mL',
    0,
    { low: 15, high: 150 },
    { low: 30, high: 300 },
  ),
  alt: lab('1742-6', 'Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 0, {
    low: 7,
    high: 40,
  }),
  lithium: lab('14334-7', 'Lithium [Moles/volume] in Serum or Plasma', 'mmol/L', 2, {
    low: 0.6,
    high: 1.2,
    panicHigh: 1.5,
  }),
  cd4: lab('24467-3', 'CD3+CD4+ (T4 helper) cells [#/volume] in Blood', '/uL', 0, {
    low: 500,
    high: 1500,
    panicLow: 200,
  }),
} as const satisfies Record<string, Lab>

export type LabKey = keyof typeof LABS

export interface Panel {
  loinc: string
  display: string
  labs: readonly LabKey[]
}

export const PANELS = {
  metabolic: {
    loinc: '24321-2',
    display: 'Basic metabolic 2000 panel - Serum or Plasma',
    labs: ['glucose', 'creatinine', 'egfr', 'sodium', 'potassium'],
  },
  lipids: {
    loinc: '24331-1',
    display: 'Lipid 1996 panel - Serum or Plasma',
    labs: ['cholesterol', 'triglycerides', 'hdl', 'ldl'],
  },
  'blood-count': {
    loinc: '58410-2',
    display: 'Complete blood count (hemogram) panel - Blood by Automated count',
    labs: ['haemoglobin', 'haematocrit', 'erythrocytes', 'leukocytes', 'platelets'],
  },
} as const satisfies Record<string, Panel>

export type PanelKey = keyof typeof PANELS
