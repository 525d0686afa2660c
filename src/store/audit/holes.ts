// Where the JSON text of a frame waits for what differs from event to event: characters that no JSON text can hold. The
// view audit_event fills them, migrations/Migration20261121155000_audit.ts. Pure.

export const HOLES = {
  id: '\u0001',
  recorded: '\u0002',
  address: '\u0003',
  /** JSON string: `"Patient/1"`. */
  subject: '\u0004',
  /** JSON string: the reference of the first resource. */
  data: '\u0005',
  /** Element `securityLabel` behind its comma, or nothing. */
  labels: '\u0006',
  /** Base64 of the raw request. */
  query: '\u0007',
  /** Entities, each as JSON, with commas between. */
  part: '\u0008',
  /** JSON string. */
  request: '\u000e',
} as const
