// Entities -> a new migration when they differ from migrations/snapshot.json. Needs no database.
import { MikroORM } from '@mikro-orm/postgresql'
import { ormOptions } from '../../src/store/database.ts'

/** With `check` nothing is written. @returns whether entities and snapshot differ. */
export async function migrateEntities(check: boolean): Promise<boolean> {
  const orm = new MikroORM({ ...ormOptions('postgresql://localhost/offline'), connect: false } as never)
  try {
    if (check) return await orm.migrator.checkSchema()
    const { fileName } = await orm.migrator.create(undefined, false, false, 'tables')
    if (fileName) console.log(`migrations/${fileName}: new`)
    return fileName !== ''
  } finally {
    await orm.close(true)
  }
}
