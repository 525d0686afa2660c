// Whatever JSON is sent: validation answers with issues, in bounded time, and says nothing of what it read.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import { validate } from '../../src/fhir/validate.ts'
import { isNumber, isObject, type Json, parseJson } from '../../src/kernel/json.ts'
import { isFhirPath } from './fhirpath.ts'
import { inspect } from './naive.ts'
import { exampleTexts, type Node } from './r4.ts'

const KNOWN = Object.keys(TYPES).filter((type) => TYPES[type]!.kind === 'resource')
const texts = [...exampleTexts(RESOURCE_TYPES)]
const typeOf = (file: string) => file.split('-')[0]!

const inherited = Object.getOwnPropertyNames(Object.prototype)
const elements = [...new Set(Object.values(TYPES).flatMap((t) => Object.keys(t.elements)))]
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...elements) },
  fc.constantFrom(...elements).map((name) => `_${name}`),
  fc.constantFrom(
    ...inherited,
    ...inherited.map((name) => `_${name}`),
    'resourceType',
    '',
    '_',
    '__',
    'a b',
    '`',
    'a.b',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const scalar = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 1.5, '', ' ', 'a', '#', '#a', 'Patient/1', '2020', 'final'),
  fc.constantFrom<Json>(...inherited, '\u0000', '\ud800', '<div>a</div>', 'http://a/b'),
  fc.integer(),
  fc.string({ unit: 'binary' }),
)
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 6 }).map((members) => {
      const text = `{${members.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`
      return parseJson(text).value
    }),
  ),
}))

function judge(type: string, resource: unknown): void {
  for (const { severity, code, diagnostics, expression } of validate(type, resource)) {
    expect(severity).toBe('error')
    expect(code).toMatch(/^[a-z-]+$/)
    expect(diagnostics).toMatch(/^\P{Cc}{5,1000}\.$/u)
    expect(`${expression}: ${isFhirPath(expression)}`).toBe(`${expression}: true`)
  }
}

describe('any JSON', () => {
  it('is judged without an exception, each fault at a valid FHIRPath', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RESOURCE_TYPES), json, (type, given) => {
        judge(type, given)
        if (isObject(given)) judge(type, { ...given, resourceType: type })
      }),
      { numRuns: 4000 },
    )
  })

  it('is judged so too when it replaces any part of an example', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.option(key), json, ([file, text], at, other, given) => {
        const resource = parseJson(text).value as Node
        const { sites } = inspect(typeOf(file), resource, KNOWN)
        const site = sites[at % sites.length]!
        Object.defineProperty(site.holder, other ?? site.key, { value: given, enumerable: true, configurable: true })
        judge(typeOf(file), resource)
      }),
      { numRuns: 2000 },
    )
  })

  it('is judged where a text is an object that cannot become one', () => {
    const coding = [{ system: { toString: 1 }, code: { toString: {} } }]
    const given = { resourceType: 'Observation', status: 'final', code: { coding }, component: [{ code: { coding } }] }
    judge('Observation', given)
  })

  it('has only its own members: what a prototype holds is not there', () => {
    const resource = Object.assign(Object.create({ status: 'final', code: { text: 'a' } }), {
      resourceType: 'Observation',
    })
    const found = validate('Observation', resource).map(({ expression }) => expression)
    expect(found).toEqual(['Observation.status', 'Observation.code'])
  })

  it.each(inherited)('may not have a member %s, which every JavaScript object inherits', (name) => {
    for (const given of ['["x"]', '[]', '{}', '"x"', '[{"a":1}]', 'null']) {
      const { value } = parseJson(`{"resourceType":"Patient","name":[{${JSON.stringify(name)}:${given}}]}`)
      expect(validate('Patient', value)).toHaveLength(1)
      expect(validate('Patient', value)[0]!.expression).toMatch(/^Patient\.name\[0\]/)
    }
  })
})

describe('an issue', () => {
  const secret = 'Zqjxkw'
  const mark = (value: unknown): unknown => {
    if (typeof value === 'string') return secret
    if (isNumber(value)) return 73519
    if (Array.isArray(value)) return value.map(mark)
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === 'resourceType' ? v : mark(v)]))
  }

  it('never carries a value', () => {
    for (const [file, text] of texts) {
      const issues = validate(typeOf(file), mark(parseJson(text).value))
      expect(issues.length).toBeGreaterThan(0)
      expect(JSON.stringify(issues)).not.toMatch(/zqjxkw|73519/i)
    }
  })

  it('never carries a member name that is no name of an element', () => {
    const names = ['Anna Berg 1970-01-02', '1970', 'a'.repeat(100), '\u0000', 'é', "x'); drop", '`', '\n']
    for (const name of names) {
      const found = validate('Patient', { resourceType: 'Patient', name: [{ [name]: 'x', [`_${name}`]: {} }] })
      expect(found.map(({ expression }) => expression)).toEqual(['Patient.name[0]', 'Patient.name[0]'])
      expect(JSON.stringify(found)).not.toContain(name)
    }
  })
})

describe('a large resource', () => {
  const n = 6000
  const many = <T>(make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i))
  const observation = (more: Node): Node => ({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'a' },
    ...more,
  })
  const patients = many((i) => ({ resourceType: 'Patient', id: `p${i}` }))

  it.each([
    ['contained resources, each referred to', { contained: patients, focus: many((i) => ({ reference: `#p${i}` })) }],
    ['contained resources that nothing refers to', { contained: patients }],
    ['references to nothing contained', { focus: many((i) => ({ reference: `#p${i}` })) }],
    [
      'components, each of another code',
      {
        valueString: 'a',
        component: many((i) => ({ code: { coding: [{ code: `c${i}` }] } })),
        code: { coding: many((i) => ({ code: `d${i}` })) },
      },
    ],
    [
      'codings in one component',
      {
        valueString: 'a',
        component: [{ code: { coding: many((i) => ({ code: `c${i}` })) } }],
        code: { coding: many((i) => ({ code: `d${i}` })) },
      },
    ],
    ['unknown members', Object.fromEntries(many((i) => [`zz${i}`, 1]))],
    ['items of one list', { note: many(() => ({ text: 'a' })) }],
  ])('is judged in linear time: %s', (_, more) => {
    const before = performance.now()
    validate('Observation', observation(more))
    expect(performance.now() - before).toBeLessThan(1000)
  })

  it('has no more issues than anyone reads, the last of which says that there are more', () => {
    const issues = validate('Patient', { resourceType: 'Patient', name: Array(200_000).fill(1) })
    expect(issues.length).toBeLessThanOrEqual(1001)
    expect(issues.at(-1)).toMatchObject({ code: 'too-long', expression: 'Patient' })
  })
})
