// What all requests share, and how one of them becomes an interaction: who asks, how they see the store, what is noted.
import { withoutContained } from '../consent/contained.ts'
import { hidesParameter } from '../consent/disclosure.ts'
import { type HiddenElements, hiddenElements } from '../consent/hidden-elements.ts'
import type { ImplicitPolicies } from '../consent/implicit.ts'
import { makeMask } from '../consent/mask.ts'
import { type JurisdictionPack, type Obligation, statutory } from '../consent/packs/index.ts'
import { type Emergency, OPERATOR, operatorScope, type ReadScope, readScope } from '../consent/read-scope.ts'
import type { Repertoire } from '../consent/repertoire.ts'
import { mayAsk } from '../consent/role-matrix.ts'
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import { type Interaction, ROWS_MAX } from '../interactions/context.ts'
import type { EmergencyLimits } from '../interactions/emergency/limits.ts'
import { LogView } from '../interactions/provenance/log-view.ts'
import { Trail } from '../interactions/trail.ts'
import type { Asker } from '../kernel/asker.ts'
import { instant } from '../kernel/clock.ts'
import { newId } from '../kernel/random.ts'
import { AuditLog } from '../store/audit/log.ts'
import type { AuditContext } from '../store/audit/occurrence.ts'
import { policiesOnFile } from '../store/consent/policies-on-file.ts'
import type { Database } from '../store/database.ts'
import { emergenciesOf } from '../store/emergency.ts'
import { Loaders } from '../store/loaders.ts'
import { sharedSecret } from '../store/secrets.ts'
import type { View } from '../store/view.ts'

export interface Policies {
  readonly implicit: ImplicitPolicies
  readonly packs: readonly JurisdictionPack[]
  /** How many emergencies one person may open; absent: the usual. */
  readonly emergencies?: EmergencyLimits
}

export interface Services extends Policies {
  readonly database: Database
  readonly audit: AuditLog
  readonly cursorKey: Buffer
  /** This server in its audit events: its public URL. */
  readonly observer: string
  /** An asker sees alike in every request, until emergencies come in: then it changes by the minute. */
  readonly sights: WeakMap<Asker, Sight>
  /** Makes the sequencer hurry, where this process has one. */
  readonly wake?: () => void
}

export async function makeServices(database: Database, observer: string, policies: Policies): Promise<Services> {
  const cursorKey = await sharedSecret(database, 'cursor')
  return { database, observer, ...policies, audit: new AuditLog(database), cursorKey, sights: new WeakMap() }
}

/** What is known of a request beside who makes it. */
export interface RequestFacts extends Partial<Pick<AuditContext, 'requestId' | 'address' | 'query'>> {
  /** Its answer may come when the provenance log has what it wrote. */
  readonly waitsForInclusion?: boolean
}

interface Sight {
  readonly scope: ReadScope
  readonly hidden: HiddenElements
  readonly mask: View['mask']
  readonly obligations: readonly Obligation[]
}

function sightOf(
  asker: Asker,
  { sights, ...policies }: Pick<Services, 'sights'> & Policies,
  repertoire: Repertoire,
  emergencies: readonly Emergency[] | undefined,
): Sight {
  const known = emergencies ? undefined : sights.get(asker)
  if (known?.scope.repertoire === repertoire) return known
  const law = statutory(asker, policies.packs)
  const hidden = hiddenElements(asker, law.obligations)
  const scope = readScope(asker, {
    ...{ repertoire, law, implicit: policies.implicit },
    hides: (type, parameter) => hidden.size > 0 && hidesParameter(hidden, type, parameter),
    ...(emergencies && { emergencies }),
  })
  // Goal and the like stand nowhere but inside others: no matrix speaks of them.
  const mayRead = (type: string) => !Object.hasOwn(SEARCH, type) || mayAsk(asker, type, 'r').allowed
  const made = { scope, hidden, mask: withoutContained(makeMask(hidden), mayRead), obligations: law.obligations }
  if (!emergencies) sights.set(asker, made)
  return made
}

const operator: Sight = { scope: operatorScope(), hidden: new Map(), mask: (resource) => resource, obligations: [] }

export async function interactionFor(
  services: Services,
  asker: Asker,
  { waitsForInclusion: wait = false, ...request }: RequestFacts = {},
): Promise<Interaction> {
  const { database, audit, cursorKey, observer, wake = () => {} } = services
  const emergencies = asker.purpose === 'BTG' ? await emergenciesOf(database, asker) : undefined
  const repertoire = await policiesOnFile(database).repertoire()
  const { scope, hidden, mask, obligations } =
    asker === OPERATOR ? operator : sightOf(asker, services, repertoire, emergencies)
  const trail = new Trail(audit, { asker, at: instant(), observer, requestId: newId(), ...request })
  const view: View = { scope, mask, told: (facts, right) => trail.told(facts, right) }
  const loaders = new Loaders(database, view)
  const log = new LogView(database, wait ? { wake } : undefined)
  return { asker, view, hidden, obligations, database, loaders, trail, log, budget: { rows: ROWS_MAX }, cursorKey }
}
