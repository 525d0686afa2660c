// Which rules a code meets. Pure. The rule set is turned into tables once, when this file is loaded.
import { SENSITIVITIES, type Sensitivity } from '../labels.ts'
import { RULE_SET } from './rules/index.ts'
import type { CodeSystem, LabelRule } from './rules/rule.ts'
import { type KnownSystem, plainCode } from './systems.ts'

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

const TABLES: Readonly<Record<CodeSystem, Table>> = {
  snomed: tableOf('snomed'),
  icd10: tableOf('icd10'),
  loinc: tableOf('loinc'),
  rxnorm: tableOf('rxnorm'),
  cpt: tableOf('cpt'),
  hcpcs: tableOf('hcpcs'),
  actcode: tableOf('actcode'),
}

const NO_RULES: readonly LabelRule[] = []
const at = (table: Table, code: string): readonly LabelRule[] => table.get(code) ?? NO_RULES

/** All that begin the code, from the letter with one digit to the whole. */
function byPrefix(code: string): readonly LabelRule[] {
  let found = NO_RULES
  for (let end = 2; end <= code.length; end++) {
    const met = TABLES.icd10.get(code.slice(0, end))
    if (met) found = found.length === 0 ? met : [...found, ...met]
  }
  return found
}

/** SNOMED CT may be an expression, `86406008 |HIV infection|:246112005=24484000`: each concept in it counts. */
const CONCEPT = /\d{6,18}/g
const inExpression = (code: string): readonly LabelRule[] =>
  [...code.matchAll(CONCEPT)].flatMap(([concept]) => at(TABLES.snomed, concept))

const DIGITS = /^[1-9]\d*$/

export function rulesFor(system: CodeSystem, written: string): readonly LabelRule[] {
  if (system === 'actcode') return at(TABLES.actcode, plainCode(written))
  const code = system === 'snomed' || system === 'rxnorm' ? written : plainCode(written)
  if (system === 'icd10') return byPrefix(code)
  if (system === 'loinc' || system === 'cpt' || system === 'hcpcs') return at(TABLES[system], code)
  if (DIGITS.test(code)) return at(TABLES[system], code)
  const numbers = plainCode(code).replace(/^0+/, '')
  return system === 'snomed' ? inExpression(numbers) : at(TABLES.rxnorm, numbers)
}

const BY_CAPITALS = new Map<string, Sensitivity>(SENSITIVITIES.map((code) => [code, code]))

/** A label itself, wherever it stands; `hiv` is meant as HIV. */
export const sensitivityOf = (system: KnownSystem, code: string): Sensitivity | undefined =>
  system === 'actcode' ? BY_CAPITALS.get(plainCode(code)) : undefined
