// Required bindings: the code must come from the value set, https://hl7.org/fhir/R4/terminologies.html#required. Pure.
import { isObject } from '../kernel/json.ts'
import type { Walk } from './check.ts'
import { CODES } from './generated/codes.ts'

const flat = new Map<string, Set<string>>()
for (const [name, systems] of Object.entries(CODES)) flat.set(name, new Set(Object.values(systems).flat()))

function holds(name: string, coding: unknown): boolean {
  if (!isObject(coding)) return false
  const [systems, system] = [CODES[name]!, String(coding.system)]
  return Object.hasOwn(systems, system) && systems[system]!.includes(String(coding.code))
}

/** Value sets that R4's own package cannot expand (mimetypes, currencies) hold any code. */
export function checkCodes(walk: Walk, name: string, type: string, value: unknown, path: string): void {
  const codes = flat.get(name)
  if (!codes) return
  if (type === 'CodeableConcept') {
    const codings = isObject(value) && Array.isArray(value.coding) ? value.coding : []
    if (!codings.some((coding) => holds(name, coding)))
      walk.report('code-invalid', path, `Needs a coding from the value set ${name}: ${some(codes)}.`)
  } else if (type === 'Coding') {
    if (!holds(name, value))
      walk.report('code-invalid', path, `Needs a code from the value set ${name}: ${some(codes)}.`)
  } else if (!codes.has(String(value)))
    walk.report('code-invalid', path, `Not in the value set ${name}: ${some(codes)}.`)
}

const some = (codes: Set<string>) => (codes.size > 24 ? `${codes.size} codes` : [...codes].join(', '))
