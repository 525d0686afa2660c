// What a statement is for, told by its text.

/** The insert that every operation ends with: what it told is on disk before it is told. */
export const isAudit = (sql: string) => sql.startsWith('insert into audit_event ')

/** The look for new policies: once a second and process, whatever is asked. */
const isLook = (sql: string) => /^select (?:coalesce\(max\(id\), 0\) as last|id, rules) from policy\b/.test(sql)

/** Those that a request makes, whenever it comes. */
export const ofRequests = (statements: readonly string[]) => statements.filter((sql) => !isLook(sql))
