// What is forbidden to an asker, by the oracle and not by the server (whose compartments, labels and role matrix it takes): role and scopes confine, directories are open, what
// belongs to one patient is the oracle's to judge, all else is shut.

import { labelsOfContent } from '../../src/consent/labelling/labels-for.ts'
import { medicationsIn } from '../../src/consent/labelling/named.ts'
import { withLabels } from '../../src/consent/labelling/with-labels.ts'
import { ALL, LEVELS, sensitivityCodes } from '../../src/consent/labels.ts'
import { statutory } from '../../src/consent/packs/index.ts'
import { mayAsk } from '../../src/consent/role-matrix.ts'
import { compartmentOf, namesStranger } from '../../src/fhir/compartment.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import type { Asker, Scope } from '../../src/kernel/asker.ts'
import { clinicalOf } from '../../src/search/index-row.ts'
import type { Policies } from '../../src/server/interaction-for.ts'
import { readActions } from '../consent/arbitraries/question.ts'
import { referencesOf } from '../consent/oracle/facts.ts'
import { ACT_CODE, CONFIDENTIALITY, NORMAL, viewsOf } from '../consent/oracle/labels.ts'
import { oracle, type Statutory } from '../consent/oracle/oracle.ts'
import type { Node } from './grow.ts'
import type { LaidDown, StoredRow } from './lay-down.ts'
import { textsOf } from './texts.ts'

/** The oracle takes a reference to a version for none into this server; rules mean the resource. */
const unversioned = (content: Node): Node =>
  JSON.parse(JSON.stringify(content).replaceAll(/("reference":"[^"]+?)\/_history\/[^"/]+"/g, '$1"'))

/** What a role oversees in its own house, and is told nowhere else. Worlds hold no notices, which are all that admins hear of. */
const OVERSEEN: Readonly<Record<string, string>> = { auditor: 'AuditEvent', admin: 'Communication' }

/** Whom a Consent names is meant in each version. But who names data names them as they stand, or in a way that nobody can enforce. */
const plainConsent = (consent: Node): Node => {
  const inside = (node: unknown, name?: string): unknown => {
    if (typeof node !== 'object' || node === null || name === 'data') return node
    if (Array.isArray(node)) return node.map((item) => inside(item))
    if (typeof (node as Node).reference === 'string') return unversioned(node as Node)
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, inside(inner, key)]))
  }
  return inside(consent) as Node
}

const versionsOf = (versions: readonly StoredRow[], id: string): Node[] =>
  versions.filter((row) => row.type === 'Consent' && row.id === id && !row.deleted).map(({ content }) => content)

/** A Consent that was written again stands since its date was first written, whatever else was changed. */
function sinceRecorded(consent: Node, versions: readonly Node[]): Node {
  const [first] = versions.filter(({ dateTime }) => dateTime === consent.dateTime)
  const { lastUpdated } = (first ?? consent).meta as Node
  return { ...consent, meta: { ...(consent.meta as Node), lastUpdated } }
}

export class Judgement {
  readonly #asker: Asker
  readonly #policies: Policies
  readonly #now: number
  readonly #statutory: Statutory | undefined
  readonly #consents: ReadonlyMap<string | undefined, Node[]>
  readonly #links = new Map<string, string[]>()

  readonly #medications = new Map<string, Node[]>()

  constructor({ current, versions }: LaidDown, asker: Asker, policies: Policies, now: number) {
    this.#asker = asker
    this.#policies = policies
    this.#now = now
    const { denied, explicit, ownRecord } = statutory(asker, policies.packs)
    if (denied !== ALL)
      this.#statutory = {
        deniedCodes: new Set(sensitivityCodes(denied)),
        explicitCodes: explicit === ALL ? 'all' : new Set(sensitivityCodes(explicit)),
        ownRecord,
      }
    const standing = current.filter(({ deleted }) => !deleted)
    const consents = standing
      .filter(({ type }) => type === 'Consent')
      .map(({ id, content }) => plainConsent(sinceRecorded(content, versionsOf(versions, id))))
    this.#consents = Map.groupBy(consents, (consent) => compartmentOf(consent).patient)
    // What they have become, and each version under its own name: a reference leads to both.
    for (const { type, id, content } of current) if (type === 'Medication') this.#medications.set(id, [content])
    for (const { type, id, version, content, deleted } of versions)
      if (type === 'Medication' && !deleted)
        this.#medications.set(`${id}/${version}`, [...(this.#medications.get(id) ?? []), content])
    // Whatever the asker may see of them: what consents refer to is their meaning.
    for (const { type, id, content } of standing)
      if (type === 'Encounter' || type === 'CarePlan')
        this.#links.set(`${type}/${id}`, referencesOf(unversioned(content)))
  }

  /** Whoever names a drug says what the drug says today, in old versions too. */
  #labelled = (content: Node): Node =>
    withLabels(content, content, ({ id, version }) => {
      const known = version === undefined ? undefined : this.#medications.get(`${id}/${version}`)
      return known ?? this.#medications.get(id) ?? []
    })

  /** Whether the asker may be told this content, under whichever right: worlds give read and search alike. */
  allows({ type, content: stored, custodian }: StoredRow): boolean {
    // An access keeps the labels of its time.
    const content = type === 'AuditEvent' ? stored : this.#labelled(stored)
    const { patient, shared } = compartmentOf(content)
    if (!this.#admits(type, content, patient)) return false
    if (OVERSEEN[this.#asker.role] === type) return type === 'AuditEvent' && this.#isOfHouse(custodian)
    if (patient === undefined) return isOpen(type, content, shared)
    return this.#ask(unversioned(content), patient, custodian, content)?.effect === 'permit'
  }

  #isOfHouse = (custodian: string | undefined) => custodian !== undefined && custodian === this.#asker.organisation

  /** Whether the asker may be told this resource inside the other: as by itself, had it stood alone. */
  allowsInside(inner: Node, container: StoredRow): boolean {
    const type = String(inner.resourceType)
    const { patient } = compartmentOf(container.content)
    const about = type === 'Patient' ? { shared: false } : compartmentOf(inner)
    if (about.shared || (about.patient !== undefined && about.patient !== patient)) return false
    if (!this.#reads(type, patient)) return false
    const directory = SEARCH[type]?.directory === true
    if (patient === undefined) return directory && this.#statutory !== undefined
    return labelsInside(inner, container.content).every((security) => {
      const resource = unversioned({ ...inner, id: '', meta: { ...(inner.meta as Node), security } })
      const said = this.#ask(resource, patient, container.custodian, inner, () => [])
      // What a directory tells to everybody is told here where nobody speaks against it; but not what names whose it is.
      const open = directory && about.patient === undefined && !namesStranger(inner)
      return said?.effect === 'permit' || (open && said !== undefined && !/^(?:Consent|denied)/.test(said.why))
    })
  }

  /** Undefined where the law tells nothing at all. */
  #ask(
    resource: Node,
    patient: string,
    custodian: string | undefined,
    content: Node,
    linked = (name: string) => this.#links.get(name) ?? [],
  ) {
    if (!this.#statutory) return undefined
    const clinical = clinicalOf(content)
    return oracle({
      asker: this.#asker,
      actions: readActions(this.#asker, custodian),
      resource,
      patient,
      custodian,
      ...(clinical && { clinical }),
      consents: this.#consents.get(patient) ?? [],
      linked,
      now: this.#now,
      implicit: (id) => this.#policies.implicit.byCustodian.get(id ?? '') ?? this.#policies.implicit.byDefault,
      statutory: this.#statutory,
    })
  }

  /** By role, and by a scope that asks no more of the resource than its type: suffixes are for what can be searched. */
  #reads(type: string, patient: string | undefined): boolean {
    const { role, scopes, patient: context } = this.#asker
    if (!mayAsk(this.#asker, type, 'r').allowed) return false
    const bound = role === 'patient' || role === 'proxy'
    const mine = context !== undefined && (patient === context || (patient === undefined && SEARCH[type]!.directory))
    return scopes.some(
      (scope) =>
        (scope.type === '*' || scope.type === type) &&
        scope.filter.length === 0 &&
        ((!bound && scope.context !== 'patient') || mine),
    )
  }

  #admits(type: string, content: Node, patient: string | undefined): boolean {
    const { role, scopes, patient: context } = this.#asker
    if (!(['r', 's'] as const).some((right) => mayAsk(this.#asker, type, right).allowed)) return false
    const bound = role === 'patient' || role === 'proxy'
    return scopes.some((scope) => {
      if ((scope.type !== '*' && scope.type !== type) || !scope.rights.some((r) => r === 'r' || r === 's')) return false
      const mine = context !== undefined && (patient === context || (patient === undefined && SEARCH[type]!.directory))
      if ((bound || scope.context === 'patient') && !mine) return false
      return suffixHolds(scope, content)
    })
  }
}

/** Of each view that the oracle takes of it. What a Medication says was worked out for the container as a whole. */
function labelsInside(inner: Node, container: Node): object[][] {
  const { confidentiality, codes } = labelsOfContent([inner])
  const around = medicationsIn(inner).length > 0 ? viewsOf(container) : []
  const level = Math.max(confidentiality, ...around.map((view) => view.confidentiality))
  const marked = { system: CONFIDENTIALITY, code: LEVELS[level] }
  const sensitive = new Set([...codes, ...around.flatMap(({ sensitivity }) => sensitivity ?? [])])
  if (sensitive.size === 0) return [[marked]]
  return [...sensitive].map((code) => [marked, { system: ACT_CODE, code }])
}

function suffixHolds({ filter }: Scope, content: Node): boolean {
  if (filter.length === 0) return true
  const texts = textsOf(content)
  return filter.every(([code, values]) => values.some((value) => texts.get(code.replaceAll('-', '_'))?.includes(value)))
}

/** A directory tells what names nobody, up to the normal level. */
const isOpen = (type: string, content: Node, shared: boolean) =>
  SEARCH[type]!.directory === true &&
  !shared &&
  viewsOf(content).every(({ confidentiality }) => confidentiality <= NORMAL)
