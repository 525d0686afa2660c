// Loads one source file with a leak in it: `node --import tsx --import ./mutant-hook.ts`, MUTANT names it.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { MUTANTS, WALL } from './mutants.ts'

const name = process.env.MUTANT
const mutant = MUTANTS.find((one) => one.name === name)
if (name !== undefined && name !== '' && !mutant) throw new RangeError(`There is no mutant "${name}".`)
const byFile = Map.groupBy([...(mutant?.edits ?? []), WALL], ({ file }) => file)

function changed(file: string, text: string): string {
  return byFile.get(file)!.reduce((left, { from, to }) => {
    const parts = left.split(from)
    if (parts.length !== 2) throw new RangeError(`In ${file} this stands ${parts.length - 1} times: ${from}`)
    return parts.join(to)
  }, text)
}

const root = fileURLToPath(new URL('../../', import.meta.url))
registerHooks({
  load(url, context, next) {
    const file = url.startsWith('file:') ? fileURLToPath(new URL(url)).slice(root.length) : ''
    if (!byFile.has(file)) return next(url, context)
    const text = changed(file, readFileSync(root + file, 'utf8'))
    return { format: 'module', shortCircuit: true, source: stripTypeScriptTypes(text, { mode: 'transform' }) }
  },
})
