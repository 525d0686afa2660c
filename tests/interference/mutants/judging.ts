// Leaks where rows are judged: consents heard wrongly, in the statement or in the second wall or in both.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is source text
import { edit, type Mutant } from './mutant.ts'

const RESTRICT = 'src/search/restrict.ts'
const TOLD = 'src/consent/told.ts'

/** A list of all there is of a type: whatever row is judged wrongly stands in one of them. */
const EVERYTHING = /^query Q[^{]*\{ (?:a\d+: )?\w+List \{/

export const JUDGING: readonly Mutant[] = [
  {
    name: 'a permit beside a deny lifts it',
    near: { document: EVERYTHING },
    edits: [edit('src/consent/judge.ts', 'r.depth > rule.depth', 'r.depth >= rule.depth')],
  },
  {
    name: 'denies are not heard',
    near: { document: EVERYTHING },
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
    near: { document: EVERYTHING },
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
    near: { document: EVERYTHING },
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
    near: { document: /./, whose: 'several' },
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
    near: { document: /./, whose: 'nobody' },
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
    near: { document: EVERYTHING },
    edits: [
      edit(
        RESTRICT,
        "= ${row.patient ?? column('patient')} and",
        "= (select min(other.patient) from patient_policy as other where other.patient > ${row.patient ?? column('patient')}) and",
      ),
    ],
  },
  {
    name: 'expired policies are heard',
    near: { document: EVERYTHING },
    edits: [edit(RESTRICT, " and now() < ${held('valid_until')}`", '`')],
  },
  {
    name: 'silence means yes though somebody has permitted something',
    near: { document: EVERYTHING },
    statement: true,
    edits: [
      edit(RESTRICT, 'return sql`not (${onFile(scope, row)}) and', 'return sql`(true or ${onFile(scope, row)}) and'),
    ],
  },
  {
    name: 'a SMART scope reaches beyond its patient',
    near: { document: EVERYTHING, asker: 'confined' },
    statement: true,
    edits: [edit(RESTRICT, '...(patient === undefined ? [] : [mine(patient)]),', '')],
  },
  {
    name: 'the suffix of a SMART scope is not asked',
    near: { document: EVERYTHING, asker: 'narrow' },
    edits: [
      edit(RESTRICT, '...(filter.length === 0 ? [] : [admit(filter)', '...(filter.length >= 0 ? [] : [admit(filter)'),
    ],
  },
  {
    name: 'purposes are not subsumed',
    near: { document: EVERYTHING },
    edits: [edit('src/consent/hearing.ts', ': ancestorsOf(purpose)', ': [purpose]')],
  },
]
