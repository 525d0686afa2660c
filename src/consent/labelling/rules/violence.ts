// Violence and abuse: what a victim told, what was found, who was asked. Data only. Injuries alone are not labelled: most
// are accidents. Military sexual trauma (MST) is no code of its own in these systems; it is set by hand.
import type { LabelRule } from './rule.ts'

export const VIOLENCE: readonly LabelRule[] = [
  {
    id: 'violence/domestic',
    sensitivities: ['SDV'],
    confidentiality: 'R',
    codes: {
      snomed: {
        '706893006': 'Victim of intimate partner abuse',
        '397940009': 'Victim of child abuse',
        '248110007': 'Sexual assault',
        '866148006': 'Screening for domestic abuse',
      },
      icd10: {
        T74: 'Adult and child abuse, neglect and other maltreatment, confirmed',
        T76: 'Adult and child abuse, neglect and other maltreatment, suspected',
        'O9A.3': 'Physical abuse complicating pregnancy, childbirth and the puerperium',
        'O9A.4': 'Sexual abuse complicating pregnancy, childbirth and the puerperium',
        'O9A.5': 'Psychological abuse complicating pregnancy, childbirth and the puerperium',
        Y07: 'Perpetrator of assault, maltreatment and neglect',
        'Z04.4': 'Encounter for examination and observation following alleged rape',
        'Z04.7': 'Encounter for examination and observation following alleged physical abuse',
        'Z62.81': 'Personal history of abuse in childhood',
        Z69: 'Encounter for mental health services for victim and perpetrator of abuse',
        'Z91.41': 'Personal history of adult abuse',
      },
      loinc: {
        '76499-3': 'Humiliation, Afraid, Rape, and Kick questionnaire [HARK]',
        '76500-8': 'Within the last year, have you been humiliated or emotionally abused by your partner or ex-partner',
        '76501-6': 'Within the last year, have you been afraid of your partner or ex-partner',
        '76502-4': 'Within the last year, have you been raped or forced to have any kind of sexual activity',
        '76503-2': 'Within the last year, have you been kicked, hit, slapped or otherwise physically hurt',
        '76504-0': 'Total score [HARK]',
        '28245-9': 'Abuse Status [OMAHA]',
      },
    },
  },
  {
    id: 'violence/assault',
    sensitivities: ['VIO'],
    confidentiality: 'R',
    codes: {
      snomed: { '52684005': 'Assault', '424393004': 'Reports of violence in the environment' },
      icd10: {
        X92: 'Assault by drowning and submersion',
        X93: 'Assault by handgun discharge',
        X94: 'Assault by rifle, shotgun and larger firearm discharge',
        X95: 'Assault by other and unspecified firearm and gun discharge',
        X96: 'Assault by explosive material',
        X97: 'Assault by smoke, fire and flames',
        X98: 'Assault by steam, hot vapors and hot objects',
        X99: 'Assault by sharp object',
        Y00: 'Assault by blunt object',
        Y01: 'Assault by pushing from high place',
        Y02: 'Assault by pushing or placing victim in front of moving object',
        Y03: 'Assault by crashing of motor vehicle',
        Y04: 'Assault by bodily force',
        Y08: 'Assault by other specified means',
        Y09: 'Assault by unspecified means',
      },
    },
  },
]
