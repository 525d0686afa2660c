// `npm run -s verify -- URL_OR_DIR`: verifies a whole log from what it serves, without any database. Exit code 0: nothing
// is wrong; 1: something was found; 2: nothing could be verified, or what was seen could not be remembered.
import { parseArgs } from 'node:util'
import type { Finding } from '../provenance/verifier/index.ts'
import { explained, refuse } from './identity-flags.ts'
import { inWords, printable } from './log/in-words.ts'
import { besideOf } from './log/read-export.ts'
import { verify, type Wanted } from './log/verify-log.ts'

const USAGE = `npm run -s verify -- URL_OR_DIR [--vkey KEY] [--witness KEY]… [--quorum K] [--remember FILE]
                                    [--versions FILE] [--whole]
  URL_OR_DIR  the log: https://…/log, or a folder with checkpoint and tile/
  --vkey      the key to believe; absent: that of --remember, or what the log itself says
  --witness   the key of a witness, as it shows it at …/log/witness/vkey, that must have cosigned the checkpoint; once for each
  --quorum    how many of them are enough; absent: all
  --remember  keeps the keys and the checkpoint in FILE, and holds the log to them the next time
  --versions  an export, NDJSON: each version in it is compared with the log
  --whole     the export has every version, so that none may be missing; without --versions, URL_OR_DIR is a folder that
              npm run dump has written, and its own export is read`

const OPTIONS = {
  vkey: { type: 'string' },
  witness: { type: 'string', multiple: true },
  quorum: { type: 'string' },
  remember: { type: 'string' },
  versions: { type: 'string' },
  whole: { type: 'boolean' },
} as const

/** @throws HealthChainError incorrect (bad-arguments) */
export function readArguments(args: readonly string[]): Wanted {
  const {
    values: { witness, quorum, ...values },
    positionals,
  } = parsed(args)
  const [place, ...rest] = positionals
  if (place === undefined || rest.length > 0) throw refuse('Name one log: an address or a folder.')
  if (quorum !== undefined && !/^[1-9]\d{0,3}$/.test(quorum)) throw refuse('--quorum is a number of witnesses.')
  besideOf({ place, ...values })
  return {
    ...{ place, ...values },
    ...(witness && { witnesses: witness }),
    ...(quorum !== undefined && { quorum: Number(quorum) }),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: true })
  } catch {
    throw refuse('An argument is unknown or has no value.')
  }
}

/** Findings that are printed; of the rest their number. */
const SHOWN = 50

async function main(): Promise<number> {
  const findings = await verify(readArguments(process.argv.slice(2)), (line) => console.log(printable(line)))
  for (const line of foundLines(findings)) console.error(line)
  return findings.length > 0 ? 1 : 0
}

/** That the rest was not looked at is said behind all else, and once. */
export function foundLines(findings: readonly Finding[]): string[] {
  const found = findings.filter(({ code }) => code !== 'too-many')
  const end = findings.find(({ code }) => code === 'too-many')
  const lines = [...found.slice(0, SHOWN), ...(end ? [end] : [])].map((one) => `${one.code}: ${inWords(one)}`)
  if (found.length > SHOWN) lines.splice(SHOWN, 0, `… and ${found.length - SHOWN} more.`)
  return lines
}

if (import.meta.main)
  main().then(
    (code) => {
      process.exitCode = code
    },
    (error) => {
      console.error(explained(error, 'Nothing was verified', USAGE))
      process.exitCode = 2
    },
  )
