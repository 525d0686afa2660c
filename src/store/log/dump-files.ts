// What a dump calls its files, beside those that /log serves. Pure.

/** Every checkpoint that is kept: `{"size":…,"note":"…"}` a line. */
export const CHECKPOINTS = 'checkpoints.ndjson'
/** Lines of src/provenance/disclosed-version.ts. */
export const VERSIONS = 'versions.ndjson'
/** Lines of src/provenance/stored-event.ts. */
export const EVENTS = 'events.ndjson'
/** Events of before there were batches: nothing proves them. */
export const UNLOGGED_EVENTS = 'unlogged-events.ndjson'
