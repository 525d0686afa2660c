// What a statement is for, told by its text.

/** The insert that every operation ends with: what it told is on disk before it is told. */
export const isAudit = (sql: string) => /^with (?:framed as \(\s*insert into audit_frame|batch as) /.test(sql)

/** The look for new policies: once a second and process, whatever is asked. */
const isLook = (sql: string) => /^select (?:coalesce\(max\(id\), 0\) as last|id, rules) from policy\b/.test(sql)

/** What audit events share is stored when it comes for the first time. */
const isFrame = (sql: string) => sql.startsWith('insert into audit_frame ')

/** Those that a request makes, whenever it comes. */
export const ofRequests = (statements: readonly string[]) => statements.filter((sql) => !isLook(sql) && !isFrame(sql))
