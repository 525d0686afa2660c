// read and vread, https://hl7.org/fhir/R4/http.html#read; references and reverse references inside an answer.
import { isId, parseLocalReference, resolveContained } from '../fhir/references.ts'
import { elapsed, now, until } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { reverseParameter } from '../search/compile.ts'
import { parseSearch, type SearchArguments } from '../search/parse.ts'
import type { Resource } from '../store/reader.ts'
import { askable, askableReference } from './askable.ts'
import { charge, type Interaction, maySee, requireRight } from './context.ts'
import { LIST_MAX, requireCount, tooMany } from './search.ts'
import { SILENCE } from './silence.ts'

const notFound = () => new HealthChainError('not-found', 'not-found', 'There is no such resource.')

/** @throws HealthChainError not-found, the same for what is missing, deleted or held back. */
export async function read(interaction: Interaction, type: string, id: string, version?: string): Promise<Resource> {
  requireRight(interaction, type, 'r')
  const { loaders, trail } = interaction
  trail.asked(version === undefined ? 'read' : 'vread', type)
  const began = elapsed()
  const known = isId(id) && (version === undefined || /^[1-9]\d{0,8}$/.test(version))
  const found = known ? await loaders.resource(version === undefined ? { type, id } : { type, id, version }) : null
  if (found) return found
  await until(began + SILENCE)
  throw notFound()
}

interface Reference {
  reference?: string
}

/** What a Reference points to; null if that has another type than asked for, or is missing and `optional`. */
export async function resolve(
  interaction: Interaction,
  reference: Reference,
  options: { optional?: boolean; type?: string },
): Promise<object | null> {
  const text = reference.reference
  const address = text === undefined ? undefined : parseLocalReference(text)
  const wrong = (type: unknown) => options.type !== undefined && options.type !== type
  if (address && wrong(address.type)) return null
  // Charged whether or not it leads anywhere: an error per row is an answer too.
  charge(interaction, 1)
  const found = text?.startsWith('#')
    ? resolveContained(reference)
    : address && maySee(interaction, address.type, 'r')
      ? await interaction.loaders.resource(address)
      : undefined
  if (found) return wrong(found.resourceType) ? null : found
  if (options.optional) return null
  throw new HealthChainError(
    'not-found',
    'unresolved',
    'This reference cannot be resolved. Ask with optional: true to leave it out.',
  )
}

/** `ObservationList(_reference: subject)` inside a resource: all that refer to it, or an error if that is too many. */
export async function referring(
  interaction: Interaction,
  type: string,
  parent: Resource,
  given: SearchArguments & { _reference: string },
): Promise<Resource[]> {
  requireRight(interaction, type, 's')
  const parameter = askableReference(interaction, type, reverseParameter(type, given._reference, parent.resourceType))
  const search = askable(interaction, parseSearch(type, given, now()))
  interaction.trail.asked('search', type)
  if (search.count === 0) return []
  requireCount(search.count)
  const address = `${parent.resourceType}/${parent.id}`
  // One row more than the limit tells that there were more than a list may hold.
  const found = await interaction.loaders.referringTo(address, search, parameter, search.count ?? LIST_MAX + 1)
  if (search.count === undefined && found.length > LIST_MAX) throw tooMany(type)
  charge(interaction, found.length)
  return found
}
