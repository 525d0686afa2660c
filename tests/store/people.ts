// People who ask, and how the tests of the store ask for them.
import type { Asker, Role } from '../../src/kernel/asker.ts'
import type { TestApp } from '../support/app.ts'

export const person = (user: string, role: Role, purpose: string, more: Partial<Asker> = {}): Asker => ({
  ...{ issuer: 'https://issuer.example', subject: user, client: 'portal', user, role, groups: [], purpose },
  scopes: [{ context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }],
  ...more,
})

/** As the operator. */
export async function put(server: TestApp, type: string, id: string, res: object): Promise<void> {
  const query = `mutation($id: ID!, $res: ${type}Input!) { ${type}Update(id: $id, res: $res) { id } }`
  const { errors } = await server.ask(query, { id, res })
  if (errors) throw new Error(`${type}/${id} was refused: ${JSON.stringify(errors)}`)
}
