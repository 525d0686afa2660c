// Ways to spoil a valid resource, each with the FHIRPath at which the fault must then be reported.
import { isObject } from '../../src/kernel/json.ts'
import { fitsPrimitive, hasSibling, type Site } from './naive.ts'
import { CASES } from './primitive-cases.ts'
import { expansion, isPrimitive } from './r4.ts'

/** Changes the resource that holds the site. Undefined where this mutation has nothing to do. */
type Mutation = (site: Site, choose: (below: number) => number) => string | undefined

const pick = <T>(from: readonly T[], choose: (below: number) => number): T => from[choose(from.length)]!

/** Puts a value in the place of one item of a list, or of the only value; answers its path. */
function put(
  { holder, key, list, path }: Site,
  choose: (below: number) => number,
  made: (old: unknown) => unknown,
): string {
  const given = holder[key]
  if (!list || !Array.isArray(given)) {
    holder[key] = made(given)
    return path
  }
  const i = choose(given.length)
  given[i] = made(given[i])
  return `${path}[${i}]`
}

const PLAUSIBLE: Record<string, unknown> = { boolean: true, integer: 1, decimal: 1, string: 'a', dateTime: '2020' }
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

export const MUTATIONS: Record<string, Mutation> = {
  'without a required element': ({ holder, key, element, at, choice }) => {
    if (element.min === 0) return undefined
    delete holder[key]
    delete holder[`_${key}`]
    return Object.keys(holder).length === 0 ? at : `${at}.${choice ?? (key === 'div' ? '`div`' : key)}`
  },
  'with an unknown element': ({ holder, key, at }) => {
    holder[`${key}Zz`] = holder[key]
    return `${at}.${key}Zz`
  },
  'with a sibling of what has none': ({ holder, key, element, type, at }) => {
    if (hasSibling({ element, type })) return undefined
    holder[`_${key}`] = { id: 'a' }
    return `${at}._${key}`
  },
  'with an array where one value belongs': (site) => {
    if (site.list) return undefined
    site.holder[site.key] = [site.holder[site.key]]
    return site.path
  },
  'with one value where an array belongs': ({ holder, key, list, path }) => {
    if (!list) return undefined
    holder[key] = (holder[key] as unknown[])[0]
    return path
  },
  'with an empty array': ({ holder, key, list, path }) => {
    if (!list) return undefined
    holder[key] = []
    return path
  },
  'with an array in an array': (site, choose) => (site.list ? put(site, choose, (old) => [old]) : undefined),
  'with an empty object': (site, choose) =>
    isPrimitive(site.type) || site.type === 'Resource' ? undefined : put(site, choose, () => ({})),
  'with an empty text': (site, choose) => (isPrimitive(site.type) ? put(site, choose, () => '') : undefined),
  'with null': (site, choose) => (`_${site.key}` in site.holder ? undefined : put(site, choose, () => null)),
  'with a value of another JSON type': (site, choose) =>
    put(site, choose, (old) => {
      if (isObject(old)) return pick(['text', 5, true], choose)
      const types = [{ id: 'a' }, ...(typeof old === 'string' ? [5, false] : ['', ' a', false])]
      return pick(typeof old === 'boolean' ? ['true', 1, { id: 'a' }] : types, choose)
    }),
  'with a bad primitive': (site, choose) => {
    if (!isPrimitive(site.type)) return undefined
    // The published patterns let some pass that the prose refuses; those have their own test.
    const bad = CASES[site.type]!.bad.filter((value) => !fitsPrimitive(site.type, value))
    return put(site, choose, () => pick(bad, choose))
  },
  'with two of one choice': ({ holder, key, element, at, choice }) => {
    const others = (element.type ?? []).map((t) => t.code).filter((code) => choice && choice + capital(code) !== key)
    const code = others.find((other) => other in PLAUSIBLE)
    if (!choice || !code) return undefined
    holder[choice + capital(code)] = PLAUSIBLE[code]
    return `${at}.${choice}`
  },
  'with a reference to another type': (site, choose) => {
    const targets = site.element.type?.[0]?.targetProfile ?? []
    if (site.type !== 'Reference' || targets.length === 0 || targets.some((t) => t.endsWith('/Resource')))
      return undefined
    const forms = [
      { reference: 'Basic/1' },
      { reference: 'Basic/1/_history/2', display: 'a' },
      { reference: 'https://example.org/fhir/Basic/1' },
      { type: 'Basic', identifier: { value: 'a' } },
      { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', type: 'Basic' },
    ]
    return put(site, choose, () => pick(forms, choose))
  },
  'with a code from outside a required value set': (site, choose) => {
    const { binding } = site.element
    if (binding?.strength !== 'required' || !expansion(binding.valueSet ?? '')) return undefined
    if (site.type === 'code') return put(site, choose, () => 'zz-none')
    if (site.type !== 'CodeableConcept') return undefined
    const concepts = [
      { text: 'a' },
      { coding: [{ system: 'http://a', code: 'active' }] },
      { coding: [{ code: 'active' }] },
    ]
    return put(site, choose, () => pick(concepts, choose))
  },
  'with a broken sibling': ({ holder, key, element, type, list, path }, choose) => {
    if (!hasSibling({ element, type }) || list) return undefined
    holder[`_${key}`] = pick([[{ id: 'a' }], 'a', null, {}], choose)
    return path
  },
  'with a broken list of siblings': ({ holder, key, type, list, path }, choose) => {
    if (!isPrimitive(type) || !list) return undefined
    const beyond = [...(holder[key] as unknown[]).map(() => null), { id: 'a' }, null]
    holder[`_${key}`] = pick([{ id: 'a' }, [], [null], 'a', beyond], choose)
    return path
  },
}
