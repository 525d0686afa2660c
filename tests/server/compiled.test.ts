// Compiled or not, an operation has one answer; and what cannot be compiled safely never is.
import type { GraphQLRequestContext } from '@apollo/server'
import {
  buildSchema,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  getOperationAST,
  parse,
} from 'graphql'
import { compileQuery } from 'graphql-jit'
import { beforeEach, expect, test, vi } from 'vitest'
import { runner } from '../../src/server/compiled.ts'

vi.mock('graphql-jit', async (original) => {
  const jit = await original<typeof import('graphql-jit')>()
  return { ...jit, compileQuery: vi.fn(jit.compileQuery) }
})
const compilations = vi.mocked(compileQuery)

const schema = buildSchema(`
  input Deep { deeper: Deep, wider: [Deep!], text: String }
  type Name { family: String, fails: String!, self: Name }
  type Query { name(id: ID, upper: Boolean = false): Name, names: [Name!], deep(given: Deep): String }
  type Mutation { rename(to: String): String }
`)
interface Context {
  calls: number
}
// graphql-jit calls no function that stands in the data: all are resolvers, as those of our schema are.
const resolve = (
  type: string,
  field: string,
  resolver: (source: unknown, args: never, context: Context) => unknown,
) => {
  const fields = (schema.getType(type) as GraphQLObjectType).getFields()
  fields[field]!.resolve = resolver as unknown as GraphQLFieldResolver<unknown, unknown>
}
resolve('Name', 'family', (_source, _args, { calls }) => `family ${calls}`)
resolve('Name', 'self', () => ({}))
resolve('Name', 'fails', () => {
  throw new Error('no such thing')
})
resolve('Query', 'names', () => [{}, {}])
resolve('Query', 'deep', (_source, { given }: { given: unknown }) => JSON.stringify(given))
resolve('Query', 'name', (_source, { id }: { id?: string }, context) => {
  context.calls++
  return id === 'none' ? null : {}
})
resolve('Mutation', 'rename', (_source, { to }: { to: string }, context) => {
  context.calls++
  return to
})

const run = runner<Context>(schema)
type Request = GraphQLRequestContext<Context & object>
async function answers(document: DocumentNode, variables: object = {}, operationName?: string) {
  const contextValue = { calls: 0 }
  const operation = getOperationAST(document, operationName)!
  const request = { document, contextValue, request: { variables }, operationName: operationName ?? null }
  const result = await run(request as unknown as Request, operation)
  return { ...JSON.parse(JSON.stringify(result)), calls: contextValue.calls }
}
beforeEach(() => {
  compilations.mockClear()
})

test.for<[string, object?]>([
  ['{ name { family } }'],
  ['query($id: ID) { name(id: $id) { family self { family } } }', { id: 'none' }],
  ['query($id: ID, $with: Boolean!) { name(id: $id) { family @include(if: $with) } }', { id: '1', with: false }],
  ['{ names { ...F } } fragment F on Name { family }'],
  ['{ names { family fails } }'],
  ['{ name { fails } names { family } }'],
  ['query($id: ID!) { name(id: $id) { family } }'],
  ['query($up: Boolean) { name(upper: $up) { __typename family } }', { up: 'yes' }],
])('%s is compiled the second time it comes, and answers as before', async ([text, variables]) => {
  const document = parse(text)
  const first = await answers(document, variables)
  expect(compilations).not.toHaveBeenCalled()
  const second = await answers(document, variables)
  const third = await answers(document, variables)
  expect(compilations).toHaveBeenCalledTimes(1)
  for (const later of [second, third]) {
    expect([later.data, later.calls]).toEqual([first.data, first.calls])
    // Words differ, and how many errors one null has.
    expect(later.errors?.[0].path).toEqual(first.errors?.[0].path)
    expect(later.errors === undefined).toBe(first.errors === undefined)
  }
})

test('attack: a recursive object as a variable, again and again: memory would end, so it is never compiled', async () => {
  const document = parse('query($given: Deep) { deep(given: $given) }')
  const given = { wider: [{ deeper: { text: 'x' } }] }
  for (let n = 0; n < 3; n++) expect((await answers(document, { given })).data.deep).toBe(JSON.stringify(given))
  const within = parse('query($given: [Deep!]!) { deep(given: { wider: $given }) }')
  for (let n = 0; n < 3; n++) expect((await answers(within, { given: [] })).errors).toBeUndefined()
  expect(compilations).not.toHaveBeenCalled()
})

test('a mutation happens once each time, and is never compiled', async () => {
  const document = parse('mutation($to: String) { rename(to: $to) }')
  for (let n = 0; n < 3; n++) expect(await answers(document, { to: 'x' })).toMatchObject({ calls: 1 })
  expect(compilations).not.toHaveBeenCalled()
})

test('operations of one document are kept apart by their names', async () => {
  const document = parse('query A { name { family } } query B { names { family } } mutation C { rename(to: "x") }')
  for (let n = 0; n < 3; n++) {
    expect(Object.keys((await answers(document, {}, 'A')).data)).toEqual(['name'])
    expect(Object.keys((await answers(document, {}, 'B')).data)).toEqual(['names'])
    expect(Object.keys((await answers(document, {}, 'C')).data)).toEqual(['rename'])
  }
  expect(compilations).toHaveBeenCalledTimes(2)
})

test('what cannot be compiled is tried once and runs all the same', async () => {
  compilations.mockImplementationOnce(() => ({ errors: [] }))
  const document = parse('{ name { family } }')
  for (let n = 0; n < 4; n++) expect((await answers(document)).data).toEqual({ name: { family: 'family 1' } })
  expect(compilations).toHaveBeenCalledTimes(1)
})

test('attack: a compiled operation never carries the context of one caller to the next', async () => {
  const document = parse('{ name { family } }')
  await answers(document)
  const both = await Promise.all([answers(document), answers(document), answers(document)])
  expect(both.map(({ data }) => data.name.family)).toEqual(['family 1', 'family 1', 'family 1'])
})
