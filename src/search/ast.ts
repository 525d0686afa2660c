// A search as data: what `parse` makes, `restrict` narrows and `compile` prints. Pure.
import type { SearchParameter } from '../fhir/search-parameters.ts'

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

export interface TokenValue {
  readonly kind: 'token'
  /** Absent: any system. Empty: none. */
  readonly system?: string
  /** Absent: any code of the system. */
  readonly code?: string
}
export interface DateValue {
  readonly kind: 'date'
  readonly prefix: Prefix
  /** Half-open range of the value's precision, milliseconds. */
  readonly low: number
  readonly high: number
}
export interface StringValue {
  readonly kind: 'string'
  /** Normalised: lower case, no accents. */
  readonly prefix: string
}
export interface ReferenceValue {
  readonly kind: 'reference'
  /** Forms as columns hold them: `Patient/1`, an absolute URL. */
  readonly forms: readonly string[]
}
export type Value = TokenValue | DateValue | StringValue | ReferenceValue

/** `_id` and `_lastUpdated` rest in columns that every table has. */
export type Subject = { readonly column: 'id' | 'last_updated' } | { readonly parameter: SearchParameter }

export type Filter =
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  /** Any of the values matches. */
  | { readonly op: 'test'; readonly subject: Subject; readonly values: readonly Value[] }

export interface SortKey {
  /** Column; every order ends with `id` so that pages never overlap. */
  readonly column: string
  readonly descending: boolean
  /** What the column's text form is cast back to. */
  readonly cast: 'text' | 'timestamptz'
}

export interface Position {
  /** Values of the sort keys of the row at the page's border, as text; null where the row has none. */
  readonly keys: readonly (string | null)[]
  readonly backwards: boolean
}

export interface Search {
  readonly type: string
  readonly filter: Filter
  readonly sort: readonly SortKey[]
  /** Rows per page; undefined: all there are, up to the server's limit. */
  readonly count?: number
  readonly position?: Position
}
