// What happens to a write before its transaction, in order, and the commit that ends it. A step that the table does
// not list for an interaction does not happen to it.
import { consentIssues } from '../consent/enforceable.ts'
import { compartmentOf } from '../fhir/compartment.ts'
import { isId } from '../fhir/references.ts'
import { validate } from '../fhir/validate.ts'
import { HealthChainError, type Issue } from '../kernel/errors.ts'
import { newId } from '../kernel/random.ts'
import { forgetFrames, isFrameGone, keepFrameOf } from '../store/provenance/frames.ts'
import type { Resource } from '../store/reader.ts'
import { type Standing, type Written, write } from '../store/writer.ts'
import type { Interaction } from './context.ts'
import { mayWrite } from './may-write.ts'

type Node = Record<string, unknown>
type Kind = 'create' | 'update' | 'delete'

/** One write on its way; steps fill it in. */
export interface Call {
  readonly kind: Kind
  readonly type: string
  id?: string
  resource?: Node
  /** Version that must stand (If-Match). */
  expected?: number
  /** No new version if the resource stands already as it is. */
  skipUnchanged?: boolean
  /** Repeated keys of the resource's JSON, as paths from its root. */
  duplicates?: readonly (readonly (string | number)[])[]
  /** What others have signed is read as it is, and judged strictly where it cannot be. */
  imported?: true
}

type Act = (call: Call) => void
const [C, U, D] = ['create', 'update', 'delete'] as const
const step = (act: Act, ...kinds: Kind[]) => ({ act, kinds })

//                     create update delete
const STEPS = [
  step(nameResource, /**/ C, U, D), // http.html#create: the server names what is new
  step(checkResource, /**/ C, U), //   validation.html: every fault at once
  step(checkConsent, /* */ C, U), //   IHE PCF: what we cannot enforce we do not take
]

/** Everything that is decided before the transaction. @throws HealthChainError as the steps do. */
export function prepare(call: Call): void {
  for (const { act, kinds } of STEPS) if (kinds.includes(call.kind)) act(call)
}

/** Prepared calls, all or none: versions, current rows and audit events in one transaction. */
export async function commit(
  calls: readonly Call[],
  { database, loaders, trail, log, asker, view }: Interaction,
  judged?: Standing,
): Promise<Written[]> {
  const { organisation } = asker
  const keep = () => keepFrameOf(database, asker, view.scope.everything)
  const frame = await keep()
  const patients = new Map<Written['id'], string | undefined>()
  const writes = calls.map(({ kind, type, id, resource, expected, skipUnchanged }) => {
    const named = kind === 'create' ? newId() : id!
    patients.set(`${type}/${named}`, resource && compartmentOf({ ...resource, id: named }).patient)
    return {
      type,
      id: named,
      frame,
      fresh: kind === 'create',
      ...(resource && { resource }),
      ...(expected !== undefined && { expected }),
      ...(skipUnchanged && { skipUnchanged }),
      ...(judged && { judged: judged.version, standing: judged }),
      ...(organisation !== undefined && { organisation, adopts: view.scope.everything }),
    }
  })
  const kinds = calls.map(({ kind }) => kind)
  const noted = () =>
    trail.written(
      kinds,
      // What is labelled anew because of these writes is written with them.
      ({ type, id, resource }) => patients.get(`${type}/${id}`) ?? (resource && compartmentOf(resource).patient),
      database,
    )
  const written = await write(database, writes, await noted()).catch(async (error) => {
    if (error instanceof HealthChainError) throw error
    forgetFrames(database)
    trail.forget()
    if (!isFrameGone(error)) throw error
    await keep()
    return write(database, writes, await noted())
  })
  loaders.forget()
  log.wrote(written)
  return written
}

const ATTEMPTS = 5
const isOvertaken = (error: unknown) => error instanceof HealthChainError && error.code === 'overtaken'

/** What was written, as far as the asker may read it. @throws HealthChainError as the steps do; nothing is stored then. */
export async function perform(call: Call, interaction: Interaction): Promise<Resource | null> {
  prepare(call)
  for (let attempt = 1; ; attempt++) {
    const permission = await mayWrite(call, interaction)
    const allowed = permission.resource ? { ...call, resource: permission.resource } : call
    try {
      const [written] = await commit([allowed], interaction, permission.judged)
      return written!.resource ? permission.readable(written!.resource as Resource) : null
    } catch (error) {
      // The right was judged on a version that is gone: judge again.
      if (!isOvertaken(error) || attempt >= ATTEMPTS) throw error
    }
  }
}

function nameResource(call: Call): void {
  if (call.kind === 'create') {
    // https://hl7.org/fhir/R4/http.html#create: an id that the client gives is ignored.
    const { id: _, ...rest } = call.resource!
    call.resource = rest
    return
  }
  if (!isId(call.id ?? ''))
    throw new HealthChainError('incorrect', 'bad-id', 'An id is 1 to 64 letters, digits, - and .')
  const given = call.resource?.id
  if (given !== undefined && given !== call.id)
    throw new HealthChainError('incorrect', 'id-mismatch', 'The id in the resource must be the id of the update.')
}

function checkResource({ type, resource, duplicates }: Call): void {
  const repeated = (duplicates ?? []).map((path) => repeatedKey(type, path))
  const issues = [...repeated, ...validate(type, resource)]
  if (issues.length > 0) throw invalidResource(type, issues)
}

function checkConsent({ type, resource, imported }: Call): void {
  if (type !== 'Consent' || imported) return
  const issues = consentIssues(resource!)
  if (issues.length === 0) return
  const message = 'This Consent asks for what cannot be enforced, so it is not stored: see extensions.resource.'
  throw new HealthChainError('unsupported', 'unenforceable', message, issues)
}

/** The fault of naming a key twice; `path` leads from `root` (a type, or '' for the request itself). */
export function repeatedKey(root: string, path: readonly (string | number)[]): Issue {
  // A key is the caller's own text: only what looks like a name is repeated.
  const shown = path.map((step) => (typeof step === 'number' || /^_?[A-Za-z]\w{0,63}$/.test(step) ? step : '?'))
  const expression = shown.reduce<string>(
    (at, step) => at + (typeof step === 'number' ? `[${step}]` : at === '' ? step : `.${step}`),
    root,
  )
  return { severity: 'error', code: 'structure', diagnostics: 'This key stands twice in one object.', expression }
}

export function invalidResource(type: string, issues: readonly Issue[]): HealthChainError {
  const count = issues.length === 1 ? 'one fault' : `${issues.length} faults`
  const message = `This is no valid ${type}: ${count}, see extensions.resource.`
  return new HealthChainError('incorrect', 'invalid-resource', message, issues)
}
