// What FHIR says of the variables of a mutation: `PatientCreate(res: $res)` whose body repeats a key, or whose variable
// GraphQL would not take. One error with every fault, where GraphQL alone would tell the first ones.
import { Kind, type OperationDefinitionNode } from 'graphql'
import { RESOURCE_TYPES } from '../fhir/generated/types.ts'
import { validate } from '../fhir/validate.ts'
import { invalidResource, repeatedKey } from '../interactions/pipeline.ts'
import { plain } from '../interactions/records.ts'
import { HealthChainError, type Issue } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'

type Path = readonly (string | number)[]

/** Variable name -> resource type, for the variables that creates and updates take as `res`. */
function resourceVariables({ operation, selectionSet }: OperationDefinitionNode): Map<string, string> {
  const found = new Map<string, string>()
  for (const field of operation === 'mutation' ? selectionSet.selections : []) {
    if (field.kind !== Kind.FIELD) continue
    const type = RESOURCE_TYPES.find((t) => field.name.value === `${t}Create` || field.name.value === `${t}Update`)
    const res = field.arguments?.find(({ name }) => name.value === 'res')?.value
    if (type && res?.kind === Kind.VARIABLE) found.set(res.name.value, type)
  }
  return found
}

function repeated(path: Path, types: Map<string, string>): Issue {
  const type = path[0] === 'variables' ? types.get(String(path[1])) : undefined
  return type === undefined ? repeatedKey('', path) : repeatedKey(type, path.slice(2))
}

/** `duplicates`: paths of repeated keys in the request body. Undefined if there is nothing to say. */
export function inputIssues(
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  duplicates: readonly Path[],
): HealthChainError | undefined {
  const types = resourceVariables(operation)
  const issues = duplicates.map((path) => repeated(path, types))
  let faulty: string | undefined
  for (const [name, type] of types) {
    const given = variables[name]
    const found = validate(type, isObject(given) ? plain(type, given) : given)
    if (found.length > 0 || duplicates.some(([, variable]) => variable === name)) faulty ??= type
    issues.push(...found)
  }
  if (issues.length === 0) return undefined
  if (faulty) return invalidResource(faulty, issues)
  return new HealthChainError('incorrect', 'duplicate-keys', 'A JSON object in the request names a key twice.', issues)
}
