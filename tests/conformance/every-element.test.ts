// Every element that R4 defines for a type of the lens goes in and comes back, also those that no example uses: every
// variant of every choice, extensions beside every primitive, lists of primitives with places that hold no value.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import { type Answer, type TestApp, testApp } from '../support/app.ts'
import { canonical, parsed, withoutServerMeta } from './canonical.ts'
import { fullResource, roundsOf } from './full-resource.ts'
import { isImported, put, withoutAddedLabels } from './put.ts'
import { asFhir, asHeld, printed } from './selection.ts'

type Node = Record<string, unknown>

let server: TestApp
beforeAll(async () => {
  server = await testApp()
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

async function comesBack(type: string, resource: Node): Promise<void> {
  const fields = printed(asHeld([resource]))
  const read = `query($id: ID!) { ${type}(id: $id) ${fields} }`
  if (isImported(type)) await put(server, type, JSON.stringify(resource), String(resource.id))
  else same(await stored(type, resource, fields), resource)
  same(await server.ask(read, { id: resource.id }), resource)
}

async function stored(type: string, resource: Node, fields: string): Promise<Answer> {
  const query = `mutation($id: ID!, $res: ${type}Input!) { ${type}Update(id: $id, res: $res) ${fields} }`
  return server.ask(query, `{"id":"${resource.id}","res":${JSON.stringify(resource)}}`)
}

function same({ errors, text }: Answer, resource: Node): void {
  expect(errors, JSON.stringify(errors?.slice(0, 2))).toBeUndefined()
  const [answer] = Object.values(parsed(text).data as Node)
  const told = withoutAddedLabels(asFhir(answer) as Node, resource)
  expect(canonical(withoutServerMeta(told))).toBe(canonical(withoutServerMeta(resource)))
}

describe('every element and every variant of a choice', () => {
  test.for(RESOURCE_TYPES)('%s', async (type) => {
    const seen = new Set<string>()
    for (let round = 0; round < roundsOf(type); round++) {
      const resource = fullResource(type, round)
      for (const name of Object.keys(resource)) seen.add(name)
      await comesBack(type, resource)
    }
    const all = Object.keys(TYPES[type]!.elements)
    expect(all.filter((name) => !seen.has(name))).toEqual(
      ['contained', 'modifierExtension'].filter((n) => all.includes(n)),
    )
  })

  test('an extension with every type of value', async () => {
    const variants = Object.keys(TYPES.Extension!.elements).filter((name) => name.startsWith('value'))
    expect(variants.length).toBe(50)
    const seen = new Set<string>()
    for (let round = 0; round < 2 * variants.length; round += 2) {
      const { extension, ...resource } = fullResource('Patient', round)
      for (const name of Object.keys((extension as Node[])[0]!)) seen.add(name)
      await comesBack('Patient', { resourceType: 'Patient', id: resource.id, extension })
    }
    expect(variants.filter((name) => !seen.has(name))).toEqual([])
  })
})
