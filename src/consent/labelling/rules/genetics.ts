// Inherited disease and genetic tests: what is true of a whole family. Data only.
import type { LabelRule } from './rule.ts'

export const GENETICS: readonly LabelRule[] = [
  {
    id: 'genetics',
    sensitivities: ['GDIS'],
    confidentiality: 'R',
    codes: {
      snomed: {
        '58756001': "Huntington's chorea",
        '190905008': 'Cystic fibrosis',
        '41040004': 'Complete trisomy 21 syndrome',
        '230265002': "Familial Alzheimer's disease of early onset",
        '412734009': 'BRCA1 gene mutation positive',
        '267253006': 'Fetus with chromosomal abnormality',
        '443529005': 'Detection of chromosomal aneuploidy in prenatal amniotic fluid specimen',
        '67799006': 'Cystic fibrosis, prenatal detection',
        '444260001': 'Screen for 20 common genetic mutations of cystic fibrosis',
      },
      icd10: {
        E84: 'Cystic fibrosis',
        G10: "Huntington's disease",
        Q9: 'Chromosomal abnormalities, not elsewhere classified',
        'Z13.7': 'Encounter for screening for genetic and chromosomal anomalies',
        Z14: 'Genetic carrier',
        Z15: 'Genetic susceptibility to disease',
      },
      loinc: {
        '51969-4': 'Genetic analysis report',
        '81247-9': 'Master HL7 genetic variant reporting panel',
        '55233-1': 'Genetic analysis master panel',
        '55232-3': 'Genetic disease analysis summary',
        '51968-6': 'Genetic disease analysis overall interpretation',
        '69548-6': 'Genetic variant assessment',
        '53037-8': 'Genetic variation clinical significance [Imp]',
        '48018-6': 'Gene studied [ID]',
      },
      cpt: { '96040': 'Medical genetics and genetic counseling services' },
    },
  },
  {
    // HL7 has two codes for one thing; a consent may name either.
    id: 'sickle-cell',
    sensitivities: ['SCA', 'SICKLE'],
    confidentiality: 'R',
    codes: {
      snomed: {
        '127040003': 'Sickle cell-hemoglobin SS disease',
        '417357006': 'Sickling disorder due to hemoglobin S',
        '417425009': 'Hemoglobin SS disease with crisis',
        '35434009': 'Sickle cell-hemoglobin C disease',
        '16402000': 'Sickle cell trait',
      },
      icd10: { D57: 'Sickle-cell disorders' },
      loinc: { '6864-3': 'Hemoglobin S [Presence] in Blood', '4625-0': 'Hemoglobin S/Hemoglobin.total in Blood' },
    },
  },
]
