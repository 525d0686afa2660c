// TypeScript types of the resources as JSON holds them, and a compile-time comparison with @medplum/fhirtypes.
import type { ElementModel, Model } from '../model.ts'
import { header } from './header.ts'

const SCALARS: Record<string, string> = {
  boolean: 'boolean',
  integer: 'number',
  positiveInt: 'number',
  unsignedInt: 'number',
  decimal: 'Decimal',
}

const RENAMED: Record<string, string> = {
  Element: 'ElementBase',
  // Task.input: the name that it would have belongs to the input type of Task.
  TaskInput: 'TaskInputParameter',
}
export const tsName = (type: string) => RENAMED[type] ?? type
export const hasSibling = (element: ElementModel) =>
  element.primitive && element.name !== 'id' && !element.attribute && element.type !== 'xhtml'

function member(element: ElementModel): string[] {
  const base = element.primitive ? (SCALARS[element.type] ?? 'string') : tsName(element.type)
  const value = element.primitive && element.list ? `(${base} | null)` : base
  const lines = [`  ${element.name}?: ${value}${element.list ? '[]' : ''}`]
  if (hasSibling(element)) lines.push(`  _${element.name}?: ${element.list ? '(ElementBase | null)[]' : 'ElementBase'}`)
  return lines
}

export function emitTypes({ types, resources, containedOnly }: Model): string {
  const lines = [
    header(
      'Resources, datatypes and backbone elements as their JSON holds them. Required elements are checked by validate.',
    ),
    "import type { RawNumber } from '../../kernel/json.ts'\n",
    'export type Decimal = number | RawNumber',
    `export type ResourceType = ${resources.map((r) => `'${r}'`).join(' | ')}`,
    `export const RESOURCE_TYPES: readonly ResourceType[] = [${resources.map((r) => `'${r}'`).join(', ')}]`,
    `export type Resource = ${[...resources, ...containedOnly].join(' | ')}\n`,
  ]
  for (const type of [...types.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    lines.push(`export interface ${tsName(type.name)} {`)
    if (type.kind === 'resource') lines.push(`  resourceType: '${type.name}'`)
    lines.push(...type.elements.flatMap(member), '}\n')
  }
  return lines.join('\n')
}

export function emitTypesCheck({ types }: Model, published: (name: string) => boolean): string {
  const lines = [
    header(
      'Compile-time check: our types name the same elements as @medplum/fhirtypes, and take every value of theirs.',
    ),
    "import type * as Medplum from '@medplum/fhirtypes'",
    "import type * as Ours from './types.ts'\n",
    "// Set aside: primitive siblings (theirs are untyped), `contained` (theirs takes every R4 type, ours the lens's) and",
    '// Reference.resource (theirs, not an element of FHIR).',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the text of a type
    "type Named<T> = { [K in keyof T as K extends `_${string}` | 'contained' | 'resource' ? never : K]: T[K] }",
    'type SameKeys<A, B> = [Exclude<keyof Named<A>, keyof B> | Exclude<keyof Named<B>, keyof A>] extends [never] ? true : never',
    'type Takes<A, B> = [Named<B>] extends [Named<A>] ? true : never\n',
  ]
  for (const type of [...types.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!published(type.name) || type.name === 'Element') continue
    const [ours, theirs] = [`Ours.${type.name}`, `Medplum.${type.name}`]
    lines.push(`true satisfies SameKeys<${ours}, ${theirs}> & Takes<${ours}, ${theirs}>`)
  }
  return `${lines.join('\n')}\n`
}
