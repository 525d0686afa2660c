// MikroORM entities: one table per resource type with its search columns and indexes.
import type { ParameterModel, SearchModel } from '../search-model.ts'
import { header } from './header.ts'

const COLUMN: Record<ParameterModel['shape'], [suffix: string, type: string][]> = {
  code: [['', 'text']],
  tokens: [['', 'bigint[]']],
  date: [
    ['_low', 'timestamptz(3)'],
    ['_high', 'timestamptz(3)'],
  ],
  dates: [
    ['_low', 'timestamptz(3)[]'],
    ['_high', 'timestamptz(3)[]'],
  ],
  string: [['', 'text']],
  reference: [['', 'text']],
  references: [['', 'text[]']],
  patient: [],
}

const columns = (parameter: ParameterModel) =>
  COLUMN[parameter.shape].map(([suffix, type]) => [parameter.column + suffix, type] as const)

function indexes({ table, parameters, lens }: SearchModel): [name: string, on: string][] {
  const made: [string, string][] = [[`${table}_last_updated`, '(last_updated, id)']]
  const date = parameters.find((p) => p.code === lens.date)
  if (date) {
    made.push([`${table}_patient`, `(patient, ${date.column}_low desc nulls last, id desc)`])
    made.push([`${table}_${date.column}`, `(${date.column}_low desc nulls last, id desc)`])
  } else if (lens.type !== 'Patient') {
    made.push([`${table}_patient`, '(patient, id) where patient is not null'])
  }
  for (const p of parameters) {
    const [name, some] = [`${table}_${p.column}`, `where ${p.column} is not null`]
    if (p.shape === 'reference') made.push([name, `("${p.column}") ${some}`])
    else if (p.shape === 'references') made.push([name, `using gin ("${p.column}") ${some}`])
    else if (!p.indexed) continue
    else if (p.shape === 'tokens') made.push([name, `using gin ("${p.column}") ${some}`])
    else if (p.shape === 'string') made.push([name, `using gin ("${p.column}" gin_trgm_ops) ${some}`])
    else if (p.shape === 'date') made.push([name, `(${p.column}_low, id) where ${p.column}_low is not null`])
  }
  return made.sort(([a], [b]) => (a < b ? -1 : 1))
}

export function emitEntities(search: SearchModel[]): string {
  const lines = [
    header('One entity per resource type: the current version with its search columns.'),
    "import { resourceTable } from '../resource-table.ts'\n",
    'export const RESOURCE_TABLES = [',
  ]
  // A log is no table of its own but a view, made by hand.
  for (const model of search.filter(({ lens }) => !lens.log)) {
    lines.push(`  resourceTable('${model.type}', '${model.table}', {`)
    for (const [name, type] of model.parameters.flatMap(columns)) lines.push(`    '${name}': '${type}',`)
    lines.push('  }, {')
    for (const [name, on] of indexes(model)) lines.push(`    '${name}': '${on}',`)
    lines.push('  }),')
  }
  return `${lines.join('\n')}\n]\n`
}
