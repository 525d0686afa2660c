// The gate in front of the real schema: a rule for every root field, default deny, no way around it, and what it costs.
import { ApolloServer, type BaseContext, type GraphQLResponse } from '@apollo/server'
import {
  execute,
  extendSchema,
  type GraphQLError,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  isUnionType,
  parse,
  printSchema,
} from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import { beforeAll, describe, expect, test } from 'vitest'
import { permissions, ROOT_FIELDS, unruled } from '../../resolvers/permissions.ts'
import { OPERATIONS } from '../../src/consent/role-matrix/operations.ts'
import { mayAsk } from '../../src/consent/role-matrix.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import { type Asker, type Right, ROLES, type Role } from '../../src/kernel/asker.ts'
import { HealthChainError } from '../../src/kernel/errors.ts'
import { introspectionForSignedIn, introspects } from '../../src/server/introspection.ts'
import { makeSchema } from '../../src/server/schema.ts'
import { deny, gateOf, guard, rule } from '../../src/server/shield.ts'

let schema: GraphQLSchema
let guarded: GraphQLSchema
beforeAll(async () => {
  schema = await makeSchema()
  guarded = guard(schema)
})

const PURPOSE: Record<Role, string> = {
  patient: 'PATRQT',
  proxy: 'FAMRQT',
  practitioner: 'TREAT',
  nurse: 'TREAT',
  pharmacist: 'TREAT',
  payer: 'HPAYMT',
  researcher: 'HRESCH',
  auditor: 'HCOMPL',
  admin: 'PATADMIN',
  device: 'TREAT',
  system: 'TREAT',
}
const asker = (role: Role, more: Partial<Asker> = {}): Asker => ({
  issuer: 'https://issuer.example',
  subject: 's',
  client: 'c',
  user: 'Practitioner/1',
  role,
  groups: [],
  scopes: [{ context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }],
  purpose: PURPOSE[role],
  ...more,
})

/** Records that note what reached them. */
function context(who?: Asker) {
  const reached: string[] = []
  const note = (name: string, answer: unknown) => (type: string) => {
    reached.push(`${name} ${type}`)
    return answer
  }
  const records = {
    read: note('read', { resourceType: 'Patient', id: 'p' }),
    list: note('list', []),
    connection: note('connection', {}),
    history: note('history', []),
    create: note('create', { id: 'p' }),
    update: note('update', { id: 'p' }),
    delete: note('delete', true),
  }
  const operations = { emergencyAccess: note('emergencyAccess', { id: 'e' }) }
  return { reached, records, operations, ...(who && { asker: who }) }
}

type Result = { data?: unknown; errors?: readonly GraphQLError[] }
async function ask(source: string, who?: Asker, on = guarded): Promise<Result & { reached: string[] }> {
  const contextValue = context(who)
  const result = (await execute({ schema: on, document: parse(source), contextValue })) as Result
  return { ...result, reached: contextValue.reached }
}
const reasons = ({ errors }: Result) =>
  errors?.map(({ originalError }) => (originalError instanceof HealthChainError ? originalError.code : 'other'))

const CALLS: Record<string, (type: string) => string> = {
  '': (type) => `{ ${type}(id: "p") { id } }`,
  List: (type) => `{ ${type}List { id } }`,
  Connection: (type) => `{ ${type}Connection { next } }`,
  History: (type) => `{ ${type}History(id: "p") { versionId } }`,
  Create: (type) => `mutation { ${type}Create(res: {}) { id } }`,
  Update: (type) => `mutation { ${type}Update(id: "p", res: {}) { id } }`,
  Delete: (type) => `mutation { ${type}Delete(id: "p") }`,
}

describe('the rule tree', () => {
  test('has a rule for every root field of the real schema', () => {
    const gate = gateOf(schema)
    expect(gate.fields.Query.length + gate.fields.Mutation.length).toBeGreaterThanOrEqual(7 * RESOURCE_TYPES.length)
    expect(unruled(gate)).toEqual([])
    const tree = permissions({ rule, deny }, gate) as Record<'Query' | 'Mutation', Record<string, unknown>>
    for (const root of ['Query', 'Mutation'] as const) {
      expect(Object.keys(tree[root]).sort()).toEqual(['*', ...gate.fields[root]].sort())
      expect(tree[root]['*']).toBe(deny)
    }
  })

  test('knows when a root field has none, and then denies it to everybody', async () => {
    const seeded = extendSchema(
      schema,
      parse('extend type Query { PatientExport: String } extend type Mutation { Wipe: Int }'),
    )
    expect(unruled(gateOf(seeded))).toEqual(['Query.PatientExport', 'Mutation.Wipe'])
    const on = guard(seeded)
    for (const role of ROLES) {
      expect(reasons(await ask('{ PatientExport }', asker(role), on))).toEqual(['no-rule'])
      expect(reasons(await ask('mutation { Wipe }', asker(role), on))).toEqual(['no-rule'])
    }
  })

  test('guards the named operations', async () => {
    const { fields } = gateOf(schema)
    for (const [name, { on }] of Object.entries(OPERATIONS)) expect(fields[on]).toContain(name)
    const breakGlass = 'mutation { emergencyAccess(patient: "p", reasonCode: "x", reasonText: "x") { id } }'
    const refused = await ask(breakGlass, asker('practitioner'))
    expect([reasons(refused), refused.reached]).toEqual([['purpose'], []])
    const allowed = await ask(breakGlass, asker('practitioner', { purpose: 'BTG' }))
    expect([allowed.errors, allowed.reached.length]).toEqual([undefined, 1])
    expect(reasons(await ask('{ accessHistory(patient: "p") { when } }', asker('researcher')))).toEqual(['role'])
  })

  test('answers each role, type and interaction as the matrix does, and lets nothing refused reach the records', async () => {
    for (const role of ROLES)
      for (const type of RESOURCE_TYPES)
        for (const [suffix, right] of Object.entries({ ...ROOT_FIELDS.Query, ...ROOT_FIELDS.Mutation })) {
          const who = asker(role)
          const answer = await ask(CALLS[suffix]!(type), who)
          const { allowed } = mayAsk(who, type, right as Right)
          const shown = `${role} ${type}${suffix}`
          expect([shown, answer.reached.length]).toEqual([shown, allowed ? 1 : 0])
          if (!allowed) expect(reasons(answer)).toEqual(['role'])
        }
  })

  test.for([
    ['r', ['', 'History']],
    ['s', ['List', 'Connection']],
    ['c', ['Create']],
    ['u', ['Update']],
    ['d', ['Delete']],
  ] as const)('a token with nothing but %s opens %j', async ([right, open]) => {
    const scopes: Asker['scopes'] = [{ context: 'user', type: 'Observation', rights: [right], filter: [] }]
    for (const [suffix, call] of Object.entries(CALLS)) {
      const answer = await ask(call('Observation'), asker('practitioner', { scopes }))
      const isOpen = (open as readonly string[]).includes(suffix)
      expect([suffix, reasons(answer)]).toEqual([suffix, isOpen ? undefined : ['scope']])
    }
  })

  test('tells who is not signed in to sign in, whatever is asked', async () => {
    for (const call of Object.values(CALLS)) {
      const answer = await ask(call('Patient'))
      expect(reasons(answer)).toEqual(['sign-in'])
      expect((answer.errors![0]!.originalError as HealthChainError).category).toBe('unauthenticated')
      expect(answer.reached).toEqual([])
    }
  })
})

describe('ways around', () => {
  const nobody = asker('auditor')
  test.for([
    ['an alias', '{ Organization: Patient(id: "p") { id } }'],
    ['a fragment', '{ ...F } fragment F on Query { Patient(id: "p") { id } }'],
    ['an inline fragment', '{ ... on Query { ... { Patient(id: "p") { id } } } }'],
    ['a directive', '{ Patient(id: "p") @include(if: true) { id } }'],
    ['a fragment in a mutation', 'mutation { ...F } fragment F on Mutation { x: PatientDelete(id: "p") }'],
    ['company of what is allowed', '{ a: AuditEventList { id } Patient(id: "p") { id } }'],
  ] as const)('%s does not get past the rule', async ([, source]) => {
    const answer = await ask(source, nobody)
    expect(reasons(answer)).toEqual(['role'])
    expect(answer.reached.filter((what) => what.endsWith('Patient'))).toEqual([])
  })

  test('one refused field does not open or close its neighbour', async () => {
    const answer = await ask('{ AuditEventList { id } Patient(id: "p") { id } }', nobody)
    expect(answer.data).toEqual({ AuditEventList: [], Patient: null })
    expect(answer.reached).toEqual(['list AuditEvent'])
  })

  test('a rule that breaks lets nobody through', async () => {
    const hostile = {
      get asker(): Asker {
        throw new Error('broken')
      },
      ...context(),
    }
    const document = parse('{ Patient(id: "p") { id } }')
    const result = (await execute({ schema: guarded, document, contextValue: hostile })) as Result
    expect(result.errors).toHaveLength(1)
    expect(hostile.reached).toEqual([])
  })

  test('errors of resolvers come through as they are', async () => {
    const records = { read: () => Promise.reject(new HealthChainError('not-found', 'not-found', 'There is none.')) }
    const contextValue = { records, asker: asker('practitioner') }
    const result = (await execute({
      schema: guarded,
      document: parse('{ Patient(id: "p") { id } }'),
      contextValue,
    })) as Result
    expect(reasons(result)).toEqual(['not-found'])
  })

  test('a judgement is never kept: the next caller is judged anew', async () => {
    const shared = context(asker('practitioner')) as ReturnType<typeof context> & { asker?: Asker }
    const document = parse('{ Patient(id: "p") { id } }')
    await execute({ schema: guarded, document, contextValue: shared })
    shared.asker = asker('auditor')
    expect(reasons((await execute({ schema: guarded, document, contextValue: shared })) as Result)).toEqual(['role'])
  })
})

describe('the guarded schema', () => {
  test('says the same SDL and keeps its unions synchronous', () => {
    expect(printSchema(guarded)).toBe(printSchema(schema))
    const unions = Object.values(guarded.getTypeMap()).filter(isUnionType)
    expect(unions.length).toBeGreaterThan(10)
    for (const union of unions) expect(union.resolveType?.constructor.name).toBe('Function')
  })

  test('wraps root fields only', () => {
    const patient = (of: GraphQLSchema) => (of.getType('Patient') as GraphQLObjectType).getFields()
    for (const [name, { resolve }] of Object.entries(patient(schema)))
      expect(patient(guarded)[name]!.resolve).toBe(resolve)
  })

  const source = '{ Patient(id: "p") { id } refused: AuditEventList { id } }'
  test('compiles, and the compiled query refuses alike', async () => {
    const compiled = compileQuery(guarded, parse(source))
    if (!isCompiledQuery(compiled)) throw new Error('does not compile')
    const contextValue = context(asker('practitioner'))
    const result = (await compiled.query({}, contextValue, {})) as Result
    expect(result.data).toEqual({ Patient: { id: 'p' }, refused: null })
    expect(reasons(result)).toEqual(['role'])
    expect(contextValue.reached).toEqual(['read Patient'])
  })

  test('costs microseconds per root field', async () => {
    const cost = async (of: GraphQLSchema) => {
      const compiled = compileQuery(of, parse('{ Patient(id: "p") { id } }'))
      if (!isCompiledQuery(compiled)) throw new Error('does not compile')
      const contextValue = context(asker('practitioner'))
      const rounds = []
      for (let round = 0; round < 5; round++) {
        const before = process.cpuUsage().user
        for (let i = 0; i < 2000; i++) await compiled.query({}, contextValue, {})
        rounds.push((process.cpuUsage().user - before) / 2000)
      }
      return Math.min(...rounds)
    }
    expect((await cost(guarded)) - (await cost(schema))).toBeLessThan(30)
  })
})

describe('introspection', () => {
  const tiny = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { a: { type: GraphQLString } } }),
  })
  async function introspect(query: string, development: boolean, who?: Asker): Promise<GraphQLResponse> {
    const apollo = new ApolloServer<BaseContext & { asker?: Asker }>({
      schema: tiny,
      introspection: true,
      plugins: [introspectionForSignedIn(development)],
    })
    const response = await apollo.executeOperation({ query }, { contextValue: who ? { asker: who } : {} })
    await apollo.stop()
    return response
  }
  const refused = ({ body, http }: GraphQLResponse) =>
    body.kind === 'single' &&
    body.singleResult.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED' &&
    http.status === 401

  test.for([
    '{ __schema { types { name } } }',
    '{ innocent: __type(name: "Query") { name } }',
    '{ ...F } fragment F on Query { __schema { queryType { name } } }',
    '{ a ... on Query { ... { __schema { queryType { name } } } } }',
  ])('%s needs a signed-in caller in production', async (query) => {
    expect(refused(await introspect(query, false))).toBe(true)
    expect(refused(await introspect(query, false, asker('patient')))).toBe(false)
    expect(refused(await introspect(query, true))).toBe(false)
  })

  test('__typename is free, and names in strings and aliases are no introspection', async () => {
    expect(refused(await introspect('{ __typename a }', false))).toBe(false)
    expect(introspects(parse('{ __schema: a(b: "__schema") }'))).toBe(false)
  })
})
