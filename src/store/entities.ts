// Every table that MikroORM owns: the generated resource tables and the few that are no resource.
import { EntitySchema } from '@mikro-orm/core'
import { RESOURCE_TABLES } from './generated/entities.ts'

/** Every version ever written, append-only: a trigger refuses update, delete and truncate. */
const ResourceVersion = new EntitySchema({
  name: 'ResourceVersion',
  tableName: 'resource_version',
  properties: {
    type: { type: 'string', columnType: 'text', primary: true },
    id: { type: 'string', columnType: 'text', primary: true },
    version: { type: 'integer', columnType: 'int', primary: true },
    last_updated: { type: 'datetime', columnType: 'timestamptz(3)' },
    operation: { type: 'string', columnType: 'text' },
    lossless: { type: 'boolean', columnType: 'boolean' },
    content: { type: 'string', columnType: 'text', nullable: true },
  },
})

/** Keys that all processes on one database share, such as the one that seals cursors. */
const ServerSecret = new EntitySchema({
  name: 'ServerSecret',
  tableName: 'server_secret',
  properties: {
    name: { type: 'string', columnType: 'text', primary: true },
    value: { type: 'string', columnType: 'text' },
  },
})

/** What the server remembers of itself, such as how far the demo population has come. */
const ServerState = new EntitySchema({
  name: 'ServerState',
  tableName: 'server_state',
  properties: {
    name: { type: 'string', columnType: 'text', primary: true },
    value: { type: 'string', columnType: 'text' },
  },
})

export const ENTITIES = [...RESOURCE_TABLES.map(({ entity }) => entity), ResourceVersion, ServerSecret, ServerState]
