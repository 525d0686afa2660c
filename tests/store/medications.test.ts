// A drug that is named by reference is labelled like one that is named by code: whoever is written first, whoever changes.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { labelsOf, NONE, NORMAL, RESTRICTED, sensitivityMask } from '../../src/consent/labels.ts'
import { type Write, type Written, write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

type Node = Record<string, unknown>
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
const drug = (code: string, rest: Node = {}): Node => ({
  resourceType: 'Medication',
  code: { coding: [{ system: RXNORM, code }] },
  ...rest,
})
const BIKTARVY = drug('1999667')
const METHADONE = drug('6813')
const ASPIRIN = drug('1191')
const subject = { reference: 'Patient/p1' }
const naming = (reference: string, type = 'MedicationRequest'): Node => ({
  resourceType: type,
  status: 'active',
  subject,
  medicationReference: { reference },
})
const HIV = { confidentiality: RESTRICTED, sensitivity: sensitivityMask('HIV') }
const PLAIN = { confidentiality: NORMAL, sensitivity: NONE }

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

let nth = 0
let [x, y] = ['', '']
beforeEach(() => {
  nth++
  x = `x${nth}`
  y = `y${nth}`
})

const put = (...resources: [id: string, resource: Node][]): Promise<Written[]> =>
  write(
    db.database,
    resources.map(([id, resource]): Write => ({ type: String(resource.resourceType), id, resource })),
  )
const tableOf = (type: string) => type.replaceAll(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase()

/** As the row says, and as its content says: they must be one. */
async function labels(id: string, type = 'MedicationRequest') {
  const [row] = await db.database.query<{ confidentiality: number; sensitivity: number; content: string }>({
    sql: `select confidentiality, sensitivity, content from ${tableOf(type)} where id = $1`,
    parameters: [id],
  })
  const { content, ...columns } = row!
  expect(labelsOf(JSON.parse(content))).toEqual(columns)
  return columns
}

describe('attack: a drug by reference', () => {
  test('the Medication stands before', async () => {
    await put([x, BIKTARVY])
    await put(['r', naming(`Medication/${x}`)])
    expect(await labels('r')).toEqual(HIV)
  })

  test('the request comes first in the same batch, and the Medication after it', async () => {
    await put(['batch', naming(`Medication/${x}`)], [x, BIKTARVY])
    expect(await labels('batch')).toEqual(HIV)
  })

  test('the request dangles until somebody fills the reference', async () => {
    await put([`r${x}`, naming(`Medication/${x}`)])
    expect(await labels(`r${x}`)).toEqual(PLAIN)
    await put([x, BIKTARVY])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test('a harmless Medication becomes another drug', async () => {
    await put([x, ASPIRIN])
    await put([`r${x}`, naming(`Medication/${x}`)])
    await put([x, BIKTARVY])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test('its label was set by hand, and who writes it in the same batch leaves it out', async () => {
    const marked = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] }
    await put([x, { ...ASPIRIN, meta: marked }])
    await put([x, ASPIRIN], [`r${x}`, naming(`Medication/${x}`)])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test.each(['MedicationDispense', 'MedicationAdministration', 'MedicationStatement'])('%s', async (type) => {
    await put([`r${x}`, naming(`Medication/${x}`, type)])
    await put([x, BIKTARVY])
    expect(await labels(`r${x}`, type)).toEqual(HIV)
    await put([`s${x}`, naming(`Medication/${x}`, type)])
    expect(await labels(`s${x}`, type)).toEqual(HIV)
  })

  test('what a procedure used, and the product of a plan', async () => {
    const used = {
      resourceType: 'Procedure',
      status: 'completed',
      subject,
      usedReference: [{ reference: `Medication/${x}` }],
    }
    const plan = {
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      subject,
      activity: [{ detail: { status: 'scheduled', productReference: { reference: `Medication/${x}` } } }],
    }
    await put([`r${x}`, used], [`r${x}`, plan])
    await put([x, BIKTARVY])
    expect(await labels(`r${x}`, 'Procedure')).toEqual(HIV)
    expect(await labels(`r${x}`, 'CarePlan')).toEqual(HIV)
  })

  test('as an ingredient, two compounds deep, written last', async () => {
    const made = (of: string) => drug('1191', { ingredient: [{ itemReference: { reference: `Medication/${of}` } }] })
    await put([`r${x}`, naming(`Medication/a${x}`)], [`a${x}`, made(`b${x}`)], [`b${x}`, made(x)])
    expect(await labels(`r${x}`)).toEqual(PLAIN)
    await put([x, BIKTARVY])
    expect(await labels(`r${x}`)).toEqual(HIV)
    await put([`s${x}`, naming(`Medication/a${x}`)])
    expect(await labels(`s${x}`)).toEqual(HIV)
  })

  test('a contained drug, and one that is contained and made of another', async () => {
    const inside = (medication: Node) => ({ ...naming('#d'), contained: [{ ...medication, id: 'd' }] })
    await put([y, METHADONE])
    await put([`r${x}`, inside(BIKTARVY)])
    await put([`s${x}`, inside(drug('1191', { ingredient: [{ itemReference: { reference: `Medication/${y}` } }] }))])
    expect(await labels(`r${x}`)).toEqual(HIV)
    expect((await labels(`s${x}`)).sensitivity).toBe(sensitivityMask('OPIOIDUD'))
  })

  test('an ingredient that is made of itself ends', async () => {
    const self = drug('1999667', { ingredient: [{ itemReference: { reference: `Medication/${x}` } }] })
    await put([`r${x}`, naming(`Medication/${x}`)], [x, self])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test('a harmless Medication that was made of itself becomes another drug', async () => {
    await put([x, drug('1191', { ingredient: [{ itemReference: { reference: `Medication/${x}` } }] })])
    await put([`r${x}`, naming(`Medication/${x}`)])
    await put([x, BIKTARVY])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test.each([
    ['a version that was sensitive', (id: string) => `Medication/${id}/_history/1`],
    ['a version of what is sensitive by now', (id: string) => `Medication/${id}/_history/2`],
  ])('%s', async (_, reference) => {
    const [first, second] = reference(x).endsWith('1') ? [BIKTARVY, ASPIRIN] : [ASPIRIN, BIKTARVY]
    await put([x, first])
    await put([x, second])
    await put([`r${x}`, naming(reference(x))])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test('a version that is not there yet', async () => {
    await put([`r${x}`, naming(`Medication/${x}/_history/2`)])
    await put([x, ASPIRIN])
    await put([x, BIKTARVY])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test('an absolute address, before and after', async () => {
    const address = `https://records.example.org/fhir/R4/Medication/${x}`
    await put([`r${x}`, naming(address)])
    await put([x, BIKTARVY])
    expect(await labels(`r${x}`)).toEqual(HIV)
    await put([`s${x}`, naming(`${address}/_history/1`)])
    expect(await labels(`s${x}`)).toEqual(HIV)
  })

  test('a Medication that is deleted still says in its history what it was', async () => {
    await put([x, BIKTARVY])
    await write(db.database, [{ type: 'Medication', id: x }])
    await put([`r${x}`, naming(`Medication/${x}`)])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test('a Medication that nobody codes and somebody labels by hand', async () => {
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }]
    await put([`r${x}`, naming(`Medication/${x}`)])
    await put([x, { ...ASPIRIN, meta: { security } }])
    expect(await labels(`r${x}`)).toEqual(HIV)
    await put([`s${x}`, naming(`Medication/${x}`)])
    expect(await labels(`s${x}`)).toEqual(HIV)
  })

  test('a Medication that turns harmless does not clear who was given it', async () => {
    await put([x, BIKTARVY], [`r${x}`, naming(`Medication/${x}`)])
    await put([x, ASPIRIN])
    expect(await labels(`r${x}`)).toEqual(HIV)
    await put([`r${x}`, { ...naming(`Medication/${x}`), note: [{ text: 'again' }] }])
    expect(await labels(`r${x}`)).toEqual(HIV)
  })

  test('a request and a Medication written at once, again and again', async () => {
    for (let i = 0; i < 20; i++) {
      const id = `${x}-${i}`
      await put([id, ASPIRIN])
      await Promise.all([put([id, BIKTARVY]), put([`r${id}`, naming(`Medication/${id}`)])])
      expect(await labels(`r${id}`)).toEqual(HIV)
    }
  })
})

describe('otherwise', () => {
  test('a label that came from the drug goes with the drug', async () => {
    await put([x, BIKTARVY], [y, ASPIRIN], [`r${x}`, naming(`Medication/${x}`)])
    await put([`r${x}`, naming(`Medication/${y}`)])
    expect(await labels(`r${x}`)).toEqual(PLAIN)
    await put([`r${x}`, naming(`Medication/${x}`)])
    const { medicationReference: _, ...rest } = naming('')
    await put([`r${x}`, { ...rest, medicationCodeableConcept: ASPIRIN.code }])
    expect(await labels(`r${x}`)).toEqual(PLAIN)
  })

  test('who keeps the formulary takes no drug', async () => {
    await put([x, BIKTARVY])
    const target = {
      resourceType: 'Provenance',
      target: [{ reference: `Medication/${x}` }],
      recorded: '2026-01-01T00:00:00Z',
    }
    await put([`p${x}`, target])
    expect(await labels(`p${x}`, 'Provenance')).toEqual(PLAIN)
  })

  test('more than one statement can lock: all of them, and each says so to the log', async () => {
    const many = Array.from({ length: 1200 }, (_, i): [string, Node] => [`m${x}-${i}`, naming(`Medication/${x}`)])
    await put(...many)
    const noted: Written[] = []
    const written = await write(db.database, [{ type: 'Medication', id: x, resource: BIKTARVY }], (some) => {
      noted.push(...some)
      return []
    })
    expect(written).toHaveLength(1)
    expect(noted).toHaveLength(1201)
    expect(new Set(noted.slice(1).map(({ outcome, version }) => `${outcome} ${version}`))).toEqual(
      new Set(['updated 2']),
    )
    const [row] = await db.database.query<object>({
      sql: 'select count(*)::int as all, min(confidentiality) as least from medication_request where medication = $1',
      parameters: [`Medication/${x}`],
    })
    expect(row).toEqual({ all: 1200, least: RESTRICTED })
  })

  test('whoever names none pays nothing; whoever names one pays one look', async () => {
    await put([x, BIKTARVY])
    const count = async (resource: Node) => {
      db.statements.length = 0
      await write(db.database, [
        { type: String(resource.resourceType), id: `n${nth}-${Math.abs(db.statements.length)}`, resource, fresh: true },
      ])
      return db.statements.length
    }
    const { medicationReference: _, ...rest } = naming('')
    expect(await count({ ...rest, medicationCodeableConcept: BIKTARVY.code })).toBe(1)
    expect(await count(BIKTARVY)).toBe(1)
    db.statements.length = 0
    await write(db.database, [
      { type: 'MedicationRequest', id: `f${nth}`, resource: naming(`Medication/${x}`), fresh: true },
    ])
    // Lock, look, put.
    expect(db.statements).toHaveLength(3)
  })
})

const DRUGS = [ASPIRIN, BIKTARVY, METHADONE, drug('312941'), drug('748856')]

test('law: whatever the order, a request never says less than the Medications that it leads to', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({ medication: fc.nat(2), drug: fc.nat(DRUGS.length - 1), of: fc.option(fc.nat(2)) }),
          fc.record({ request: fc.nat(2), names: fc.nat(2) }),
        ),
        { minLength: 2, maxLength: 8 },
      ),
      async (steps) => {
        nth++
        const names = new Map<number, number>()
        const made = new Map<number, { drug: number; of: number | null }>()
        for (const step of steps) {
          if ('medication' in step) {
            const ingredient =
              step.of === null
                ? {}
                : { ingredient: [{ itemReference: { reference: `Medication/l${nth}-${step.of}` } }] }
            await put([`l${nth}-${step.medication}`, { ...DRUGS[step.drug]!, ...ingredient }])
            made.set(step.medication, step)
          } else {
            await put([`l${nth}-${step.request}`, naming(`Medication/l${nth}-${step.names}`)])
            names.set(step.request, step.names)
          }
        }
        for (const [request, first] of names) {
          const { sensitivity, confidentiality } = await labels(`l${nth}-${request}`)
          const seen = new Set<number>()
          for (
            let at: number | null | undefined = first;
            at !== undefined && at !== null && !seen.has(at);
            at = made.get(at)?.of
          ) {
            seen.add(at)
            const medication = made.get(at)
            if (!medication || medication.drug === 0) continue
            const expected = [
              0,
              sensitivityMask('HIV'),
              sensitivityMask('OPIOIDUD'),
              sensitivityMask('PSY'),
              sensitivityMask('SEX'),
            ]
            expect(sensitivity & expected[medication.drug]!).not.toBe(0)
            expect(confidentiality).toBe(RESTRICTED)
          }
        }
      },
    ),
    { numRuns: 60 },
  ))
