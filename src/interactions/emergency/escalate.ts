// Reviews of broken glass that nobody finished in time: urgent from then on, and the organisation hears of it. The server
// runs this every few minutes, as the operator; several may, each review is escalated once.
import { parseLocalReference } from '../../fhir/references.ts'
import type { Asker } from '../../kernel/asker.ts'
import { instant } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { isObject } from '../../kernel/json.ts'
import { type OpenReview, openReviews } from '../../store/reviews.ts'
import type { Interaction } from '../context.ts'
import { type Call, commit, prepare } from '../pipeline.ts'
import { communication, REVIEW_HOURS } from './notices.ts'

/** In one run; the rest is for the next. */
const REVIEWS_MAX = 100
const TEXT = 'The review of an emergency access is overdue. It is urgent now.'

const referenceIn = (value: unknown) =>
  isObject(value) && typeof value.reference === 'string' ? value.reference : undefined

function callsFor({ task, version }: OpenReview, at: number): Call[] {
  const urgent = { ...task, priority: 'urgent', lastModified: instant(at) }
  const calls: Call[] = [{ kind: 'update', type: 'Task', id: task.id, resource: urgent, expected: version }]
  const [owner, subject] = [referenceIn(task.owner), referenceIn(task.for)]
  const patient = subject === undefined ? undefined : parseLocalReference(subject)?.id
  if (owner === undefined || patient === undefined) return calls
  const about = { basedOn: [{ reference: `Task/${task.id}` }] }
  const resource = communication({ patient, at }, owner, TEXT, about)
  return [...calls, { kind: 'create', type: 'Communication', resource }]
}

/** The organisation that reviews holds what is written to it, as it holds the review. */
function heldBy({ task }: OpenReview, asker: Asker): Asker {
  const owner = parseLocalReference(referenceIn(task.owner) ?? '')
  return owner?.type === 'Organization' ? { ...asker, organisation: owner.id } : asker
}

/** How many reviews became urgent. `operator`: an interaction of the operator; `at`: now, milliseconds. */
export async function escalateReviews(operator: Interaction, at: number): Promise<number> {
  const due = instant(at - REVIEW_HOURS * 3_600_000)
  let escalated = 0
  let fault: unknown
  for (const review of await openReviews(operator.database, due, REVIEWS_MAX)) {
    try {
      const calls = callsFor(review, at)
      for (const call of calls) prepare(call)
      await commit(calls, { ...operator, asker: heldBy(review, operator.asker) })
      escalated++
    } catch (error) {
      // Somebody worked on it just now, or another server was faster: the next run looks again.
      if (!(error instanceof HealthChainError) || error.code !== 'version-conflict') fault ??= error
    }
  }
  // Told once the others have had their turn.
  if (fault !== undefined) throw fault
  return escalated
}
