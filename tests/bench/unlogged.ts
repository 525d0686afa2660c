// The same build without the provenance log: no leaf is made, none is inserted, nothing is sequenced. Modules that make leaves
// are replaced and the statements lose what inserts them, so that nothing in src has to know of it. Argument: URL of a
// database whose versions need no leaf.
import { registerHooks } from 'node:module'

/** Under an entry of its own: the place of an audit event in its batch is unique. */
const LEAF = `import { randomUUID } from 'node:crypto'
const rest = { salt: randomUUID(), secret: Buffer.alloc(32), leaf: Buffer.alloc(1), recorded: new Date(0).toISOString() }
const leaf = () => ({ entry: randomUUID(), ...rest })`

/** Path -> module that takes its place. */
const STUBS: Readonly<Record<string, string>> = {
  '/src/store/log/version-line.ts': `${LEAF}
export const operationOf = (deleted, version) => deleted ? 'delete' : version === 1 ? 'create' : 'update'
export const versionLine = ({ id, version }) => ({ ...leaf(), id, version, decision: '', agent: '' })`,
  '/src/store/audit/batch-leaf.ts': `${LEAF}
export const batchLeaf = leaf
export const besideLeaves = () => ({ leaves: undefined, salts: null })
export const saltsAt = () => Buffer.alloc(0)`,
}
/** Modules with statements that insert leaves: without `insert into` what stands there is a select that nobody reads. */
const PRINTING = ['/src/store/write-sql.ts', '/src/store/audit/insert.ts']
const INSERT = /insert into log_(?:leaf|salt) \([^)]*\)(?:\\n|\s)*/g

let [stubbed, stripped] = [0, 0]
registerHooks({
  load(url, context, next) {
    const stub = Object.entries(STUBS).find(([path]) => url.endsWith(path))
    if (stub) {
      stubbed++
      return { format: 'module', source: stub[1], shortCircuit: true }
    }
    const loaded = next(url, context)
    if (!PRINTING.some((path) => url.endsWith(path))) return loaded
    stripped++
    return { ...loaded, source: String(loaded.source).replaceAll(INSERT, '') }
  },
})
await import('./ours.ts')
if (stubbed !== Object.keys(STUBS).length || stripped !== PRINTING.length)
  throw new Error('Modules that make leaves have moved: correct tests/bench/unlogged.ts.')
