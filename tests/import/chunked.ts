// Bytes in chunks, cut wherever a test wants.
export async function* chunked(bytes: Buffer, cuts: readonly number[] = []): AsyncGenerator<Buffer> {
  for (const chunk of chunks(bytes, cuts)) yield chunk
}

export function chunks(bytes: Buffer, cuts: readonly number[] = []): Buffer[] {
  const at = [0, ...[...cuts].sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}
