// What an answer says of itself beside the data: which nulls policy caused and why, whatever the data; and what the law
// asks of whoever was told something.
import type { GraphQLRequestContext } from '@apollo/server'
import { type DocumentNode, type GraphQLSchema, getNamedType, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { disclosures } from '../consent/disclosure.ts'
import { sensitivityMask } from '../consent/labels.ts'
import type { RequestContext } from './execute.ts'

type Selected = readonly (readonly [type: string, element: string])[]
// Apollo hands out the same document for the same text.
const known = new WeakMap<DocumentNode, Selected>()

function selectedIn(schema: GraphQLSchema, document: DocumentNode): Selected {
  const found = known.get(document)
  if (found) return found
  const selected: [string, string][] = []
  const info = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(info, {
      Field({ name }) {
        const parent = info.getParentType()
        if (parent) selected.push([getNamedType(parent).name, name.value])
      },
    }),
  )
  known.set(document, selected)
  return selected
}

/** `extensions.disclosure` and `extensions.obligations`, where there are any. */
export function disclosureOf(schema: GraphQLSchema, { document, contextValue }: GraphQLRequestContext<RequestContext>) {
  const { hidden, obligations, trail } = contextValue.interaction
  const disclosure = hidden.size === 0 ? [] : disclosures(hidden, selectedIn(schema, document!))
  const told = trail.sensitivity
  const owed = obligations
    .filter(
      ({ text, sensitivities }) =>
        text !== undefined && sensitivities?.some((code) => (sensitivityMask(code) & told) !== 0),
    )
    .map(({ id, code, text, source }) => ({ id, code, text, source }))
  return { ...(disclosure.length > 0 && { disclosure }), ...(owed.length > 0 && { obligations: owed }) }
}
