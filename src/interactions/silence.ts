// What is held back takes a moment longer to find than what is not there: both are denied after this time, milliseconds.
// Whoever denies waits until then, so that nobody learns from the time whether there is something.
export const SILENCE = 5
