// The body of an answer of somebody whom nobody vouches for.
import { HealthChainError } from '../../kernel/errors.ts'

/** @throws HealthChainError too-costly, when it is longer than `max` bytes; the rest is not read then */
export async function boundedBody({ body }: Response, max: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.length
    if (size > max) throw new HealthChainError('too-costly', 'too-large', 'The answer is longer than any of its kind.')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
