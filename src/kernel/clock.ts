// The only place that reads the time.

/** Milliseconds since the epoch. */
export const now = (): number => Date.now()

/** A FHIR instant in UTC with milliseconds, `2026-01-02T03:04:05.678Z`. */
export const instant = (at: number = now()): string => new Date(at).toISOString()

/** Milliseconds from a fixed point, for durations only. */
export const elapsed = (): number => performance.now()

/** Resolves at a moment of `elapsed`, at once if it has passed. */
export const until = (at: number): Promise<void> =>
  new Promise((resolve) => {
    const left = at - elapsed()
    if (left <= 0) resolve()
    else setTimeout(resolve, Math.ceil(left))
  })
