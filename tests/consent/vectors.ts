// Worked consents of IHE PCF and of R4's own examples, and cases of ours: each with questions and the expected answer.
// `frame` completes what a consent or an asker leaves out; null takes an element away.
import { readFileSync } from 'node:fs'
import type { Asker } from '../../src/kernel/asker.ts'
import { readActions } from './arbitraries.ts'
import { clinicalPeriod } from './clinical.ts'
import type { Action, Effect, ImplicitPolicy, OracleQuestion, Resource } from './oracle/oracle.ts'

interface Circumstances {
  patient: string
  now: string
  custodian: string | null
  implicit: ImplicitPolicy
  asker: Record<string, unknown>
  links: Record<string, string[]>
  statutory: { deniedCodes?: string[]; explicitCodes?: string[] | 'all'; ownRecord?: boolean }
  actions: Action[]
}
interface Case extends Partial<Circumstances> {
  name: string
  /** A resource, or the name of one of the file. */
  resource: string | Resource
  expect: Effect
  because: string
}
interface Document extends Partial<Circumstances> {
  title: string
  url: string
  /** `example`: the consent of R4's package, with what stands beside it instead of its own. */
  consents: (Resource & { example?: string })[]
  cases: Case[]
}
interface VectorFile {
  frame: Circumstances & { consent: Resource }
  resources: Record<string, Resource>
  documents: Document[]
}

export interface Vector {
  /** Document and case. */
  readonly title: string
  readonly url: string
  readonly question: OracleQuestion
  readonly expect: Effect
  readonly because: string
}

const json = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const given = (drawn: object): Resource =>
  Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== null && value !== undefined))

function consentOf({ example, ...own }: Resource & { example?: string }, frame: Resource): Resource {
  if (example === undefined) return given({ ...frame, ...own })
  const { text: _, ...published } = json(`../../node_modules/hl7.fhir.r4.examples/Consent-${example}.json`)
  return given({ ...published, ...own })
}

function vectorOf({ frame, resources }: VectorFile, document: Document, one: Case): Vector {
  const { patient, now, custodian, implicit, links, statutory, actions }: Partial<Circumstances> = {
    ...frame,
    ...document,
    ...one,
  }
  const resource = typeof one.resource === 'string' ? resources[one.resource]! : one.resource
  const asker = given({
    issuer: 'https://issuer.example',
    subject: 'vector',
    client: 'vector',
    scopes: [],
    ...frame.asker,
    ...document.asker,
    ...one.asker,
  }) as unknown as Asker
  const clinical = clinicalPeriod(resource)
  const { deniedCodes = [], explicitCodes = [], ownRecord = false } = statutory ?? {}
  const question: OracleQuestion = {
    asker,
    actions: actions ?? readActions(asker, custodian ?? undefined),
    resource,
    patient,
    custodian: custodian ?? undefined,
    ...(clinical && { clinical }),
    consents: document.consents.map((consent) => consentOf(consent, frame.consent)),
    linked: (reference) => links?.[reference] ?? [],
    now: Date.parse(now!),
    implicit: () => implicit!,
    statutory: {
      deniedCodes: new Set(deniedCodes),
      explicitCodes: explicitCodes === 'all' ? 'all' : new Set(explicitCodes),
      ownRecord,
    },
  }
  const { title, url } = document
  return { title: `${title}: ${one.name}`, url, question, expect: one.expect, because: one.because }
}

const vectorsIn = (file: VectorFile): Vector[] =>
  file.documents.flatMap((document) => document.cases.map((one) => vectorOf(file, document, one)))

export const PCF: readonly Vector[] = vectorsIn(json('../vectors/consent/pcf.json'))
export const CASES: readonly Vector[] = vectorsIn(json('../vectors/consent/cases.json'))
export const VECTORS: readonly Vector[] = [...PCF, ...CASES]
