// What of a request goes into the audit log. A question stands there as it was asked, whoever asked it (IHE BALP, Query). Of a
// mutation only its shape: what it writes is the record's, and must be gone with the record when that is erased; not even a
// hash of it stays, which guessing would open. So it is with the draft of a consent, about which one may ask. Pure.

import {
  type ASTNode,
  type FieldNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type ParseOptions,
  parse,
  print,
  visit,
} from 'graphql'
import { isObject } from '../kernel/json.ts'
import { memo } from '../store/audit/memo.ts'
import type { RawQuery } from '../store/audit/occurrence.ts'
import { LIMITS } from './limits.ts'

/** @param sent the body of a POST, or the query string of a GET, as an object */
export function rawRequest(sent: unknown): RawQuery {
  // What is no request may be anything.
  if (!isObject(sent) || typeof sent.query !== 'string') return { document: '' }
  const { query, ...rest } = sent
  const shape = shapeOf(query, typeof rest.operationName === 'string' ? rest.operationName : '')
  if (shape !== undefined) return { document: shape }
  return query.includes(DRAFTED) ? withoutDrafts(query, rest) : { document: query, rest: JSON.stringify(rest) }
}

/** Longer documents are seldom asked twice. */
const REMEMBERED = 4096

/** Undefined for what only asks; of several operations `name` says which is meant. */
function shapeOf(query: string, name: string): string | undefined {
  if (!/\bmutation\b/.test(query)) return undefined
  const key = `${name}\n${query}`
  return key.length > REMEMBERED ? makeShape(key) : remembered(key)
}

const PARSING: ParseOptions = { noLocation: true, maxTokens: LIMITS.tokens }

/** Values of a document, each as one that tells nothing. */
const BLANK: Readonly<Record<string, ASTNode>> = {
  [Kind.STRING]: { kind: Kind.STRING, value: '' },
  [Kind.INT]: { kind: Kind.INT, value: '0' },
  [Kind.FLOAT]: { kind: Kind.FLOAT, value: '0' },
  [Kind.ENUM]: { kind: Kind.ENUM, value: 'value' },
  [Kind.BOOLEAN]: { kind: Kind.BOOLEAN, value: true },
  [Kind.OBJECT]: { kind: Kind.OBJECT, fields: [] },
  [Kind.LIST]: { kind: Kind.LIST, values: [] },
}

/** Empty for what nobody can read: it is answered with an error, and may hold anything. */
function makeShape(key: string): string | undefined {
  const end = key.indexOf('\n')
  try {
    const document = parse(key.slice(end + 1), PARSING)
    const meant = getOperationAST(document, key.slice(0, end) || undefined)
    if (meant && meant.operation !== OperationTypeNode.MUTATION) return undefined
    return print(blank(document))
  } catch {
    return ''
  }
}

const remembered = memo(makeShape)

/** The field that is asked with the text of a Consent. */
const DRAFTED = 'consentSimulate'

const isDrafted = ({ name }: FieldNode) => name.value === DRAFTED

/** Everything else stands there as it was asked, variables too, unless a draft alone names them. */
function withoutDrafts(query: string, rest: Record<string, unknown>): RawQuery {
  try {
    const document = parse(query, PARSING)
    const others = visit(document, {
      VariableDefinition: () => null,
      Field: (field) => (isDrafted(field) ? { ...field, arguments: [] } : undefined),
    })
    const kept = variablesIn(others)
    const hidden = variablesIn(document).difference(kept)
    const told = visit(document, {
      VariableDefinition: (node) => (hidden.has(node.variable.name.value) ? blank(node) : undefined),
      Field: (field) => (isDrafted(field) ? { ...field, arguments: field.arguments?.map(blank) } : undefined),
    })
    return { document: print(told), rest: JSON.stringify(onlyVariables(rest, kept)) }
  } catch {
    return { document: '' }
  }
}

const blank = <Node extends ASTNode>(node: Node): Node => visit(node, { enter: (inner) => BLANK[inner.kind] })

function variablesIn(document: ASTNode): Set<string> {
  const found = new Set<string>()
  visit(document, { Variable: ({ name }) => void found.add(name.value) })
  return found
}

/** A GET brings its variables as a text. */
function onlyVariables(rest: Record<string, unknown>, kept: ReadonlySet<string>): Record<string, unknown> {
  if (rest.variables === undefined) return rest
  const given: unknown = typeof rest.variables === 'string' ? JSON.parse(rest.variables) : rest.variables
  const named = Object.entries(isObject(given) ? given : {}).filter(([name]) => kept.has(name))
  return { ...rest, variables: Object.fromEntries(named) }
}
