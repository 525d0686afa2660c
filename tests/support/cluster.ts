// One PostgreSQL for the whole run: TEST_DATABASE_URL, or an embedded cluster of its own. A migrated template database
// lets each test file have a fresh one in a few hundredths of a second.
import { rmSync } from 'node:fs'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openCluster } from '../../src/server/embedded-postgres.ts'
import { openDatabase } from '../../src/store/database.ts'
import { makeDataDir } from './data-dir.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
  }
}

export const TEMPLATE = 'healthchain_template'

export function at(url: string, database: string): string {
  const made = new URL(url)
  made.pathname = `/${database}`
  return made.href
}

/** How a database is copied: as files, which in memory takes a tenth of writing all of it to the log. */
export const COPY = 'strategy file_copy'

export default async function setup(project: TestProject) {
  const given = process.env.TEST_DATABASE_URL
  const dataDir = given ? undefined : makeDataDir()
  const cluster = dataDir ? await openCluster({ dataDir }) : undefined
  const url = given ?? cluster!.url
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`drop database if exists ${TEMPLATE}`)
  await client.query(`create database ${TEMPLATE}`)
  await client.end()
  await (await openDatabase({ url: at(url, TEMPLATE) })).close()
  project.provide('databaseUrl', url)
  return async () => {
    await cluster?.stop()
    if (dataDir) rmSync(dataDir, { recursive: true, force: true })
  }
}
