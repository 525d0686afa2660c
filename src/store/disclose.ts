// The second wall: every row that a statement found is judged again here, by the compiled rules, before it leaves. A row
// that the statement told and the rules do not is a fault of ours: nothing of the answer leaves then.
import { withoutUntold } from '../consent/contained.ts'
import { type Facts, factsOf, factWords } from '../consent/facts.ts'
import type { Hearing } from '../consent/hearing.ts'
import { Judge } from '../consent/judge.ts'
import type { Links } from '../consent/matches.ts'
import { type Admission, admissions, type ReadScope } from '../consent/read-scope.ts'
import { ACTIONS } from '../consent/rule.ts'
import { isAdmitted, isTold } from '../consent/told.ts'
import { linkContained, parseLocalReference } from '../fhir/references.ts'
import type { Right } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { readStored } from '../kernel/json.ts'
import type { StoredRow } from '../search/compile.ts'
import { clinicalOf } from '../search/index-row.ts'
import { searchTable } from '../search/parameters.ts'
import { numbersIn, type PoliciesOnFile, policiesOnFile } from './consent/policies-on-file.ts'
import type { Session } from './database.ts'
import type { View } from './view.ts'

export type Resource = Record<string, unknown> & { resourceType: string; id: string }

/** Resources of the rows, in their order, masked for the caller. @throws HealthChainError fault (second-wall) */
export async function disclose(
  session: Session,
  rows: readonly StoredRow[],
  view: View,
  right: Right,
): Promise<Resource[]> {
  const resources = rows.map(({ content, lossless }) => readStored(content, lossless) as Resource)
  if (!view.scope.everything && rows.length > 0) await judge(session, rows, resources, view, right)
  for (const [i, resource] of resources.entries())
    if (Array.isArray(resource.contained)) resources[i] = await opened(session, view.scope, resource, rows[i]!)
  return resources.map((resource) => {
    const seen = view.mask(resource) as Resource
    linkContained(seen)
    return seen
  })
}

async function judge(
  session: Session,
  rows: readonly StoredRow[],
  resources: readonly Resource[],
  view: View,
  right: Right,
): Promise<void> {
  // A printed Provenance is judged by the version that it is about.
  const judged = rows.map(({ about, about_lossless }, i) =>
    typeof about === 'string' ? (readStored(about, about_lossless === true) as Resource) : resources[i]!,
  )
  const judges = await judgesFor(session, rows, judged, view.scope)
  const links = await readLinks(session, new Set(judges.flatMap((judge) => judge?.related ?? [])))
  const admitted = admittedBy(view.scope, right)
  for (const [i, subject] of judged.entries()) {
    const facts = settled(subject, rows[i]!.custodian)
    const verdict = judges[i]?.verdict(() => ({ facts, actions: readActions(view.scope, facts), links }))
    const resource = resources[i]!
    if (!admitted(facts, resource !== subject) || !isTold(view.scope, facts, verdict)) throw disagreement()
    view.told(resource === subject ? facts : { ...facts, type: 'Provenance', id: resource.id }, right)
  }
}

/** Whether role and scopes reach a row; one that is `printed` they must reach as a Provenance and as what it is about. */
function admittedBy(scope: ReadScope, right: Right): (facts: Facts, printed: boolean) => boolean {
  const known = new Map<string, readonly Admission[]>()
  const of = (type: string, asked: Right) => {
    const found = known.get(`${type} ${asked}`) ?? admissions(scope, type, asked)
    known.set(`${type} ${asked}`, found)
    return found
  }
  return (facts, printed) => {
    if (!printed) return isAdmitted(of(facts.type, right), facts)
    const reaches = ({ patient }: Admission) => patient === undefined || (facts.patient ?? patient) === patient
    // A suffix asks of search columns that are not those of a Provenance.
    const whole = of(facts.type, 'r').filter(({ filter }) => filter.length === 0)
    return of('Provenance', right).some(reaches) && isAdmitted(whole, facts)
  }
}

/** A told resource, with as much of what it contains as may be told too. */
export function opened(
  session: Session,
  scope: ReadScope,
  resource: Resource,
  { custodian, policies }: Pick<StoredRow, 'custodian' | 'policies'>,
): Promise<Resource> {
  const container = settled(resource, custodian)
  const judge = (type: string) => (policies === null ? undefined : judgeFor(session, scope, policies, type))
  const actions = readActions(scope, container)
  return withoutUntold(resource, { scope, container, actions, judge, clinical: clinicalOf })
}

/** Reading is access, and disclosure as well where the recipient is not who holds the data. */
export function readActions({ hearing }: ReadScope, { custodian }: Facts): number {
  const own = hearing.organisation !== undefined && custodian === hearing.organisation
  return own ? ACTIONS.access : ACTIONS.access | ACTIONS.disclose
}

/** One for each row; undefined where no consent is on file. */
async function judgesFor(
  session: Session,
  rows: readonly StoredRow[],
  resources: readonly Resource[],
  scope: ReadScope,
): Promise<(Judge | undefined)[]> {
  const mine = judgesOf(session, scope)
  const found: (Judge | undefined)[] = []
  // Rows of one patient mostly follow one another.
  let last: { type: string; policies: string; judge: Judge } | undefined
  for (const [i, { policies }] of rows.entries()) {
    const type = resources[i]!.resourceType
    if (policies !== null && (last?.policies !== policies || last.type !== type)) {
      const judge = mine.get(key(type, policies)) ?? (await makeJudge(session, scope, type, policies))
      last = { type, policies, judge }
    }
    found.push(policies === null ? undefined : last?.judge)
  }
  return found
}

const disagreement = () =>
  new HealthChainError('fault', 'second-wall', 'Something went wrong on the server; it has been logged.')

const DATED = { clinical: clinicalOf }

export function settled(resource: Resource, custodian: string | null): Facts {
  return factsOf(resource, custodian === null ? DATED : { ...DATED, custodian })
}

// Compiled rules outlive the request: they depend on the policies and on how the asker is heard, and both never change.
// Policies are numbered by each database for itself.
const judges = new WeakMap<PoliciesOnFile, WeakMap<Hearing, Map<string, Judge>>>()
const JUDGES_MAX = 5000

const key = (type: string, policies: string) => `${type} ${policies}`

function judgesOf(session: Session, { hearing }: ReadScope): Map<string, Judge> {
  const file = policiesOnFile(session)
  const ours = judges.get(file) ?? new WeakMap<Hearing, Map<string, Judge>>()
  judges.set(file, ours)
  const mine = ours.get(hearing) ?? new Map<string, Judge>()
  ours.set(hearing, mine)
  return mine
}

async function makeJudge(session: Session, scope: ReadScope, type: string, policies: string): Promise<Judge> {
  const numbers = numbersIn(policies)
  const rules = await policiesOnFile(session).rules(numbers)
  // A policy that a patient has and nobody can read: nothing is told.
  if (numbers.some((number) => !rules.has(number))) throw disagreement()
  const made = new Judge([...rules.values()], scope.hearing, type)
  const mine = judgesOf(session, scope)
  if (mine.size >= JUDGES_MAX) mine.clear()
  mine.set(key(type, policies), made)
  return made
}

/** What the policies of a patient, as PostgreSQL prints them, say to this asker. */
export const judgeFor = (session: Session, scope: ReadScope, policies: string, type: string): Promise<Judge> =>
  Promise.resolve(judgesOf(session, scope).get(key(type, policies)) ?? makeJudge(session, scope, type, policies))

export async function readLinks(session: Session, references: Iterable<string>): Promise<Links> {
  const found = new Map<string, ReadonlySet<string>>()
  const byType = Map.groupBy(
    [...references].flatMap((text) => parseLocalReference(text) ?? []),
    ({ type }) => type,
  )
  for (const [type, addresses] of byType) {
    const rows = await session.query<{ id: string; content: string }>({
      sql: `select id, content from "${searchTable(type).table}" where id = any($1::text[]) and not deleted`,
      parameters: [addresses.map(({ id }) => id)],
    })
    for (const { id, content } of rows) found.set(`${type}/${id}`, linked(JSON.parse(content)))
  }
  return (reference) => found.get(reference) ?? new Set()
}

const linked = (resource: Record<string, unknown>): ReadonlySet<string> =>
  new Set([...factWords(resource)].flatMap((word) => (word.startsWith('l|') ? [word.slice(2)] : [])))
