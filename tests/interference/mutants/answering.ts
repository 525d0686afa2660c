// Leaks in what is answered: words of errors, masks, searches for what is hidden, what stands beside the answer.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is source text
import { edit, type Mutant } from './mutant.ts'

export const ANSWERING: readonly Mutant[] = [
  {
    name: 'what is forbidden is denied in other words than what is absent',
    near: { document: /\(id:/ },
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
    near: { document: /Update\(|Delete\(/ },
    writes: true,
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
    near: { document: /List\(|Connection\(/, asker: 'hidden', hidden: 'search' },
    edits: [edit('src/interactions/askable.ts', '  parametersIn(search.filter, codes)\n', '')],
  },
  {
    name: 'hidden elements can be sorted by',
    near: { document: /_sort:/, asker: 'hidden', hidden: 'sort' },
    edits: [
      edit('src/interactions/askable.ts', 'const codes = new Set(sortedBy(search))', 'const codes = new Set<string>()'),
    ],
  },
  {
    name: 'the mask spares what is contained',
    near: { document: /contained\b/, asker: 'hidden', hidden: 'contained' },
    edits: [
      edit(
        'src/consent/mask.ts',
        'return Array.isArray(left.contained) ? maskContained(left, left.contained) : left',
        'return left',
      ),
    ],
  },
  {
    name: 'hidden elements can be searched in a negation',
    near: { document: /_filter:[^)]*not/, asker: 'hidden', hidden: 'negation' },
    edits: [
      edit(
        'src/interactions/askable.ts',
        "else if (filter.op === 'not') parametersIn(filter.filter, into)",
        "else if (filter.op === 'not') return",
      ),
    ],
  },
  {
    name: 'hidden references can be followed backwards',
    near: { document: /_reference:/, asker: 'hidden', hidden: 'reference' },
    edits: [
      edit(
        'src/interactions/askable.ts',
        'if (!view.scope.everything && hidesParameter(hidden, type, parameter.code))',
        'if (!view)',
      ),
    ],
  },
  {
    name: 'what is contained is told with its container',
    near: { document: /contained\b/ },
    edits: [
      edit(
        'src/consent/contained.ts',
        'if (isObject(inner) && (await isToldInside(inner, containing))) told.add(inner)',
        'told.add(inner)',
      ),
    ],
  },
  {
    name: 'nothing is masked',
    near: { document: /./, asker: 'hidden' },
    edits: [edit('src/store/disclose.ts', 'const seen = view.mask(resource) as Resource', 'const seen = resource')],
  },
  {
    name: 'what is disclosed beside the answer hangs on the data',
    near: { document: /List|Connection/, asker: 'hidden' },
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
]
