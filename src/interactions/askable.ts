// What an asker never sees cannot be searched, sorted or joined by: the answer would tell it. Depends on who asks, never
// on data.
import { hidesParameter } from '../consent/disclosure.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Filter, Search } from '../search/ast.ts'
import { searchTable } from '../search/parameters.ts'
import type { Interaction } from './context.ts'

function parametersIn(filter: Filter, into: Set<string>): void {
  if (filter.op === 'test') {
    if ('parameter' in filter.subject) into.add(filter.subject.parameter.code)
  } else if (filter.op === 'not') parametersIn(filter.filter, into)
  else for (const inner of filter.filters) parametersIn(inner, into)
}

/** Sort keys name columns; a column belongs to one parameter. */
function sortedBy({ type, sort }: Search): string[] {
  const parameters = Object.values(searchTable(type).parameters)
  return sort.flatMap(
    ({ column }) => parameters.find((p) => column === p.column || column === `${p.column}_low`)?.code ?? [],
  )
}

const refuse = (type: string, code: string) =>
  new HealthChainError(
    'forbidden',
    'hidden-parameter',
    `${type} cannot be searched or sorted by ${code.replaceAll('-', '_')} here: what it reads is hidden from this role.`,
  )

/** The search itself. @throws HealthChainError forbidden (hidden-parameter) */
export function askable({ hidden, view }: Interaction, search: Search): Search {
  if (hidden.size === 0 || view.scope.everything) return search
  const codes = new Set(sortedBy(search))
  parametersIn(search.filter, codes)
  for (const code of codes) if (hidesParameter(hidden, search.type, code)) throw refuse(search.type, code)
  return search
}

/** The parameter of a reverse reference. @throws HealthChainError forbidden (hidden-parameter) */
export function askableReference(
  { hidden, view }: Interaction,
  type: string,
  parameter: SearchParameter,
): SearchParameter {
  if (!view.scope.everything && hidesParameter(hidden, type, parameter.code)) throw refuse(type, parameter.code)
  return parameter
}
