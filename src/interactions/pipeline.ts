// What happens to a write, in order. One table: a step that is not listed for an interaction does not happen to it.
import { validate } from '../fhir/validate.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { newId } from '../kernel/random.ts'
import { type Written, write } from '../store/writer.ts'
import type { Interaction } from './context.ts'

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
  written?: Written
}

type Act = (call: Call, interaction: Interaction) => void | Promise<void>
const [C, U, D] = ['create', 'update', 'delete'] as const
const step = (act: Act, ...kinds: Kind[]) => ({ act, kinds })

//                     create update delete
const STEPS = [
  step(nameResource, /**/ C, U, D), // http.html#create: the server names what is new
  step(checkResource, /**/ C, U), //   validation.html: every fault at once
  step(commit, /*      */ C, U, D), //  version and current row, one transaction
]

/** @throws HealthChainError as the steps do; nothing is stored then. */
export async function perform(call: Call, interaction: Interaction): Promise<Written> {
  for (const { act, kinds } of STEPS) if (kinds.includes(call.kind)) await act(call, interaction)
  return call.written!
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/

function nameResource(call: Call): void {
  if (call.kind === 'create') {
    // https://hl7.org/fhir/R4/http.html#create: an id that the client gives is ignored.
    const { id: _, ...rest } = call.resource!
    call.resource = rest
    return
  }
  if (!ID.test(call.id ?? ''))
    throw new HealthChainError('incorrect', 'bad-id', 'An id is 1 to 64 letters, digits, - and .')
  const given = call.resource?.id
  if (given !== undefined && given !== call.id)
    throw new HealthChainError('incorrect', 'id-mismatch', 'The id in the resource must be the id of the update.')
}

function checkResource({ type, resource }: Call): void {
  const issues = validate(type, resource)
  if (issues.length > 0) throw invalidResource(type, issues)
}

export function invalidResource(type: string, issues: HealthChainError['issues']): HealthChainError {
  const count = issues.length === 1 ? 'one fault' : `${issues.length} faults`
  return new HealthChainError(
    'incorrect',
    'invalid-resource',
    `This is no valid ${type}: ${count}, see extensions.resource.`,
    issues,
  )
}

async function commit(call: Call, { database }: Interaction): Promise<void> {
  const { type, resource, expected } = call
  const fresh = call.kind === 'create'
  const id = fresh ? newId() : call.id!
  const [written] = await write(database, [
    { type, id, ...(resource && { resource }), fresh, ...(expected !== undefined && { expected }) },
  ])
  call.written = written!
}
