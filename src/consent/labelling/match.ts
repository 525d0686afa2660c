// Which rules a code meets. Pure. The rule set is turned into tables once, when this file is loaded.
import { SENSITIVITIES, type Sensitivity } from '../labels.ts'
import { RULE_SET } from './rules/index.ts'
import { CODE_SYSTEMS, type CodeSystem, type LabelRule } from './rules/rule.ts'
import { ANY, type KnownSystem, plainCode } from './systems.ts'

type Table = ReadonlyMap<string, readonly LabelRule[]>

function tableOf(system: CodeSystem): Table {
  const table = new Map<string, LabelRule[]>()
  for (const rule of RULE_SET.rules) {
    for (const code of Object.keys(rule.codes[system] ?? {})) {
      const key = plainCode(code)
      table.set(key, [...(table.get(key) ?? []), rule])
    }
  }
  return table
}

const TABLES = Object.fromEntries(CODE_SYSTEMS.map((system) => [system, tableOf(system)])) as Record<CodeSystem, Table>

const NO_RULES: readonly LabelRule[] = []
const at = (system: CodeSystem, code: string): readonly LabelRule[] => TABLES[system].get(code) ?? NO_RULES

/** All that begin the code, from two characters to the whole. */
function byPrefix(system: CodeSystem, code: string): readonly LabelRule[] {
  let found = NO_RULES
  for (let end = 2; end <= code.length; end++) {
    const met = TABLES[system].get(code.slice(0, end))
    if (met) found = found.length === 0 ? met : [...found, ...met]
  }
  return found
}

/** SNOMED CT may be an expression, `86406008 |HIV infection|:246112005=24484000`, or a URI: each concept in it counts. */
const CONCEPT = /\d{6,18}/g
const inExpression = (code: string): readonly LabelRule[] =>
  [...code.matchAll(CONCEPT)].flatMap(([concept]) => at('snomed', concept.replace(/^0+/, '')))

const DIGITS = /^[1-9]\d*$/
const numbers = (code: string) => plainCode(code).replace(/^0+/, '')

type Meets = (code: string) => readonly LabelRule[]
const whole =
  (system: CodeSystem): Meets =>
  (code) =>
    at(system, plainCode(code))
const beginning =
  (system: CodeSystem): Meets =>
  (code) =>
    byPrefix(system, plainCode(code))

/** A procedure, `30.3`: without its dot it would look like a diagnosis. */
const PROCEDURE = /^\s*\d\d\.\d{0,2}\s*$/
const icd9 = beginning('icd9')

const MEETS: Readonly<Record<CodeSystem, Meets>> = {
  snomed: (code) => (DIGITS.test(code) ? at('snomed', code) : inExpression(plainCode(code))),
  rxnorm: (code) => at('rxnorm', DIGITS.test(code) ? code : numbers(code)),
  icd10: beginning('icd10'),
  icd9: (code) => (PROCEDURE.test(code) ? NO_RULES : icd9(code)),
  icd11: beginning('icd11'),
  atc: beginning('atc'),
  loinc: whole('loinc'),
  cpt: whole('cpt'),
  hcpcs: whole('hcpcs'),
  actcode: whole('actcode'),
}

/** `B20&Z21`, `ICD10:B20`, `B20 HIV disease`, `…/icd-10/B20`: what stands between. */
const BETWEEN = /[\s:|/#^,;&]+/
const ONE_WORD = /^[\w.-]+$/

/** How a code looks, where nobody says of which system it is. A code is a beginning only where its form says what of. */
export const FORMS: readonly (readonly [CodeSystem, RegExp])[] = [
  ['snomed', /\d{6}/],
  ['icd10', /^[A-Z]\d[\dAB]\.?[\dA-Z]{0,4}$/],
  ['icd9', /^(?:\d{3}|V\d\d|E\d{3})(?:\.\d{1,2})?$/],
  ['icd11', /^[\dA-Z][A-Z]\d[\dA-Z](?:\.[\dA-Z]{1,4})?$/],
  ['atc', /^[A-Z]\d\d[A-Z]{1,2}(?:\d\d)?$/],
  ['loinc', /^\d+-\d$/],
  ['rxnorm', /^\d+$/],
  ['cpt', /^\d{5}$/],
  ['hcpcs', /^[A-Z]\d{4}$/],
  ['actcode', /^[A-Z]+/],
]

const shown = (code: string) => code.normalize('NFKC').trim().toUpperCase()
const inAny: Meets = (code) =>
  FORMS.flatMap(([system, form]) => (form.test(shown(code)) ? MEETS[system](code) : NO_RULES))

export function rulesFor(system: CodeSystem | typeof ANY, written: string): readonly LabelRule[] {
  const meets = system === ANY ? inAny : MEETS[system]
  if (ONE_WORD.test(written) || system === 'snomed') return meets(written)
  return [...new Set([written, ...written.split(BETWEEN)].flatMap(meets))]
}

const BY_CAPITALS = new Map<string, Sensitivity>(SENSITIVITIES.map((code) => [code, code]))

/** A label itself, wherever it stands; `hiv` is meant as HIV. */
export const sensitivityOf = (system: KnownSystem | typeof ANY, code: string): Sensitivity | undefined =>
  system === 'actcode' ? BY_CAPITALS.get(plainCode(code)) : undefined
