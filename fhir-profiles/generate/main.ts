// `npm run generate`: definitions -> model -> files. With --check nothing is written and drift is an error.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { emitCodes } from './emit/codes.ts'
import { emitElements } from './emit/elements.ts'
import { emitEntities } from './emit/entities.ts'
import { emitSchema } from './emit/schema.ts'
import { emitSearch } from './emit/search.ts'
import { emitSearchArguments } from './emit/search-arguments.ts'
import { emitTypes, emitTypesCheck } from './emit/types.ts'
import { buildModel } from './model.ts'
import { readDefinitions } from './read.ts'
import { buildSearch } from './search-model.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const OUTPUT = ['src/fhir/generated', 'src/store/generated', 'schema/generated']

function everyFile(): Map<string, string> {
  const definitions = readDefinitions()
  const model = buildModel(definitions)
  const search = buildSearch(definitions, model)
  const published = (name: string) => existsSync(`${root}node_modules/@medplum/fhirtypes/dist/${name}.d.ts`)
  const files = new Map([
    ['src/fhir/generated/elements.ts', emitElements(model)],
    ['src/fhir/generated/codes.ts', emitCodes(definitions, model)],
    ['src/fhir/generated/search-parameters.ts', emitSearch(search)],
    ['src/fhir/generated/types.ts', emitTypes(model)],
    ['src/fhir/generated/types.check.ts', emitTypesCheck(model, published)],
    ['src/store/generated/entities.ts', emitEntities(search)],
    ['schema/generated/search-arguments.ts', emitSearchArguments(search)],
  ])
  for (const [name, text] of Object.entries(emitSchema(model))) files.set(`schema/generated/${name}`, text)
  return files
}

/** Files in the output folders that the generator no longer makes. */
const stale = (files: Map<string, string>) =>
  OUTPUT.flatMap((folder) =>
    (existsSync(root + folder) ? readdirSync(root + folder) : []).map((f) => `${folder}/${f}`),
  ).filter((file) => !files.has(file))

/** What can only be made once the generated classes stand: the SDL and migrations. */
async function face(check: boolean): Promise<string[]> {
  const { migrateEntities } = await import('./migration.ts')
  const { printFace } = await import('./face.ts')
  const drift: string[] = []
  if (put('schema/schema.graphql', await printFace(), check)) drift.push('schema/schema.graphql')
  const { withRoleMatrix } = await import('./readme.ts')
  if (put('README.md', withRoleMatrix(readFileSync(`${root}README.md`, 'utf8')), check))
    drift.push('README.md (role matrix)')
  if (await migrateEntities(check)) drift.push('migrations (entities differ from snapshot.json)')
  return drift
}

/** @returns whether the file differed. */
function put(file: string, text: string, check: boolean): boolean {
  const same = existsSync(root + file) && readFileSync(root + file, 'utf8') === text
  if (!same && !check) writeFileSync(root + file, text)
  return !same
}

async function main(check: boolean): Promise<void> {
  const files = everyFile()
  if (!check) for (const folder of OUTPUT) mkdirSync(root + folder, { recursive: true })
  const drift = [...files].filter(([file, text]) => put(file, text, check)).map(([file]) => file)
  const gone = stale(files)
  if (!check) for (const file of gone) rmSync(root + file)
  // With drift in the classes the schema made of them says nothing new.
  if (!check || drift.length === 0) drift.push(...(await face(check)))
  if (!check) return console.log(`${files.size + 1} files, ${drift.length} changed, ${gone.length} removed`)
  for (const file of drift) console.error(`drift: ${file}`)
  for (const file of gone) console.error(`drift: ${file} is not made by the generator`)
  if (drift.length + gone.length === 0) return
  console.error('Run `npm run generate` and commit the result.')
  process.exitCode = 1
}

await main(process.argv.includes('--check'))
