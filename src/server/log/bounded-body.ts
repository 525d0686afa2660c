// The body of an answer of somebody whom nobody vouches for.
import { HealthChainError } from '../../kernel/errors.ts'

/** @throws HealthChainError too-costly, when it is longer than `max` bytes; the rest is not read then */
export async function boundedBody({ body }: Response, max: number): Promise<Buffer> {
  // Grown, not collected: a body may come byte by byte, and each piece would cost a hundred.
  let bytes = Buffer.alloc(0)
  let size = 0
  for await (const part of body ?? []) {
    const end = size + part.length
    if (end > max) throw new HealthChainError('too-costly', 'too-large', 'The answer is longer than any of its kind.')
    if (end > bytes.length) bytes = Buffer.concat([bytes], Math.min(max, 2 * end))
    bytes.set(part, size)
    size = end
  }
  return bytes.subarray(0, size)
}
