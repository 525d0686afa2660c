// Search-parameter tables and the Patient compartment.
import type { ParameterModel, SearchModel } from '../search-model.ts'
import { header } from './header.ts'

const quoted = (value: unknown) => JSON.stringify(value).replaceAll('"', "'")

function path(p: ParameterModel['paths'][number]): string {
  const more = [
    p.where && `where: ${quoted(p.where)}`,
    p.target && `target: '${p.target}'`,
    p.truth && 'truth: true',
  ].filter(Boolean)
  return `{ ${[`path: ${quoted(p.path)}`, `type: '${p.type}'`, ...more].join(', ')} }`
}

const parameter = (p: ParameterModel) => {
  const targets = p.targets ? `, targets: ${quoted(p.targets)}` : ''
  const head = `code: '${p.code}', type: '${p.type}', shape: '${p.shape}', column: '${p.column}'${targets}`
  return `      '${p.code}': { ${head}, paths: [${p.paths.map(path).join(', ')}] },`
}

const clinical = (parameters: ParameterModel[], date: string | undefined) =>
  parameters.flatMap(({ code, column }) => (code === date ? [`    clinical: '${column}',`] : []))

export function emitSearch(search: SearchModel[]): string {
  const lines = [
    header('Search parameters with the paths that feed their columns; the elements that name patient and custodian.'),
    "import type { SearchTable } from '../search-parameters.ts'\n",
    'export const SEARCH: Record<string, SearchTable> = {',
  ]
  for (const { type, table, parameters, lens, compartment } of search) {
    lines.push(
      `  ${type}: {`,
      `    table: '${table}',`,
      `    compartment: ${quoted(compartment)},`,
      ...(lens.custodian ? [`    custodian: '${lens.custodian}',`] : []),
      ...(lens.directory ? ['    directory: true,'] : []),
      ...clinical(parameters, lens.date),
      '    parameters: {',
      ...parameters.map(parameter),
      '    },',
      '  },',
    )
  }
  return `${lines.join('\n')}\n}\n`
}
