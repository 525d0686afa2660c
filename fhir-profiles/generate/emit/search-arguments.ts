// Search arguments as type-graphql classes: one argument per search parameter, `-` spelled `_` as FHIR GraphQL asks.
// https://hl7.org/fhir/R4/graphql.html#searching
import type { SearchModel } from '../search-model.ts'
import { header } from './header.ts'

const SCALAR = {
  token: 'SearchToken',
  date: 'SearchDate',
  string: 'SearchString',
  reference: 'SearchReference',
} as const

export function emitSearchArguments(search: SearchModel[]): string {
  const lines = [
    header('Search arguments. A list means OR; see schema/inputs/search.ts for the arguments that every type shares.'),
    "import { ArgsType, Field } from 'type-graphql'",
    "import { ReverseArguments, SearchArguments } from '../inputs/search.ts'",
    "import { SearchDate, SearchReference, SearchString, SearchToken } from '../scalars.ts'\n",
  ]
  for (const { type, parameters } of search) {
    const fields = parameters.map(
      (p) => `  @Field(() => [${SCALAR[p.type]}], { nullable: true }) ${p.code.replaceAll('-', '_')}?: string[]`,
    )
    for (const [name, base] of [
      ['Search', 'SearchArguments'],
      ['ReverseSearch', 'ReverseArguments'],
    ] as const)
      lines.push('@ArgsType()', `export class ${type}${name} extends ${base} {`, ...fields, '}\n')
  }
  return lines.join('\n')
}
