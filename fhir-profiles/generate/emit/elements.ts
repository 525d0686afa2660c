// The element table that validation, index extraction and contained-reference lookup read.
import type { ElementModel, Model } from '../model.ts'
import { header } from './header.ts'

function row(element: ElementModel): string {
  const extra = [
    element.choice && `choice: '${element.choice}'`,
    element.simple && 'simple: true',
    element.targets && `targets: ${JSON.stringify(element.targets).replaceAll('"', "'")}`,
    element.codes && `codes: '${element.codes.slice(element.codes.lastIndexOf('/') + 1)}'`,
  ].filter(Boolean)
  const cells = [element.min, element.list ? "'*'" : 1, `'${element.type}'`]
  if (extra.length > 0) cells.push(`{ ${extra.join(', ')} }`)
  return `    ${element.name}: [${cells.join(', ')}],`
}

export function emitElements({ types }: Model): string {
  const lines = [
    header('Element table: property -> [min, max, type, more], one table per type; choices under their JSON names.'),
    "import type { TypeTable } from '../elements.ts'\n",
    'export const TYPES: Record<string, TypeTable> = {',
  ]
  for (const type of [...types.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const required = [...new Set(type.elements.filter((e) => e.choiceMin === 1).map((e) => e.choice!))]
    lines.push(
      `  ${type.name}: { kind: '${type.kind}', requiredChoices: [${required.map((c) => `'${c}'`).join(', ')}], elements: {`,
    )
    for (const element of type.elements) lines.push(row(element))
    lines.push('  } },')
  }
  return `${lines.join('\n')}\n}\n`
}
