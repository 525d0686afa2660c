// The reasons of a decision for people: in words, with what would lift a deny, and nothing of a Consent that they may not read.
import type { Effect, Reason as Ground } from '../../consent/decide.ts'
import type { Facts } from '../../consent/facts.ts'
import { sensitivityMask } from '../../consent/labels.ts'
import type { ConsentRules } from '../../consent/read-consent.ts'
import { inWords } from './in-words.ts'
import type { Outlook } from './policies.ts'

export interface Reason {
  readonly effect: Effect
  readonly by: string
  /** `{ reference: 'Consent/1/_history/2' }` */
  readonly consent?: { readonly reference: string }
  /** Path of the provision in it. */
  readonly provision?: string
  readonly words: string
  readonly sensitivity?: string
  readonly lift?: string
}

export interface Background {
  readonly consents: readonly ConsentRules[]
  /** Ids of Consents that may be told. */
  readonly readable: ReadonlySet<string>
  readonly facts: Facts
  readonly outlook: Outlook
  /** Why the role matrix refuses. */
  readonly refused: string | undefined
}

type Told = readonly [words: string, lift?: string]

const HIDDEN = 'A consent that you may not read decides it.'
const CHANGE = 'The patient can revoke this consent, or make an exception in it.'
const PERMIT = 'A consent of the patient that permits it.'

/** What is not said by a consent or the law. */
const FIXED: Readonly<Record<string, Readonly<Record<Effect, Told>>>> = {
  'own-record': { permit: ['Patients may see their own record.'], deny: ['Patients may see their own record.'] },
  'implicit-policy': {
    permit: ['No consent speaks of it, and the policy of the organisation that holds the data permits it.'],
    deny: [
      'No consent speaks of it, and the policy of the organisation that holds the data does not permit it.',
      PERMIT,
    ],
  },
  'no-consent': {
    permit: ['A consent permits it.'],
    deny: ['The patient permitted other things, and this is not among them.', PERMIT],
  },
  emergency: {
    permit: ['The glass is broken for this patient.'],
    deny: ['Not even an emergency opens it.', 'A documented medical emergency, where the law knows one.'],
  },
  directory: {
    permit: ['It belongs to no patient and is open to all.'],
    deny: ['It belongs to no patient, and is not open to all.'],
  },
  compartment: { permit: [''], deny: ['This asker reaches another patient only.'] },
}

export function explain(ground: Ground, background: Background): Reason {
  const { effect, by, sensitivity } = ground
  const [words, lift] = told(ground, background)
  const shown = ground.consent !== undefined && isReadable(ground.consent, background)
  return {
    ...{ effect, by, words },
    ...(shown && { consent: { reference: ground.consent! }, provision: ground.path! }),
    ...(sensitivity !== undefined && { sensitivity }),
    ...(effect === 'deny' && lift !== undefined && { lift }),
  }
}

const isReadable = (reference: string, { readable }: Background) => readable.has(reference.split('/')[1] ?? '')

function told(ground: Ground, background: Background): Told {
  const { by, effect, consent, path } = ground
  if (by === 'role') return [background.refused ?? 'The role does not allow it.', 'Another role or purpose of use.']
  if (by === 'law') return lawful(ground, background)
  if (by !== 'consent') return FIXED[by]?.[effect] ?? [by]
  if (!isReadable(consent!, background)) return [HIDDEN, 'Only the patient can change it.']
  const rules = background.consents.find(({ reference }) => reference === consent)?.rules
  const rule = rules?.find((r) => r.path === path)
  return [rule ? inWords(rule) : HIDDEN, CHANGE]
}

/** The rules of the packs that speak of this sensitivity. */
function lawful({ sensitivity }: Ground, { outlook, facts }: Background): Told {
  const mask = sensitivity === undefined ? facts.sensitivity : sensitivityMask(sensitivity)
  const speaking = outlook.law.because.filter((r) => r.effect !== 'permit' && (r.mask & mask) !== 0)
  const words = speaking.map(({ says, source }) => `${says} (${source})`).join(' ')
  const final = speaking.some(({ effect }) => effect === 'deny')
  return [words || 'The law does not allow it.', final ? 'No consent opens it.' : PERMIT]
}
