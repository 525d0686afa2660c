// Development, learning, behaviour of children: what follows people through school and work. Data only.
import type { LabelRule } from './rule.ts'

export const DEVELOPMENT: readonly LabelRule[] = [
  {
    id: 'behaviour',
    sensitivities: ['BH'],
    confidentiality: 'R',
    codes: {
      snomed: {
        '406506008': 'Attention deficit hyperactivity disorder',
        '192127007': 'Child attention deficit disorder',
        '386522008': 'Overactivity/inattention behavior management',
      },
      icd10: {
        F90: 'Attention-deficit hyperactivity disorders',
        F91: 'Conduct disorders',
        F92: 'Mixed disorders of conduct and emotions (WHO)',
        F93: 'Emotional disorders with onset specific to childhood',
        F94: 'Disorders of social functioning with onset specific to childhood and adolescence',
        F95: 'Tic disorder',
        F98: 'Other behavioral and emotional disorders with onset usually in childhood and adolescence',
      },
      rxnorm: {
        '1091392': 'methylphenidate hydrochloride 20 MG Oral Tablet',
        '608139': 'atomoxetine 100 MG Oral Capsule',
        '6901': 'methylphenidate',
        '38400': 'atomoxetine',
      },
    },
  },
  {
    id: 'development',
    sensitivities: ['DVD'],
    confidentiality: 'R',
    codes: {
      snomed: { '408856003': 'Autistic disorder', '35919005': 'Pervasive developmental disorder' },
      icd10: { F8: 'Pervasive and specific developmental disorders' },
    },
  },
  {
    id: 'cognition',
    sensitivities: ['COGN'],
    confidentiality: 'R',
    codes: { snomed: { '110359009': 'Intellectual disability' }, icd10: { F7: 'Intellectual disabilities' } },
  },
]
