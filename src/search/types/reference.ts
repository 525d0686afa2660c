// reference search, https://hl7.org/fhir/R4/search.html#reference. Pure. Columns hold `Type/id` without a version, or the
// absolute URL; the patient column holds the bare id.
import { type RawBuilder, sql } from 'kysely'
import { isId, parseLocalReference } from '../../fhir/references.ts'
import { hash64 } from '../../kernel/hash.ts'
import { isObject } from '../../kernel/json.ts'
import type { ReferenceValue } from '../ast.ts'

/** A bare id may mean any of the types that the parameter refers to. */
export function parseReferenceValue(text: string, targets: readonly string[]): ReferenceValue {
  if (isId(text)) return { kind: 'reference', forms: targets.map((type) => `${type}/${text}`) }
  return { kind: 'reference', forms: [form(unversioned(text))] }
}

const unversioned = (text: string) => text.replace(/\/_history\/[^/]+$/, '')

/** An index entry of PostgreSQL holds 2,700 bytes at most; in UTF-8 these are 2,400. What is longer rests by its hash. */
const LENGTH_MAX = 800
const form = (text: string) => (text.length > LENGTH_MAX ? `long:${hash64(text)}` : text)

/** The form to store; undefined for contained and logical references. */
export function indexReference(value: unknown, target?: string): string | undefined {
  const text = isObject(value) ? value.reference : value
  if (typeof text !== 'string' || text.startsWith('#')) return undefined
  if (target && parseLocalReference(text)?.type !== target) return undefined
  return form(unversioned(text))
}

const forms = (values: readonly ReferenceValue[]) => values.flatMap((v) => v.forms)

export const askReference = (column: string, values: readonly ReferenceValue[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} = any(${forms(values)}::text[])`

export const askReferences = (column: string, values: readonly ReferenceValue[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} && ${forms(values)}::text[]`

/** In the audit log, whose columns are put together when they are read: its function finds the few that may fit by index. */
export const askNamed = (id: string, column: string, values: readonly ReferenceValue[]): RawBuilder<boolean> =>
  sql<boolean>`(${sql.ref(id)} = any(array(select audit_naming(${forms(values)}::text[]))) and ${askReferences(column, values)})`

export const askPatient = (column: string, values: readonly ReferenceValue[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} = any(${patientIds(forms(values))}::text[])`

const patientIds = (all: string[]) => all.filter((f) => f.startsWith('Patient/')).map((f) => f.slice('Patient/'.length))
