// Loads one source file with a leak in it: `node --import tsx --import ./mutant-hook.ts`, MUTANT names it.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { changed, MUTANTS, WALL } from './mutants.ts'

const name = process.env.MUTANT
const mutant = MUTANTS.find((one) => one.name === name)
if (name !== undefined && name !== '' && !mutant) throw new RangeError(`There is no mutant "${name}".`)
const byFile = Map.groupBy([...(mutant?.edits ?? []), WALL], ({ file }) => file)

const root = fileURLToPath(new URL('../../', import.meta.url))
registerHooks({
  load(url, context, next) {
    const file = url.startsWith('file:') ? fileURLToPath(new URL(url)).slice(root.length) : ''
    const edits = byFile.get(file)
    if (!edits) return next(url, context)
    const text = changed(file, readFileSync(root + file, 'utf8'), edits)
    return { format: 'module', shortCircuit: true, source: stripTypeScriptTypes(text, { mode: 'transform' }) }
  },
})
