// kill-process.ts as one file.
import { fileURLToPath } from 'node:url'
import { asOneFile, type Program } from '../support/one-file.ts'

export type { Program } from '../support/one-file.ts'

export const killProgram = (): Promise<Program> =>
  asOneFile(fileURLToPath(new URL('./kill-process.ts', import.meta.url)))
