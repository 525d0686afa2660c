// Where the JSON text of a frame waits for what differs from version to version: characters that no JSON text can hold. The
// view provenance_printed fills them too, migrations/Migration20261121220000_provenance.ts. Pure.

export const HOLES = {
  /** UUID of the log entry: the id of the Provenance. */
  id: '\u0001',
  recorded: '\u0002',
  /** `Observation/1` */
  target: '\u0003',
  version: '\u0004',
  /** v3-DataOperation code. */
  activity: '\u0005',
  /** Element `entity` behind its comma, or nothing. */
  entity: '\u0006',
} as const
