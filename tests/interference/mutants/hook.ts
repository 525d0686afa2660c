// All mutants in one process: `node --import tsx --import ./hook.ts`. A file that some mutant changes is loaded as it is and
// once for each of them; whoever imports it gets bindings that `become` moves from one to the other.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { MUTANTS } from './index.ts'
import { changed, type Edit, WALL } from './mutant.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const FORM = '?form='
const files = new Set([WALL, ...MUTANTS.flatMap(({ edits }) => edits)].map(({ file }) => file))

/** Numbers of the mutants that change the file. */
const changing = (file: string) =>
  MUTANTS.flatMap(({ edits }, n) => (edits.some((one) => one.file === file) ? [n] : []))

const NAME = /^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm

/** What it only passes on: of another file, which has forms of its own if somebody changes it. */
function passedOn(text: string, url: string): string[] {
  const stripped = stripTypeScriptTypes(text, { mode: 'transform' })
  return [...stripped.matchAll(/^export (\*|\{[^}]*\}) from '([^']+)';?$/gm)].map(
    ([, what, from]) => `export ${what} from ${JSON.stringify(new URL(from!, url).href)}`,
  )
}

/** Exports what the file exports, bound to one of its forms. */
function facade(file: string, url: string): string {
  const text = readFileSync(root + file, 'utf8')
  const names = [...text.matchAll(NAME)].map(([, name]) => name).join(', ')
  const forms = changing(file)
  const load = (name: string, form: number | 'none') => `import * as ${name} from ${JSON.stringify(url + FORM + form)}`
  return [
    load('none', 'none'),
    ...forms.map((n) => load(`form${n}`, n)),
    ...passedOn(text, url),
    `export let { ${names} } = none`,
    `const forms = { ${forms.map((n) => `${n}: form${n}`).join(', ')} }`,
    `;(globalThis.mutated ??= []).push((n) => { ({ ${names} } = forms[n] ?? none) })`,
  ].join('\n')
}

function formOf(file: string, form: string): string {
  const edits: Edit[] = [WALL, ...(MUTANTS[Number(form)]?.edits ?? [])].filter((one) => one.file === file)
  return stripTypeScriptTypes(changed(file, readFileSync(root + file, 'utf8'), edits), { mode: 'transform' })
}

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.includes(FORM) ? { url: specifier, format: 'module', shortCircuit: true } : next(specifier, context),
  load(url, context, next) {
    const [path = '', form] = url.split(FORM)
    const file = path.startsWith('file:') ? fileURLToPath(new URL(path)).slice(root.length) : ''
    if (!files.has(file)) return next(url, context)
    const source = form === undefined ? facade(file, path) : formOf(file, form)
    return { format: 'module', shortCircuit: true, source }
  },
})
