// What FHIR says of the resources of a mutation: `PatientCreate(res: $res)` whose body repeats a key, or whose variable
// GraphQL would not take. One error with every fault, where GraphQL alone would tell the first ones.
import { Kind, type OperationDefinitionNode } from 'graphql'
import { fromLiteral } from '../../schema/scalars.ts'
import { RESOURCE_TYPES } from '../fhir/generated/types.ts'
import { validate } from '../fhir/validate.ts'
import { invalidResource, repeatedKey } from '../interactions/pipeline.ts'
import { plain } from '../interactions/records.ts'
import { HealthChainError, type Issue } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'

type Path = readonly (string | number)[]
type Variables = Readonly<Record<string, unknown>>

interface Given {
  type: string
  /** Absent where the resource stands as a literal. */
  variable?: string
  resource: unknown
}

/** The resources that creates and updates take as `res`. */
function resources({ operation, selectionSet }: OperationDefinitionNode, variables: Variables): Given[] {
  return (operation === 'mutation' ? selectionSet.selections : []).flatMap((field) => {
    if (field.kind !== Kind.FIELD) return []
    const type = RESOURCE_TYPES.find((t) => field.name.value === `${t}Create` || field.name.value === `${t}Update`)
    const res = field.arguments?.find(({ name }) => name.value === 'res')?.value
    if (!type || !res) return []
    const variable = res.kind === Kind.VARIABLE ? { variable: res.name.value } : {}
    return [{ type, ...variable, resource: fromLiteral(res, variables) }]
  })
}

function repeated(path: Path, types: Map<string, string>): Issue {
  const type = path[0] === 'variables' ? types.get(String(path[1])) : undefined
  return type === undefined ? repeatedKey('', path) : repeatedKey(type, path.slice(2))
}

/** `duplicates`: paths of repeated keys in the request body. Undefined if there is nothing to say. */
export function inputIssues(
  operation: OperationDefinitionNode,
  variables: Variables,
  duplicates: readonly Path[],
): HealthChainError | undefined {
  const given = resources(operation, variables)
  const types = new Map(given.flatMap(({ type, variable }) => (variable === undefined ? [] : [[variable, type]])))
  const issues = duplicates.map((path) => repeated(path, types))
  let faulty: string | undefined
  for (const { type, variable, resource } of given) {
    const found = validate(type, isObject(resource) ? plain(type, resource) : resource)
    if (found.length > 0 || duplicates.some(([, name]) => variable !== undefined && name === variable)) faulty ??= type
    issues.push(...found)
  }
  if (issues.length === 0) return undefined
  if (faulty) return invalidResource(faulty, issues)
  return new HealthChainError('incorrect', 'duplicate-keys', 'A JSON object in the request names a key twice.', issues)
}
