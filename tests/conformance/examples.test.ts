// Every official example of the lens goes in over the write path and comes back over GraphQL and over history, equal as
// canonical JSON with decimals digit for digit, but for the security labels that its codes earn. https://hl7.org/fhir/R4/downloads.html (package hl7.fhir.r4.examples)
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { canonical, parsed, withoutServerMeta } from './canonical.ts'
import { put, withoutAddedLabels } from './put.ts'
import { asDeepAs, asFhir, printed, projected, twoLevels } from './selection.ts'

type Node = Record<string, unknown>

/** Examples that break R4 themselves: what is refused, and why that is right. */
const REFUSED: Record<string, { code: string; expression: string; diagnostics: string }> = {
  // It holds a CommunicationRequest, which is no type of the lens.
  'Communication-fm-solicited.json': {
    code: 'not-supported',
    expression: 'Communication.contained[2].resourceType',
    diagnostics: 'No resource type that this server can contain.',
  },
  // R4 lets only an Organization dispense; the example names a Practitioner.
  'MedicationRequest-medrx0301.json': {
    code: 'invalid',
    expression: 'MedicationRequest.dispenseRequest.performer',
    diagnostics: 'May refer only to Organization.',
  },
  // R4 lets no Device perform an Observation (Observation.device is for that); the example names one.
  'Observation-clinical-gender.json': {
    code: 'invalid',
    expression: 'Observation.performer[0]',
    diagnostics: 'May refer only to Practitioner, PractitionerRole, Organization, CareTeam, Patient, RelatedPerson.',
  },
}

interface Example {
  file: string
  type: string
  id: string
  text: string
  resource: Node
}

const folder = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
const examples: Example[] = readdirSync(fileURLToPath(folder))
  .filter((file) => RESOURCE_TYPES.some((type) => file.startsWith(`${type}-`)) && file.endsWith('.json'))
  .map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const resource = parsed(text)
    return { file, type: String(resource.resourceType), id: String(resource.id), text, resource }
  })

let server: TestApp
beforeAll(async () => {
  server = await testApp()
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

const update = (type: string) => `mutation($id: ID!, $res: ${type}Input!) { ${type}Update(id: $id, res: $res) { id } }`

/** The answer to one root field, read digit for digit. */
async function told(query: string, variables: string): Promise<unknown> {
  const answer = await server.ask(query, variables)
  expect(answer.errors, JSON.stringify(answer.errors?.slice(0, 3))).toBeUndefined()
  return Object.values(parsed(answer.text).data as Node)[0]
}

function same(answer: unknown, resource: Node): void {
  const told = withoutAddedLabels(asFhir(answer) as Node, resource)
  expect(canonical(withoutServerMeta(told))).toBe(canonical(withoutServerMeta(resource)))
}

test('the package holds 360 examples of the lens, each with an id of its own', () => {
  expect(examples).toHaveLength(360)
  expect(new Set(examples.map(({ type, id }) => `${type}/${id}`)).size).toBe(360)
  expect(examples.filter(({ file, type, id }) => file !== `${type}-${id}.json`)).toEqual([])
})

describe('an example goes in and comes back, over a query of its depth and over history', () => {
  test.for(examples.filter(({ file }) => !REFUSED[file]))('$file', async ({ type, id, text, resource }) => {
    const variables = JSON.stringify({ id })
    expect(await put(server, type, text, id)).toBe(id)
    const whole = printed(asDeepAs(type, [resource]))
    same(await told(`query($id: ID!) { ${type}(id: $id) ${whole} }`, variables), resource)
    const entries = await told(
      `query($id: ID!) { ${type}History(id: $id) { versionId operation resource ${whole} } }`,
      variables,
    )
    const [entry, ...more] = entries as Node[]
    expect(more).toEqual([])
    expect(entry).toMatchObject({ versionId: '1', operation: 'create' })
    same(entry!.resource, resource)
  })
})

describe('a query of every element of its type, present or not, tells what an example holds', () => {
  test.for(RESOURCE_TYPES)('%s', async (type) => {
    const fields = twoLevels(type)
    const stored = examples.filter((example) => example.type === type && !REFUSED[example.file])
    expect(stored.length).toBeGreaterThan(0)
    for (const { id, resource } of stored) {
      const answer = await told(`query($id: ID!) { ${type}(id: $id) ${printed(fields)} }`, JSON.stringify({ id }))
      same(answer, projected(resource, fields) as Node)
    }
  })
})

describe('an example without its id goes in over create, under an id of the server', () => {
  test.for(RESOURCE_TYPES)('%s', async (type) => {
    const stored = examples.filter((example) => example.type === type && !REFUSED[example.file])
    const { resource } = stored.reduce((a, b) => (b.text.length > a.text.length ? b : a))
    const { id: _, ...rest } = resource
    const whole = printed(asDeepAs(type, [resource]))
    const id = await put(server, type, JSON.stringify(rest))
    expect(id).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    // Interpreted the first time, compiled from then on.
    const read = `query($id: ID!) { ${type}(id: $id) ${whole} }`
    for (let time = 1; time <= 3; time++) same(await told(read, JSON.stringify({ id })), { ...rest, id })
  })
})

describe('over GraphQL', () => {
  const ask = ({ type, id, text }: Example) => server.ask(update(type), `{"id":"new-${id}","res":${bare(text)}}`)
  const bare = (text: string) => {
    const { id: _, ...rest } = parsed(text)
    return JSON.stringify(rest)
  }

  test('nobody writes an AuditEvent or a Provenance: the platform does', async () => {
    const written = examples.filter(({ type }) => type === 'AuditEvent' || type === 'Provenance')
    expect(written.length).toBeGreaterThan(10)
    for (const example of written) {
      const { status, errors } = await ask(example)
      expect([example.file, status, errors?.[0]?.extensions.code]).toEqual([example.file, 403, 'FORBIDDEN'])
    }
  })

  // Provisions without a type at the root (R4's opt-in and opt-out dialects), policyRule alone, actors of other servers.
  test.for(examples.filter(({ type }) => type === 'Consent'))(
    '$file promises what nobody could keep',
    async (example) => {
      const { errors } = await ask(example)
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNSUPPORTED', reason: 'unenforceable' })
      const codes = errors?.[0]?.extensions.resource.issue.map(({ code }: { code: string }) => code)
      expect(new Set(codes)).toEqual(new Set(['business-rule']))
    },
  )
})

describe('an example that breaks R4 is refused for exactly that', () => {
  test.for(Object.entries(REFUSED))('%s', async ([file, reason]) => {
    const { type, id, text } = examples.find((example) => example.file === file)!
    const answer = await server.ask(update(type), `{"id":${JSON.stringify(id)},"res":${text}}`)
    const issues = answer.errors?.[0]?.extensions.resource.issue
    expect(issues).toEqual([
      { severity: 'error', code: reason.code, diagnostics: reason.diagnostics, expression: [reason.expression] },
    ])
    const read = await server.ask(`query($id: ID!) { ${type}(id: $id) { id } }`, { id })
    expect(read.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  })
})
