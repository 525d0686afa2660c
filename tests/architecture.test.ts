// The house as rules: who may import whom, no cycles, file sizes, and the few places that may read time, chance, the
// environment or the database. README shows the import table; this test is what holds it.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const FOLDERS = ['src', 'schema', 'resolvers', 'fhir-profiles', 'migrations', 'tests']

interface Import {
  readonly from: string
  /** A file of ours, relative to the root, or the name of a package. */
  readonly to: string
  /** Gone when compiled. */
  readonly typeOnly: boolean
}
interface Source {
  readonly file: string
  readonly text: string
  /** Without comments. */
  readonly code: string
  readonly lines: number
  readonly generated: boolean
}

const sources: Source[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const text = readFileSync(join(root, folder, file), 'utf8')
      const path = `${folder}/${file}`
      const generated = path.includes('/generated/') || /^migrations\/.*_tables\.ts$/.test(path)
      return { file: path, text, code: withoutComments(text), lines: text.split('\n').length - 1, generated }
    }),
)

/** Strings and templates stay; what looks like a comment inside them is kept with them. */
function withoutComments(text: string): string {
  const parts = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/gm
  return text.replaceAll(parts, (part) => (part.startsWith('/*') || part.startsWith('//') ? '' : part))
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:([\w*{][^'"`;]*?)\s+from\s+)?'([^'\n]+)'/gm
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g

function importsOf({ file, code }: Source): Import[] {
  const to = (name: string) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name)
  const found = [...code.matchAll(STATEMENT)].map(([, type, names, name]) => {
    const listed = /^\{([^}]*)\}$/
      .exec(names?.trim() ?? '')?.[1]
      ?.split(',')
      .map((n) => n.trim())
    const typeOnly = type !== undefined || (listed?.filter(Boolean).every((n) => n.startsWith('type ')) ?? false)
    return { from: file, to: to(name!), typeOnly }
  })
  const dynamic = [...code.matchAll(DYNAMIC)].map(([, name]) => ({ from: file, to: to(name!), typeOnly: false }))
  return [...found, ...dynamic]
}

const imports = sources.flatMap(importsOf)
const files = new Set(sources.map(({ file }) => file))

/** `src/kernel`, `schema` …: the row of the table that a file belongs to. */
const folderOf = (file: string) =>
  file.startsWith('src/') ? file.split('/').slice(0, 2).join('/') : file.split('/')[0]!

/** What each folder may import; `types:` where only types may come. A folder may always import itself. */
const TABLE: Record<string, { ours: string[]; packages: string[] }> = {
  'src/kernel': { ours: [], packages: ['node:crypto'] },
  'src/fhir': { ours: ['src/kernel'], packages: [] },
  'src/consent': { ours: ['src/kernel', 'src/fhir'], packages: ['node:crypto'] },
  'src/search': { ours: ['src/kernel', 'src/fhir', 'src/consent'], packages: ['kysely'] },
  'src/provenance': { ours: ['src/kernel'], packages: ['node:crypto'] },
  'src/auth': { ours: ['src/kernel'], packages: ['node:crypto', 'jose'] },
  'src/store': {
    ours: ['src/kernel', 'src/fhir', 'src/consent', 'src/search', 'src/provenance', 'src/auth'],
    packages: ['@mikro-orm/', 'kysely', 'dataloader', 'pg', 'node:crypto', 'node:url'],
  },
  'src/interactions': {
    ours: ['kernel', 'fhir', 'consent', 'search', 'provenance', 'auth', 'store'].map((f) => `src/${f}`),
    packages: [],
  },
  'src/demo': { ours: ['src/kernel', 'types:src/fhir'], packages: [] },
  schema: { ours: ['src/kernel', 'types:src/fhir'], packages: ['type-graphql', 'graphql'] },
  resolvers: {
    ours: ['schema', 'src/kernel', 'types:src/interactions'],
    packages: ['type-graphql', 'graphql-shield'],
  },
  'src/server': { ours: ['src/', 'schema', 'resolvers'], packages: [''] },
  migrations: { ours: [], packages: ['@mikro-orm/migrations'] },
  'fhir-profiles': { ours: ['src/', 'schema'], packages: [''] },
  tests: { ours: [''], packages: [''] },
}

/** Import reads files: the one part of the interactions that knows node. */
const IMPORT_PACKAGES = ['node:buffer', 'node:crypto', 'node:fs', 'node:fs/promises', 'node:path', 'node:zlib']

/** Build and compile time only: no JavaScript of it runs. */
const TYPES_ANYWHERE = ['@medplum/fhirtypes']

const begins = (name: string, allowed: readonly string[]) =>
  allowed.some((a) => name === a || a === '' || (a.endsWith('/') ? name.startsWith(a) : name.startsWith(`${a}/`)))

function isAllowed({ from, to, typeOnly }: Import): boolean {
  const row = TABLE[folderOf(from)]
  if (!row) return false
  if (files.has(to)) {
    if (folderOf(to) === folderOf(from)) return true
    const types = row.ours.flatMap((a) => (a.startsWith('types:') ? [a.slice('types:'.length)] : []))
    return begins(to, row.ours) || (typeOnly && begins(to, types))
  }
  if (typeOnly && TYPES_ANYWHERE.includes(to)) return true
  if (from.startsWith('src/interactions/import') && IMPORT_PACKAGES.includes(to)) return true
  return begins(to, row.packages)
}

const shown = ({ from, to, typeOnly }: Import) => `${from} -> ${to}${typeOnly ? ' (types)' : ''}`

describe('imports', () => {
  test('are found at all, statements that span lines and dynamic ones too', () => {
    expect(imports.length).toBeGreaterThan(300)
    const edges = imports.map(shown)
    expect(edges).toContain('src/fhir/validate.ts -> src/kernel/errors.ts (types)')
    expect(edges).toContain('src/search/compile.ts -> kysely')
    expect(edges).toContain('src/server/graphiql.ts -> @graphql-yoga/render-graphiql')
  })

  test('lead to files that are there', () => {
    expect(
      imports.filter(({ to }) => /^(?:src|schema|resolvers|tests)\//.test(to) && !files.has(to)).map(shown),
    ).toEqual([])
  })

  test('keep to the table', () => {
    expect(imports.filter((edge) => !isAllowed(edge)).map(shown)).toEqual([])
  })

  test('of the generator or of tests happen nowhere else', () => {
    const inside =
      (folder: string) =>
      ({ from, to }: Import) =>
        to.startsWith(folder) && !from.startsWith(folder)
    expect(
      imports
        .filter(inside('fhir-profiles/'))
        .filter(({ from }) => !from.startsWith('tests/generate/'))
        .map(shown),
    ).toEqual([])
    expect(imports.filter(inside('tests/')).map(shown)).toEqual([])
  })

  test('form no cycle outside generated folders', () => {
    expect(
      cycles(imports.filter(({ from, to, typeOnly }) => !typeOnly && files.has(to) && !isGenerated(from))),
    ).toEqual([])
  })
})

const isGenerated = (file: string) => file.includes('/generated/')

/** Strongly connected components of more than one file, after Tarjan (1972). */
function cycles(edges: readonly Import[]): string[][] {
  const next = Map.groupBy(edges, ({ from }) => from)
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (file: string) => {
    index.set(file, index.size)
    low.set(file, index.get(file)!)
    stack.push(file)
    for (const { to } of next.get(file) ?? []) {
      if (!index.has(to)) visit(to)
      if (stack.includes(to)) low.set(file, Math.min(low.get(file)!, low.get(to)!))
    }
    if (low.get(file) !== index.get(file)) return
    const component = stack.splice(stack.indexOf(file))
    if (component.length > 1 || next.get(file)?.some(({ to }) => to === file)) found.push(component.sort())
  }
  for (const file of next.keys()) if (!index.has(file)) visit(file)
  return found
}

describe('size', () => {
  const written = sources.filter(({ generated }) => !generated)

  test('no file written by hand has more than 350 lines', () => {
    expect(written.filter(({ lines }) => lines > 350).map(({ file, lines }) => `${file}: ${lines}`)).toEqual([])
  })

  test('half of the files have at most 90 lines, nine of ten at most 220', () => {
    const lengths = written
      .filter(({ file }) => /^(?:src|schema|resolvers|fhir-profiles)\//.test(file))
      .map(({ lines }) => lines)
      .sort((a, b) => a - b)
    expect(lengths.length).toBeGreaterThan(50)
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(90)
    expect(lengths[Math.floor(lengths.length * 0.9)]).toBeLessThanOrEqual(220)
  })

  test('a resolver class has at most 60 lines', () => {
    const classes = sources
      .filter(({ file }) => file.startsWith('resolvers/'))
      .flatMap(({ file, text }) =>
        [...text.matchAll(/^( *)(?:export )?class (\w+)[\s\S]*?\n\1}/gm)].map(([body, , name]) => ({
          name: `${file}: ${name}`,
          lines: body.split('\n').length,
        })),
      )
    expect(classes.length).toBeGreaterThan(2)
    expect(classes.filter(({ lines }) => lines > 60)).toEqual([])
  })

  test('a file is named for what it holds', () => {
    const VAGUE = /\/(?:utils?|helpers?|services?|managers?|misc|common)\.ts$/
    expect(sources.map(({ file }) => file).filter((file) => VAGUE.test(file))).toEqual([])
    const KEBAB = /^[a-z0-9-]+(?:\.(?:test|check|bench|config))?\.ts$/
    const names = sources.map(({ file }) => file).filter((file) => !file.startsWith('migrations/'))
    expect(names.filter((file) => !KEBAB.test(relative(dirname(file), file)))).toEqual([])
  })
})

describe('only one place', () => {
  const uses = (pattern: RegExp, allowed: RegExp) =>
    sources
      .filter(({ file, code }) => !file.startsWith('tests/') && !allowed.test(file) && pattern.test(code))
      .map(({ file }) => file)

  test.for([
    ['reads the environment: the configuration', /\bprocess\s*\.\s*env\b/, /^src\/server\/config\.ts$/],
    [
      'reads the time: the clock',
      /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/,
      /^src\/kernel\/clock\.ts$/,
    ],
    [
      'draws at random: the kernel, and the embedded cluster its password',
      /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|FillSync|Fill)\b|\bgetRandomValues\b/,
      /^src\/(?:kernel\/random\.ts|server\/embedded(?:-postgres\.ts|\/))/,
    ],
    [
      'runs SQL: the store, and the embedded cluster to see whether it answers',
      /\.query\s*[(<`]|\.raw\s*\(/,
      /^(?:src\/store\/|src\/server\/embedded(?:-postgres\.ts|\/)|src\/server\/execute\.ts$)/,
    ],
    ['writes SQL as a template: search and store', /\bsql(?:<[^`]*?>)?`/, /^src\/(?:search|store)\//],
    [
      'writes SQL as text: search, store and migrations',
      /['"`]\s*(?:select|insert into|update|delete from|create (?:table|index|function|trigger|extension)|alter|truncate)\s/i,
      /^(?:src\/(?:search|store)\/|migrations\/|src\/server\/embedded(?:-postgres\.ts|\/)|fhir-profiles\/generate\/emit\/)/,
    ],
    [
      'makes a ReadScope: consent',
      /\bas\s+(?:unknown\s+as\s+)?ReadScope\b|<ReadScope>\s*[{(]|\[granted\]\s*:|\beverything\s*:/,
      /^src\/consent\/read-scope\.ts$/,
    ],
    [
      'reads all there is: where the commands of this machine become interactions',
      /\boperatorScope\(|\bOPERATOR\b/,
      /^src\/(?:consent\/read-scope|server\/(?:operator|interaction-for))\.ts$/,
    ],
    [
      'makes who asks of a token: auth',
      /\bas\s+(?:unknown\s+as\s+)?Asker\b|<Asker>\s*[{(]|:\s*Asker\s*=\s*\{/,
      /^src\/(?:auth\/|consent\/read-scope\.ts$)/,
    ],
    [
      'speaks GraphQL in src: the server',
      /\bfrom '(?:graphql|type-graphql|@apollo\/[^']*|graphql-[^']*)'/,
      /^(?:src\/server|schema|resolvers|fhir-profiles)\//,
    ],
  ] as const)('%s', ([, pattern, allowed]) => {
    expect(uses(pattern, allowed)).toEqual([])
    // A rule that nothing would break guards nothing: the place it allows must be there.
    expect(sources.some(({ file, code }) => allowed.test(file) && pattern.test(code))).toBe(true)
  })

  test('executes compiled queries by the name `query`, which is no SQL: src/server/execute.ts knows no database', () => {
    expect(imports.filter(({ from, to }) => from === 'src/server/execute.ts' && to.startsWith('src/store/'))).toEqual(
      [],
    )
  })
})
