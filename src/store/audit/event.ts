// What happened in one request -> AuditEvents ready to insert, https://hl7.org/fhir/R4/auditevent.html and IHE BALP. Pure but
// for the fresh ids. Every read pays for this: what the events of a request share is printed once, then spliced.
import { newId } from '../../kernel/random.ts'
import { isKindOf } from '../../kernel/purpose.ts'
import { agents } from './agents.ts'
import { actReason, concept, json, OAUTH_AGENT, profileUrl, quote, role } from './codes.ts'
import { type AuditRow, addresses, entityCodes, references, tokens } from './columns.ts'
import {
  consentEntity,
  dataEntity,
  type Entity,
  patientEntity,
  queryEntity,
  requestEntity,
  resourceEntity,
  tokenEntity,
} from './entities.ts'
import { gather, type Happening } from './gather.ts'
import type { AuditContext, Occurrence, Outcome } from './occurrence.ts'
import { PROFILES, type Profile, ROLES_ALONE } from './profiles.ts'
