// What of a request goes into the audit log. A question stands there as it was asked, whoever asked it (IHE BALP, Query). Of a
// mutation only its shape: what it writes is the record's, and must be gone with the record when that is erased. Pure.

import { hash } from 'node:crypto'
import { type ASTNode, Kind, OperationTypeNode, parse, print, visit } from 'graphql'
import { isObject } from '../kernel/json.ts'
import { memo } from '../store/audit/memo.ts'
import type { RawQuery } from '../store/audit/occurrence.ts'

/** @param sent the body of a POST, or the query string of a GET, as an object */
export function rawRequest(sent: unknown): RawQuery {
  // What is no request may be anything.
  if (!isObject(sent) || typeof sent.query !== 'string')
    return { document: '', rest: digest(JSON.stringify(sent) ?? '') }
  const { query, ...rest } = sent
  const shape = shapeOf(query)
  if (shape === undefined) return { document: query, rest: JSON.stringify(rest) }
  return { document: shape, rest: digest(JSON.stringify(sent)) }
}

/** Of all that was sent: who kept the request can show that it was this one. */
const digest = (text: string): string => JSON.stringify({ sha256: hash('sha256', text, 'hex') })

/** Longer documents are seldom asked twice. */
const REMEMBERED = 4096

/** Undefined for what only asks. */
function shapeOf(query: string): string | undefined {
  if (!/\bmutation\b/.test(query)) return undefined
  return query.length > REMEMBERED ? makeShape(query) : remembered(query)
}

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
function makeShape(query: string): string | undefined {
  try {
    const document = parse(query, { noLocation: true, maxTokens: 20_000 })
    const mutates = document.definitions.some(
      (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION,
    )
    return mutates ? print(visit(document, { enter: (node) => BLANK[node.kind] })) : undefined
  } catch {
    return ''
  }
}

const remembered = memo(makeShape)
