// Remembers what a pure function made of a text; forgets everything once too much is remembered. Pure to its callers.

export function memo<T>(make: (key: string) => T, max = 1000): (key: string) => T {
  const known = new Map<string, T>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined || known.has(key)) return before as T
    const made = make(key)
    if (known.size >= max) known.clear()
    known.set(key, made)
    return made
  }
}
