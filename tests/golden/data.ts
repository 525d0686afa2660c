// Writes data.json under its fixed ids; ana gets a second and a third version, erased comes and goes.
import { readFileSync } from 'node:fs'
import { isObject, parseJson } from '../../src/kernel/json.ts'
import type { TestApp } from '../support/app.ts'

const text = readFileSync(new URL('./data.json', import.meta.url), 'utf8')

async function put({ ask }: TestApp, type: string, id: string, resource: object): Promise<void> {
  const query = `mutation($id: ID!, $res: ${type}Input!) { ${type}Update(id: $id, res: $res) { id } }`
  // Digits go out as they came in: 1.0e2 is text that JSON.stringify keeps.
  const answer = await ask(query, `{"id":${JSON.stringify(id)},"res":${JSON.stringify(resource)}}`)
  if (answer.errors) throw new Error(`data.json: ${type}/${id} was refused: ${JSON.stringify(answer.errors)}`)
}

export async function fill(server: TestApp): Promise<void> {
  const resources = (parseJson(text).value as unknown[]).filter(isObject)
  for (const resource of resources) await put(server, String(resource.resourceType), String(resource.id), resource)
  const ana = resources.find(({ resourceType, id }) => resourceType === 'Patient' && id === 'ana')!
  await put(server, 'Patient', 'ana', { ...ana, name: [{ family: 'Müller', given: ['Ana'] }] })
  await put(server, 'Patient', 'ana', ana)
  await put(server, 'Patient', 'erased', { active: true })
  await server.ask('mutation { PatientDelete(id: "erased") }')
}
