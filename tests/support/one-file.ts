// A program as one file that starts in a tenth of the time, so that it can be killed a few hundred times.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** The tables are there: what would make them takes longest to load. */
const WITHOUT_MIGRATIONS: Plugin = {
  name: 'without-migrations',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/migrate\.ts$/ }, () => ({ path: 'migrate', namespace: 'none' }))
    onLoad({ filter: /./, namespace: 'none' }, () => ({
      contents: 'export const ormOptions = undefined; export const migrate = undefined',
    }))
  },
}
// Packages that are CommonJS ask for others as such.
const REQUIRE = "import { createRequire as asked } from 'node:module'; const require = asked(import.meta.url);"

export interface Program {
  readonly file: string
  remove(): void
}

/** `program`: its path. */
export async function asOneFile(program: string): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'healthchain-program-'))
  const file = join(folder, 'program.mjs')
  await build({
    ...{ entryPoints: [program], outfile: file, bundle: true, platform: 'node', format: 'esm' },
    ...{ plugins: [WITHOUT_MIGRATIONS], external: ['pg-native'], banner: { js: REQUIRE } },
  })
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
