// What a statement is for, told by its text.

/** The insert that every operation ends with: what it told is on disk before it is told. */
export const isAudit = (sql: string) => sql.startsWith('insert into audit_event ')
