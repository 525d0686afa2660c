// The packs that an installation can choose from, by id.
import { DPDP } from './dpdp.ts'
import { GDPR } from './gdpr.ts'
import { HIPAA } from './hipaa.ts'
import type { JurisdictionPack } from './pack.ts'
import { PART2 } from './part2.ts'

export type { JurisdictionPack, Obligation, ObligationCode, PackRule } from './pack.ts'
export { type Statutory, statutory } from './statutory.ts'

export const PACKS: Readonly<Record<string, JurisdictionPack>> = Object.fromEntries(
  [HIPAA, PART2, GDPR, DPDP].map((pack) => [pack.id, pack]),
)
