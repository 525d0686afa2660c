// Leaks, sown one at a time: each is a way in which a server of this kind has leaked or could. The interference test must
// find every one of them. A text that is not found exactly once in its file is an error: then the mutant must follow the code.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is source text

export interface Edit {
  readonly file: string
  readonly from: string
  readonly to: string
}
/** The text of a file with its edits. @throws RangeError where one does not find its text exactly once. */
export const changed = (file: string, text: string, edits: readonly Edit[]): string =>
  edits.reduce((left, { from, to }) => {
    const parts = left.split(from)
    if (parts.length !== 2) throw new RangeError(`In ${file} this stands ${parts.length - 1} times: ${from}`)
    return parts.join(to)
  }, text)

export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  /** Of the statement: the second wall would catch it, so it must be found with the wall and without. */
  readonly statement?: true
  /** Acts where policies are made or writes are judged, so it needs a world of its own. */
  readonly ownWorld?: true
}

const READER = 'src/store/reader.ts'
const COMPILE = 'src/search/compile.ts'
const RESTRICT = 'src/search/restrict.ts'
const TOLD = 'src/consent/told.ts'
const edit = (file: string, from: string, to: string): Edit => ({ file, from, to })
const all = '{ ...scope, everything: true }'

/** The second wall says nothing while `globalThis.wallDown` is set. */
export const WALL: Edit = edit(
  'src/store/disclose.ts',
  '!isTold(view.scope, facts, verdict)) throw disagreement()',
  "!isTold(view.scope, facts, verdict))\n      if (!('wallDown' in globalThis)) throw disagreement()",
)

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'only roots are guarded: references are read without scope',
    statement: true,
    edits: [
      edit(
        READER,
        "const held = restriction(scope, type, 'r', { name: 't' })\n  // PostgreSQL",
        `const held = restriction(${all}, type, 'r', { name: 't' })\n  // PostgreSQL`,
      ),
    ],
  },
  {
    name: 'rows are filtered after paging',
    statement: true,
    edits: [
      edit(
        COMPILE,
        'const conditions = where(search, held, border ? [border] : [])',
        'const conditions = where(search, OPEN, border ? [border] : [])',
      ),
      edit(
        COMPILE,
        'select ${columns(held)}${keys} from ${table(search)} as t${held.joins} where ${conditions} order by ${orderBy(sort, position',
        'select ${columns(held)}${keys}, (${held.condition}) as told from ${table(search)} as t${held.joins} where ${conditions} order by ${orderBy(sort, position',
      ),
      edit(
        READER,
        'const rows = await session.query(compileSearch(query, view.scope, limit))',
        'const rows = (await session.query(compileSearch(query, view.scope, limit))).filter((row) => (row as unknown as { told: boolean }).told)',
      ),
      edit(
        READER,
        'return disclose(session, await session.query(compileSearch(query, view.scope, limit, false)), view',
        'return disclose(session, (await session.query(compileSearch(query, view.scope, limit, false))).filter((row) => (row as unknown as { told: boolean }).told), view',
      ),
    ],
  },
  {
    name: 'lists and pages are searched without scope',
    statement: true,
    edits: [
      edit(
        COMPILE,
        'const conditions = where(search, held, border ? [border] : [])',
        'const conditions = where(search, OPEN, border ? [border] : [])',
      ),
    ],
  },
  {
    name: 'the total is counted before consent',
    statement: true,
    edits: [
      edit(
        COMPILE,
        'as t${held.joins} where ${where(search, held)}`',
        'as t${held.joins} where ${where(search, OPEN)}`',
      ),
    ],
  },
  {
    name: 'reverse references are not scoped',
    statement: true,
    edits: [
      edit(
        COMPILE,
        'const conditions = where(search, held, [ofPatient',
        'const conditions = where(search, OPEN, [ofPatient',
      ),
    ],
  },
  {
    name: 'history is not scoped',
    statement: true,
    edits: [
      edit(
        READER,
        'where: sql`v.type = ${type} and ${standing.condition} and ${then.condition}${narrowed',
        'where: sql`v.type = ${type}${narrowed',
      ),
    ],
  },
  {
    name: 'old versions are judged by the current row only',
    statement: true,
    edits: [edit(READER, '${standing.condition} and ${then.condition}$', '${standing.condition}$')],
  },
  {
    name: 'old versions are judged by themselves only',
    edits: [edit(READER, '${standing.condition} and ${then.condition}$', '${then.condition}$')],
  },
  {
    name: 'a statement is kept across askers',
    statement: true,
    edits: [
      edit(READER, 'const known = byIds.get(scope) ?? new Map', 'const known = byIds.get(ANYBODY) ?? new Map'),
      edit(READER, 'byIds.set(scope, known)', 'byIds.set(ANYBODY, known)'),
      edit(READER, 'const byIds = new WeakMap', 'const ANYBODY = {} as ReadScope\nconst byIds = new WeakMap'),
    ],
  },
  {
    name: 'what is forbidden is denied in other words than what is absent',
    edits: [
      edit(
        'src/interactions/read.ts',
        'await until(began + SILENCE)\n  throw notFound()',
        "await until(began + SILENCE)\n  const there = await interaction.database.query({ sql: 'select 1 from resource_version where type = $1 and id = $2', parameters: [type, id] })\n  throw there.length > 0 ? new HealthChainError('forbidden', 'consent', 'You may not read this.') : notFound()",
      ),
    ],
  },
  {
    name: 'writing over what is forbidden is refused in other words',
    ownWorld: true,
    edits: [
      edit(
        'src/interactions/may-write.ts',
        '    await until(began + SILENCE)\n    throw notFound()',
        "    const there = await database.query({ sql: 'select 1 from resource_version where type = $1 and id = $2', parameters: [type, id] })\n    throw there.length > 0 ? forbidden('consent', 'You may not write this.') : notFound()",
      ),
    ],
  },
  {
    name: 'hidden elements can be searched',
    edits: [edit('src/interactions/askable.ts', '  parametersIn(search.filter, codes)\n', '')],
  },
  {
    name: 'hidden elements can be sorted by',
    edits: [
      edit('src/interactions/askable.ts', 'const codes = new Set(sortedBy(search))', 'const codes = new Set<string>()'),
    ],
  },
  {
    name: 'the mask spares what is contained',
    edits: [
      edit(
        'src/consent/mask.ts',
        'return Array.isArray(left.contained) ? maskContained(left, left.contained) : left',
        'return left',
      ),
    ],
  },
  {
    name: 'nothing is masked',
    edits: [edit('src/store/disclose.ts', 'const seen = view.mask(resource) as Resource', 'const seen = resource')],
  },
  {
    name: 'a permit beside a deny lifts it',
    edits: [edit('src/consent/judge.ts', 'r.depth > rule.depth', 'r.depth >= rule.depth')],
  },
  {
    name: 'denies are not heard',
    statement: true,
    edits: [
      edit(
        RESTRICT,
        "((${column('sensitivity')} & ~(${sql.join(masks, sql` | `)})) = 0${not(shut)})`",
        "((${column('sensitivity')} & ~(${sql.join(masks, sql` | `)})) = 0)`",
      ),
    ],
  },
  {
    name: 'confidentiality is symmetric: who permits N permits R',
    edits: [
      edit(
        'src/consent/judge.ts',
        'const mask = rule.labels[level]!',
        'const mask = rule.deny ? rule.labels[level]! : rule.labels.reduce((all, one) => all | one, 0)',
      ),
    ],
  },
  {
    name: 'one permitted sensitivity is enough',
    statement: true,
    edits: [
      edit(
        RESTRICT,
        "((${column('sensitivity')} & ~(${sql.join(masks, sql` | `)})) = 0",
        "((${column('sensitivity')} & (${sql.join(masks, sql` | `)})) <> 0",
      ),
      edit(
        RESTRICT,
        ": sql`(${column('sensitivity')} & ~${open}) = 0`",
        ": sql`(${column('sensitivity')} & ${open}) <> 0`",
      ),
    ],
  },
  {
    name: 'resources of several patients are told',
    edits: [
      edit(
        RESTRICT,
        "${column('patient')} is null and not ${column('shared')} and",
        "${column('patient')} is null and",
      ),
      edit(TOLD, '  !shared && confidentiality <=', '  (shared || !shared) && confidentiality <='),
    ],
  },
  {
    name: 'clinical resources of nobody are told',
    edits: [
      edit(
        RESTRICT,
        '    : NOTHING\n  const mine',
        "    : sql<boolean>`(${column('patient')} is null and not ${column('shared')})`\n  const mine",
      ),
      edit(
        TOLD,
        'confidentiality <= NORMAL && SEARCH[type]?.directory === true',
        'confidentiality <= NORMAL && SEARCH[type] !== undefined',
      ),
    ],
  },
  {
    name: 'the policies of another patient are heard',
    edits: [edit(RESTRICT, "= ${row.patient ?? column('patient')} and", "= ${'p1'} and")],
  },
  {
    name: 'expired policies are heard',
    edits: [edit(RESTRICT, " and now() < ${held('valid_until')}`", '`')],
  },
  {
    name: 'silence means yes though somebody has permitted something',
    statement: true,
    edits: [edit(RESTRICT, 'return sql`not (${onFile}) and', 'return sql`(true or ${onFile}) and')],
  },
  {
    name: 'a SMART scope reaches beyond its patient',
    statement: true,
    edits: [edit(RESTRICT, '...(patient === undefined ? [] : [mine(patient)]),', '')],
  },
  {
    name: 'the suffix of a SMART scope is not asked',
    edits: [
      edit(RESTRICT, '...(filter.length === 0 ? [] : [admit(filter)', '...(filter.length >= 0 ? [] : [admit(filter)'),
    ],
  },
  {
    name: 'what is disclosed beside the answer hangs on the data',
    edits: [
      edit(
        'src/store/disclose.ts',
        '    linkContained(seen)\n',
        '    if (seen !== resource) Object.assign(view, { cut: true })\n    linkContained(seen)\n',
      ),
      edit(
        'src/server/disclosure.ts',
        'const { hidden, obligations, trail } = contextValue.interaction',
        'const { hidden, obligations, trail, view } = contextValue.interaction',
      ),
      edit(
        'src/server/disclosure.ts',
        'const disclosure = hidden.size === 0 ? []',
        "const disclosure = !('cut' in view) ? []",
      ),
    ],
  },
  {
    name: 'purposes are not subsumed',
    edits: [edit('src/consent/hearing.ts', ': ancestorsOf(purpose)', ': [purpose]')],
  },
]
