// Limits on the shape of a document, as GraphQL validation rules: they hold before anything runs.
import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'

export const LIMITS = {
  /** Nesting of fields, fragments followed. */
  depth: 25,
  /** Fields in all, fragments counted as often as they are used. */
  fields: 5000,
  /** Root fields: each is a statement of its own. */
  roots: 30,
  /** Tokens of a document. */
  tokens: 30_000,
} as const

interface Size {
  depth: number
  fields: number
  /** Fields at the top, fragments followed. */
  tops: number
}
const NOTHING: Size = { depth: 0, fields: 0, tops: 0 }

const tooCostly = (message: string) => new GraphQLError(message, { extensions: { code: 'TOO_COSTLY' } })

export function documentLimits(context: ValidationContext): ASTVisitor {
  const fragments = new Map<string, Size>()

  const ofFragment = (fragment: FragmentDefinitionNode): Size => {
    const { value } = fragment.name
    const known = fragments.get(value)
    if (known) return known
    // A fragment that reaches itself is another rule's error; here it must only end.
    fragments.set(value, NOTHING)
    const size = measure(fragment.selectionSet)
    fragments.set(value, size)
    return size
  }

  function measure(set: SelectionSetNode): Size {
    const size = { ...NOTHING }
    for (const selection of set.selections) {
      const field = selection.kind === Kind.FIELD
      // Introspection nests by itself and touches no data.
      if (field && selection.name.value.startsWith('__')) continue
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? context.getFragment(selection.name.value) : undefined
      const inner = fragment
        ? ofFragment(fragment)
        : 'selectionSet' in selection && selection.selectionSet
          ? measure(selection.selectionSet)
          : NOTHING
      size.depth = Math.max(size.depth, inner.depth + (field ? 1 : 0))
      size.fields += inner.fields + (field ? 1 : 0)
      size.tops += field ? 1 : inner.tops
    }
    return size
  }

  return {
    OperationDefinition(operation) {
      const { depth, fields, tops } = measure(operation.selectionSet)
      if (depth > LIMITS.depth) context.reportError(tooCostly(`Fields nest at most ${LIMITS.depth} deep.`))
      if (fields > LIMITS.fields) context.reportError(tooCostly(`A document has at most ${LIMITS.fields} fields.`))
      if (tops > LIMITS.roots) context.reportError(tooCostly(`A document has at most ${LIMITS.roots} root fields.`))
    },
  }
}
