// What operations must select so that the cache tells resources and their versions apart (cache-key.ts), as GraphQL
// validation rules. Generation fails where they do not hold.
import {
  type ASTVisitor,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import { resourceTypes } from './cache-keys.ts'

const asks = (set: SelectionSetNode | undefined, name: string, within = (_field: FieldNode) => true): boolean =>
  set?.selections.some((s) => s.kind === Kind.FIELD && (s.alias ?? s.name).value === name && within(s)) ?? false

const asksVersion = (field: FieldNode): boolean => field.name.value === 'meta' && asks(field.selectionSet, 'versionId')

const isFragment = ({ kind }: SelectionNode): boolean => kind !== Kind.FIELD

/** Each selection on a resource has `id` and `meta { versionId }`, itself or through a fragment (which is judged itself). */
export const resourcesAreKeyed = (schema: GraphQLSchema): ValidationRule => {
  const resources = resourceTypes(schema)
  return (context: ValidationContext): ASTVisitor => ({
    SelectionSet(set) {
      const type = context.getParentType()?.name ?? ''
      if (!resources.has(type) || set.selections.some(isFragment)) return
      if (asks(set, 'id') && asks(set, 'meta', asksVersion)) return
      context.reportError(new GraphQLError(`Select "id" and "meta { versionId }" on ${type}.`, { nodes: set }))
    },
  })
}

/** What is read as a past version says so, or it would overwrite the current one. */
export const pastVersionsAreApart: ValidationRule = (context: ValidationContext): ASTVisitor => ({
  Field(field) {
    const inHistory = field.name.value === 'resource' && context.getParentType()?.name.endsWith('HistoryEntry')
    const ofVersion = field.arguments?.some(({ name }) => name.value === 'versionId')
    if (!(inHistory || ofVersion) || asks(field.selectionSet, 'pastVersion', asksVersion)) return
    const message = `Select "pastVersion: meta { versionId }" directly in "${field.name.value}".`
    context.reportError(new GraphQLError(message, { nodes: field }))
  },
})
