// What the ward decides by, said aloud: United States law, and treatment without a consent on file.
import { PACKS } from '../../src/consent/packs/index.ts'
import type { AppOptions } from '../../src/server/app.ts'

const packs = ['hipaa', '42cfr2'].map((id) => PACKS[id]!)

export const HIPAA_PART2: AppOptions['policies'] = {
  implicit: { byDefault: 'basic-normal', byCustodian: new Map() },
  packs,
}

/** The same where nothing is implied. */
export const OPT_IN: AppOptions['policies'] = { implicit: { byDefault: 'deny', byCustodian: new Map() }, packs }
