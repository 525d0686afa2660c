// One asker, two databases, many documents: the law of non-interference, asked once per document.
import { hiddenElements } from '../../src/consent/hidden-elements.ts'
import { statutory } from '../../src/consent/packs/index.ts'
import { OPERATOR } from '../../src/consent/read-scope.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import type { Database } from '../../src/store/database.ts'
import { sharedSecret } from '../../src/store/secrets.ts'
import type { Drawn } from './author.ts'
import { canonical, cursorsIn, Opener } from './canonical.ts'
import type { Guise } from './guise.ts'
import { type Answer, type Server, startServer } from './servers.ts'

/** The law broken: what was asked, and both answers. */
export interface Difference extends Drawn {
  readonly guise: Guise
  readonly full: string
  readonly bare: string
  readonly faults: readonly string[]
  /** What the server is held against; absent: the same without the forbidden. */
  readonly against?: string
}

/** What the documents of a run were worth. */
export interface Tally {
  documents: number
  /** Answers with something in them. */
  told: number
  /** Answers that are nothing but a refusal. */
  refused: number
  /** Answers that could not be compared: see `isBlind`. */
  blind: number
  /** Pages reached by following a cursor. */
  followed: number
  /** Lists of whole types, and those with something in them. */
  listed: number
  listedTold: number
  /** Of so many documents it was asked whether what is forbidden matters to them; to so many it does. */
  probed: number
  mattered: number
  /** Writes, and those that were refused. */
  writes: number
  unwritten: number
  /** Rows of the worlds, and those that were forbidden. */
  rows: number
  gone: number
}
export const noTally = (): Tally => ({
  documents: 0,
  told: 0,
  refused: 0,
  blind: 0,
  followed: 0,
  listed: 0,
  listedTold: 0,
  probed: 0,
  mattered: 0,
  writes: 0,
  unwritten: 0,
  rows: 0,
  gone: 0,
})

export interface Pair {
  readonly full: Server
  readonly bare: Server
  readonly opener: Opener
  readonly guise: Guise
  /** Whether elements are hidden from the asker. */
  readonly masked: boolean
  /** Asks the same server. */
  readonly other: Asker
  close(): Promise<void>
}

/** Somebody who uses the same app and sees other things: treats, without bounds, as one of another organisation. */
function otherThan({ client, issuer }: Asker): Asker {
  const all = { context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] } as const
  const who = { subject: 'other', user: 'Practitioner/other', role: 'practitioner', organisation: 'org-b' } as const
  return { issuer, client, ...who, groups: [], scopes: [all], purpose: 'TREAT' }
}

/** `full` is a database of the world, `bare` the same without what is forbidden; both stay open. */
export async function serve(full: Database, bare: Database, guise: Guise): Promise<Pair> {
  const { asker, policies } = guise
  const masked = hiddenElements(asker, statutory(asker, policies.packs).obligations).size > 0
  const other = otherThan(asker)
  const servers = await Promise.all([full, bare].map((database) => startServer(database, policies, [asker, other])))
  return {
    ...{ full: servers[0]!, bare: servers[1]!, guise, masked, other },
    opener: new Opener(await sharedSecret(full, 'cursor'), asker),
    async close() {
      for (const server of servers) await server.close()
    },
  }
}

const holdsData = ({ data }: Answer): boolean =>
  typeof data === 'object' &&
  data !== null &&
  Object.values(data).some((value) => (Array.isArray(value) ? value.length > 0 : value !== null))

/**
 * They tell of consents and of accesses by leave of their own, whatever of Patients, Consents and AuditEvents may be read:
 * what they say is not compared, but how both say nothing is. Without the Consents that may not be read more is said.
 */
const BY_LEAVE = ['consentDecision', 'consentSimulate', 'accessHistory']
const isSilent = ({ errors }: Answer): boolean =>
  JSON.stringify(errors ?? []).includes('"message":"There is no such patient') ||
  JSON.stringify(errors ?? []).includes('"code":"FORBIDDEN"')

const reasonIs = ({ errors }: Answer, reason: string) => JSON.stringify(errors ?? []).includes(`"reason":"${reason}"`)

/** A fault is a difference even if both have it: the second wall, or a statement that PostgreSQL refused. */
const isFault = ({ errors }: Answer): boolean => JSON.stringify(errors ?? []).includes('"INTERNAL_SERVER_ERROR"')
/**
 * A rule may ask for a code in an element that is hidden. The columns of the database without the forbidden still know it,
 * and the second wall, which reads what is left of the text, does not: it refuses there what is told.
 */
const isBlind = ({ masked }: Pair, of: Answer, without: Answer): boolean =>
  masked && !isFault(of) && reasonIs(without, 'second-wall')
/** What the log has of it; of documents under way at the same time as well. */
export const faultsOf = ({ full, bare }: Pick<Pair, 'full' | 'bare'>): string[] =>
  [...full.faults(), ...bare.faults()].map(String)

/** Asks both; undefined if the answers are the same. */
export async function compare(pair: Pair, drawn: Drawn, tally: Tally): Promise<Difference | undefined> {
  const { full, bare, guise, opener } = pair
  const [of, without] = await Promise.all([full, bare].map((s) => s.ask(drawn.text, drawn.variables, guise.asker)))
  const open = opener.of(drawn.text)
  const [a, b] = [canonical(of!, open), canonical(without!, open)]
  tally.documents++
  if (holdsData(of!)) tally.told++
  if (of!.status !== 200) tally.refused++
  if (isBlind(pair, of!, without!)) {
    tally.blind++
    return undefined
  }
  const byLeave =
    drawn.operation !== undefined && BY_LEAVE.includes(drawn.operation) && ![of!, without!].every(isSilent)
  if ((a !== b && !byLeave) || [of!, without!].some(isFault))
    return { ...drawn, guise, full: a, bare: b, faults: faultsOf(pair) }
  return follow(pair, [of!, without!], open, tally, 0)
}

/** Allowed for this patient, and refused for its version alone; where there is no such patient nothing is allowed. */
const wasAllowed = (of: Answer, without: Answer) => reasonIs(of, 'version-conflict') && reasonIs(without, 'no-consent')

/** A write: what it says when it is refused. One that goes through where somebody allowed it may fail without the patient. */
export async function compareWrite(pair: Pair, drawn: Drawn, tally: Tally): Promise<Difference | undefined> {
  const { full, bare, guise } = pair
  const [of, without] = await Promise.all([full, bare].map((s) => s.ask(drawn.text, drawn.variables, guise.asker)))
  const errorsOf = ({ status, errors }: Answer) => JSON.stringify({ status, errors }, null, 1)
  tally.writes++
  if (of!.errors) tally.unwritten++
  const differs = of!.errors !== undefined && errorsOf(of!) !== errorsOf(without!) && !wasAllowed(of!, without!)
  if (!differs && ![of!, without!].some(isFault)) return undefined
  return { ...drawn, guise, full: errorsOf(of!), bare: errorsOf(without!), faults: faultsOf(pair) }
}

/**
 * Does what is forbidden matter to this document at all? Asked as the operator, on both. And by somebody else: what the
 * server remembers of one asker must not serve the next.
 */
export async function probe({ full, bare, other }: Pair, { text, variables }: Drawn, tally: Tally): Promise<void> {
  const askBoth = (asker: Asker) => Promise.all([full, bare].map((server) => server.ask(text, variables, asker)))
  // Each is the first now and then.
  if (tally.probed % 2 === 0) await askBoth(other)
  const [of, without] = await askBoth(OPERATOR)
  if (tally.probed % 2 === 1) await askBoth(other)
  tally.probed++
  if (JSON.stringify(of!.data) !== JSON.stringify(without!.data)) tally.mattered++
}

const PAGES = 5

type Open = (text: string) => string | undefined

/** From a page of both to the page behind one of its cursors, the same on both sides, and so on. */
async function follow(
  pair: Pair,
  [of, without]: readonly [Answer, Answer],
  open: Open,
  tally: Tally,
  page: number,
): Promise<Difference | undefined> {
  const { guise, full, bare } = pair
  const isCursor = (text: string) => open(text) !== undefined
  const [here, there] = [cursorsIn(of.data, isCursor), cursorsIn(without.data, isCursor)]
  const path = [...here.keys()][page % Math.max(here.size, 1)]
  if (path === undefined || page >= PAGES) return undefined
  const said = open(here.get(path)!)!
  const text = `query Q($at: String) { page: ${said.split(' ')[1]}Connection(_cursor: $at) { next previous count offset edges { resource { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
  const ask = (server: Server, at: string) => server.ask(text, { at }, guise.asker)
  const answers = await Promise.all([ask(full, here.get(path)!), ask(bare, there.get(path)!)])
  const [a, b] = answers.map((answer) => canonical(answer, open))
  tally.followed++
  if (isBlind(pair, answers[0]!, answers[1]!)) {
    tally.blind++
    return undefined
  }
  if (a !== b || answers.some(isFault))
    return { text, variables: { at: said }, guise, full: a!, bare: b!, faults: faultsOf(pair) }
  return follow(pair, answers, open, tally, page + 1)
}
