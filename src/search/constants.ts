// Constants of a statement that are too long or change too often for its text: arrays in PostgreSQL's binary form, made
// once. Its text form would be printed and parsed again for every request.
// https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/adt/arrayfuncs.c (array_recv)

// https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/catalog/pg_type.dat
const [INT4, TEXT] = [23, 25]
const LOWER_BOUND = 1

function binary(type: number, elements: readonly Buffer[]): Buffer {
  const header = elements.length === 0 ? [0, 0, type] : [1, 0, type, elements.length, LOWER_BOUND]
  return Buffer.concat([...header.map(int4), ...elements.flatMap((element) => [int4(element.length), element])])
}

function int4(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

const ints = new WeakMap<readonly number[], Buffer>()
const texts = new WeakMap<readonly string[], Buffer>()

/** For `::int[]`; made once for each array, so that must not change. */
export function intArray(values: readonly number[]): Buffer {
  const made = ints.get(values) ?? binary(INT4, values.map(int4))
  ints.set(values, made)
  return made
}

/** For `::text[]`; the same. */
export function textArray(values: readonly string[]): Buffer {
  const made =
    texts.get(values) ??
    binary(
      TEXT,
      values.map((value) => Buffer.from(value)),
    )
  texts.set(values, made)
  return made
}
