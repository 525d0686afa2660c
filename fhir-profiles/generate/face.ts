// The GraphQL face as SDL: what reviewers read and what client generation starts from.
import { lexicographicSortSchema, printSchema } from 'graphql'
import { makeSchema } from '../../src/server/schema.ts'
import { header } from './emit/header.ts'

export async function printFace(): Promise<string> {
  const lines = header('The GraphQL schema.').replaceAll('//', '#')
  return `${lines}\n${printSchema(lexicographicSortSchema(await makeSchema()))}\n`
}
