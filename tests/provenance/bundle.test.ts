// The verifier as browsers get it: one file of at most 20 kB without imports, that runs where there is no Node.

import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { Log } from './log.ts'
import { entriesOf } from './rfc-9162.ts'

const MAX = 20_000

const bundle = async (globalName?: string) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/provenance/verifier/index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'browser',
    target: 'es2022',
    ...(globalName ? { format: 'iife', globalName } : { format: 'esm' }),
  })
  return { text: outputFiles[0]!.text, bytes: outputFiles[0]!.contents.length, inputs: metafile.inputs }
}

describe('the verifier in a browser', () => {
  it('has at most 20 kB, minified, not compressed', async () => {
    expect((await bundle()).bytes).toBeLessThanOrEqual(MAX)
  })

  it('depends on nothing but files of its own and the error of the kernel', async () => {
    const { inputs } = await bundle()
    expect(Object.keys(inputs).filter((path) => !/src\/(?:provenance\/|kernel\/errors\.ts$)/.test(path))).toEqual([])
    expect(Object.values(inputs).flatMap(({ imports }) => imports.filter(({ external }) => external))).toEqual([])
  })

  it('verifies a log with what every browser has, and nothing of Node', async () => {
    const { text } = await bundle('verifier')
    const log = new Log()
    log.append(entriesOf(1000))
    const read = (path: string) => log.read(path)
    // Web Cryptography of this process takes arrays of its own realm only; a browser has one realm.
    const web = { crypto, TextEncoder, TextDecoder, atob, btoa, Uint8Array, Error, read, vkey: log.signer.vkey }
    const context = createContext(web)
    expect(runInContext('[typeof process, typeof require, typeof Buffer].join()', context)).toBe(
      'undefined,undefined,undefined',
    )
    const report = runInContext(
      `${text};verifier.readPolicy({ log: [vkey] }).then((policy) => verifier.verifyLog({ read, policy })).then(JSON.stringify)`,
      context,
    )
    expect(JSON.parse(await report)).toMatchObject({ findings: [], believed: { checkpoint: { size: 1000 } } })
  })
})
