// Leaks where rows are read: statements that lost their restriction, or that are restricted too late.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is source text
import { edit, type Mutant } from './mutant.ts'

/** Of an interaction: nothing is held back. */
const eyes = '{ ...interaction.view.scope, everything: true }'
const READ = 'src/interactions/read.ts'
const onlyTold = '.filter((row) => (row as { told?: boolean }).told !== false)'
const SIGHTS = 'src/server/interaction-for.ts'
const READER = 'src/store/reader.ts'
const COMPILE = 'src/search/compile.ts'
const all = '{ ...scope, everything: true }'

export const READING: readonly Mutant[] = [
  {
    name: 'what is read by id is not scoped',
    near: { document: /: resource\b/ },
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
    near: { document: /(?:List|Connection)\([^)]*_count/ },
    edits: [
      edit(COMPILE, '${where(search, held, beyond(search))}', '${where(search, OPEN, beyond(search))}'),
      edit(
        COMPILE,
        'select ${columns(held)}${keys} from ${table(search)} as t${held.joins}',
        'select ${columns(held)}${keys}, (${held.condition}) as told from ${table(search)} as t${held.joins}',
      ),
      edit(
        READER,
        'const rows = await session.query(compileSearch(query, view.scope, limit))',
        `const rows = (await session.query(compileSearch(query, view.scope, limit)))${onlyTold}`,
      ),
      edit(
        READER,
        'return disclose(session, await session.query(compileSearch(query, view.scope, limit, false)), view',
        `return disclose(session, (await session.query(compileSearch(query, view.scope, limit, false)))${onlyTold}, view`,
      ),
    ],
  },
  {
    name: 'lists and pages are searched without scope',
    statement: true,
    near: { document: /(?:List|Connection)\b/ },
    edits: [edit(COMPILE, '${where(search, held, beyond(search))}', '${where(search, OPEN, beyond(search))}')],
  },
  {
    name: 'lists and pages by a concept are searched without scope',
    statement: true,
    near: { document: /Observation(?:List|Connection)\((?=[^)]*_sort: "-?date")[^)]*\bcode:/ },
    edits: [edit(COMPILE, 'across.rest }, held, [ofConcept', 'across.rest }, OPEN, [ofConcept')],
  },
  {
    name: 'the total is counted before consent',
    near: { document: /Connection\b.*\bcount\b/s },
    edits: [
      edit(COMPILE, '${table(search)} as t`, where(search, held)]', '${table(search)} as t`, where(search, OPEN)]'),
    ],
  },
  {
    name: 'the total by a concept is counted before consent',
    near: { document: /ObservationConnection\([^)]*\bcode:.*\bcount\b/s },
    edits: [edit(COMPILE, 'across.rest }, held, [ofCodes', 'across.rest }, OPEN, [ofCodes')],
  },
  {
    name: 'reverse references are not scoped',
    near: { document: /_reference:/ },
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
    name: 'reverse references are limited before consent',
    near: { document: /PatientList(?:\(_count: \d+\))? \{ .*_count: [1-4], _reference: "/ },
    edits: [
      edit(
        COMPILE,
        'const conditions = where(search, held, [ofPatient',
        'const conditions = where(search, OPEN, [ofPatient',
      ),
      edit(
        COMPILE,
        'select ${columns(held)} from ${table(search)} as t${inside}',
        'select ${columns(held)}, (${held.condition}) as told from ${table(search)} as t${inside}',
      ),
      edit(
        READER,
        'const rows = await session.query(statement)\n',
        'const rows = (await session.query(statement)).filter((row) => (row as unknown as { told: boolean }).told)\n',
      ),
    ],
  },
  {
    name: 'references are followed without scope, and past the second wall',
    near: { document: /: resource\b/ },
    edits: [
      edit(
        READ,
        '? await interaction.loaders.resource(address)',
        `? await new Loaders(interaction.database, { ...interaction.view, scope: ${eyes} }).resource(address)`,
      ),
      edit(
        READ,
        "import type { Resource } from '../store/reader.ts'",
        "import { Loaders } from '../store/loaders.ts'\nimport type { Resource } from '../store/reader.ts'",
      ),
    ],
  },
  {
    name: 'the next page is announced before consent',
    near: { document: /Connection\([^)]*_count/ },
    edits: [
      edit(
        'src/interactions/search.ts',
        'const more = ahead.length > size',
        `const more = (await count(interaction.database, search, { ...interaction.view, scope: ${eyes} })) > size`,
      ),
    ],
  },
  {
    name: 'old versions are read without scope',
    statement: true,
    near: { document: /versionId:|: resource\b/ },
    edits: [
      edit(
        READER,
        'where v.content is not null and ${from.where}`',
        'where v.content is not null and v.type = ${type}`',
      ),
    ],
  },
  {
    name: 'history is not scoped',
    near: { document: /History\(/ },
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
    near: { document: /History\(|versionId:/ },
    statement: true,
    edits: [edit(READER, '${standing.condition} and ${then.condition}$', '${standing.condition}$')],
  },
  {
    name: 'old versions are judged by themselves only',
    near: { document: /History\(|versionId:/ },
    edits: [edit(READER, '${standing.condition} and ${then.condition}$', '${then.condition}$')],
  },
  {
    name: 'a statement is kept across askers',
    near: { document: /: resource\b|\(id:/ },
    statement: true,
    edits: [
      edit(READER, 'const known = byIds.get(scope) ?? new Map', 'const known = byIds.get(ANYBODY) ?? new Map'),
      edit(READER, 'byIds.set(scope, known)', 'byIds.set(ANYBODY, known)'),
      edit(READER, 'const byIds = new WeakMap', 'const ANYBODY = {} as ReadScope\nconst byIds = new WeakMap'),
    ],
  },
  {
    name: 'an asker is taken for the last one of the same client',
    near: { document: /./ },
    edits: [
      edit(SIGHTS, 'sights.get(asker)', 'sights.get(CLIENT)'),
      edit(SIGHTS, 'sights.set(asker, made)', 'sights.set(CLIENT, made)'),
      edit(SIGHTS, 'const operator: Sight', 'const CLIENT = {} as Asker\nconst operator: Sight'),
    ],
  },
]
