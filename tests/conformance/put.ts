// How a resource gets in: over GraphQL, or by import where GraphQL takes none of its type. Nobody writes AuditEvent or
// Provenance there, and a Consent only if it can be enforced (IHE PCF): HL7's examples of Consent are mostly older dialects.
// AuditEvents only grow out of what happens, so those of others are laid down here, where earlier releases kept them, by the owner of the table.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect } from 'vitest'
import { commit, prepare } from '../../src/interactions/pipeline.ts'
import { isObject } from '../../src/kernel/json.ts'
import { indexRow } from '../../src/search/index-row.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import type { TestApp } from '../support/app.ts'
import { parsed } from './canonical.ts'

type Node = Record<string, unknown>

const BY_IMPORT = ['AuditEvent', 'Provenance', 'Consent']
/** Whether GraphQL takes none of the type, or not every one that R4 allows. */
export const isImported = (type: string) => BY_IMPORT.includes(type)

/** Writes `Type/id`, or under a new id where `text` is given without one; the id under which it stands. */
export async function put(server: TestApp, type: string, text: string, id?: string): Promise<string> {
  if (type === 'AuditEvent') return laidDown(server, text, id ?? randomUUID())
  if (isImported(type)) return imported(server, type, text, id)
  const [arg, value, operation] = id === undefined ? ['', '', 'Create'] : ['$id: ID!, ', 'id: $id, ', 'Update']
  const query = `mutation(${arg}$res: ${type}Input!) { ${type}${operation}(${value}res: $res) { id } }`
  const answer = await server.ask(query, `{${id === undefined ? '' : `"id":${JSON.stringify(id)},`}"res":${text}}`)
  expect(answer.errors, JSON.stringify(answer.errors?.slice(0, 3))).toBeUndefined()
  return answer.data[`${type}${operation}`].id
}

async function imported(server: TestApp, type: string, text: string, id: string | undefined): Promise<string> {
  const resource = parsed(text)
  const call =
    id === undefined ? { kind: 'create' as const, type, resource } : { kind: 'update' as const, type, id, resource }
  prepare({ ...call, imported: true })
  const [written] = await commit([{ ...call, imported: true }], await operatorInteraction(server.database, 'test'))
  return written!.id
}

async function laidDown({ url }: TestApp, text: string, id: string): Promise<string> {
  const given = parsed(text)
  const base = { id, version: 1, last_updated: new Date().toISOString() }
  const meta = { ...(isObject(given.meta) && given.meta), versionId: '1', lastUpdated: base.last_updated }
  const content = JSON.stringify({ ...given, id, meta })
  const row = { ...indexRow(parsed(content)), ...base, deleted: false, lossless: true, content }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const insert =
    'insert into audit_event_foreign select * from json_populate_record(null::audit_event_foreign, $1::json)'
  await client.query(insert, [JSON.stringify(row)]).finally(() => client.end())
  return id
}

const RAISED = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const ADDED = ['http://terminology.hl7.org/CodeSystem/v3-ActCode', RAISED]

const securityOf = ({ meta }: Node): Node[] =>
  isObject(meta) && Array.isArray(meta.security) ? meta.security.filter(isObject) : []
const without = (labels: Node[], others: Node[]) => {
  const texts = new Set(others.map((label) => JSON.stringify(label)))
  return labels.filter((label) => !texts.has(JSON.stringify(label)))
}

/**
 * What was told, without the security labels that the server added for what the codes in it say. Labels may come, and a
 * confidentiality may rise; nothing else of `meta.security` may differ from what was given.
 */
export function withoutAddedLabels(told: Node, given: Node): Node {
  const [labels, before] = [securityOf(told), securityOf(given)]
  const added = without(labels, before)
  if (added.length === 0) return told
  expect(added.filter(({ system }) => !ADDED.includes(String(system)))).toEqual([])
  expect(without(before, labels).filter(({ system }) => system !== RAISED)).toEqual([])
  const { security: _, ...meta } = told.meta as Node
  return { ...told, meta: { ...meta, ...(before.length > 0 && { security: before }) } }
}
