// The first of two passes over a document: what Bundles it has and which Type/id each fullUrl in them stands for.
// http://hl7.org/fhir/R4/bundle.html , http://hl7.org/fhir/R4/http.html#transaction
import { isObject, JsonError, parseJson } from '../../kernel/json.ts'
import { type ConditionalCreate, searchOf } from './conditional.ts'
import { tolerant } from './decompress.ts'
import { entryId, statedId } from './identity.ts'
import { DocumentSplitter, type Element, type Root } from './split-document.ts'
import { Targets } from './targets.ts'

/** A Bundle as it looks before its entries are read. */
export interface BundleOutline {
  readonly line: number
  /** A code of http://hl7.org/fhir/R4/valueset-bundle-type.html; undefined when there is none. */
  readonly type: string | undefined
  readonly entries: number
  /** From fullUrl to Type/id; a resolved conditional create changes it. */
  readonly targets: Targets
  readonly creates: readonly ConditionalCreate[]
  /** From the Type/id of a conditional create to what matched instead. */
  readonly matched: Map<string, string>
  /** What is wrong around its entries. */
  readonly fault: string | undefined
  /** False when the input ends inside. */
  readonly closed: boolean
}

type Links = Pick<BundleOutline, 'targets' | 'matched'> & { creates: ConditionalCreate[] }

export const BUNDLE_TYPE =
  /^(document|message|transaction|transaction-response|batch|batch-response|history|searchset|collection)$/

const noLinks = (): Links => ({ targets: new Targets(), creates: [], matched: new Map() })

/** Plain JSON.parse is enough for the names of things; bad entries are told in the second pass. */
function readEntry(text: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(text)
    if (!isObject(entry) || !isObject(entry.resource)) return undefined
    return statedId(entry) === undefined ? (parseJson(text).value as Record<string, unknown>) : entry
  } catch {
    return undefined
  }
}

function note({ targets, creates, matched }: Links, { text }: Element): void {
  const entry = text === undefined ? undefined : readEntry(text)
  if (entry === undefined || !isObject(entry.resource)) return
  const { resourceType: type } = entry.resource
  if (typeof type !== 'string') return
  const target = `${type}/${entryId(entry)}`
  const { fullUrl } = entry
  if (typeof fullUrl === 'string' && targets.get(fullUrl) === undefined) targets.set(fullUrl, target)
  const query = searchOf(entry)
  if (query === undefined) return
  const resolve = (to: string) => {
    matched.set(target, to)
    for (const name of [fullUrl, target]) if (typeof name === 'string') targets.set(name, to)
  }
  creates.push({ type, query, target, resolve })
}

/** What can be told of the Bundle when the input ends inside its entries. */
const completed = (text: string): string => `${text.trimEnd().replace(/,$/, '')}]}`

function faultOf(bundle: Record<string, unknown>, duplicates: (string | number)[][]): string | undefined {
  if (duplicates.some((path) => path.length === 1)) return 'the Bundle repeats one of its own members'
  if (typeof bundle.type !== 'string') return 'Bundle.type is missing; add it ("collection" if unsure)'
  if (!BUNDLE_TYPE.test(bundle.type)) return 'Bundle.type is no code of FHIR R4'
  const { entry = [] } = bundle
  const whole = Array.isArray(entry) && entry.every((element) => isObject(element))
  return whole ? undefined : 'Bundle.entry must be a list of objects'
}

/** @returns undefined when the value is no Bundle */
function outline({ line, text, elements: entries, closed }: Root, links: Links): BundleOutline | undefined {
  if (text === undefined) return undefined
  try {
    const { value, duplicates } = parseJson(closed ? text : completed(text))
    if (!isObject(value) || value.resourceType !== 'Bundle') return undefined
    const type = typeof value.type === 'string' ? value.type : undefined
    return { line, type, entries, closed, ...links, fault: faultOf(value, duplicates) }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    if (!/"resourceType"\s*:\s*"Bundle"/.test(text)) return undefined
    const type = /"type"\s*:\s*"([a-z-]+)"/.exec(text)?.[1]
    return { line, type, entries, closed, ...links, fault: 'the Bundle is not valid JSON around its entries' }
  }
}

/** The Bundles among the top-level values, by position. Damage of the input is left to the second pass to tell. */
export async function survey(
  chunks: AsyncIterable<Buffer>,
  limit: number,
  line = 1,
): Promise<Map<number, BundleOutline>> {
  const outlines = new Map<number, BundleOutline>()
  const splitter = new DocumentSplitter(() => true, limit, line)
  let links = noLinks()
  const take = (pieces: ReturnType<DocumentSplitter['push']>) => {
    for (const piece of pieces) {
      if (piece.kind === 'element') note(links, piece)
      if (piece.kind !== 'root') continue
      const found = outline(piece, links)
      if (found) outlines.set(piece.root, found)
      links = noLinks()
    }
  }
  for await (const chunk of tolerant(chunks)) if (Buffer.isBuffer(chunk)) take(splitter.push(chunk))
  take(splitter.end())
  return outlines
}
