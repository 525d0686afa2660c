// One row per kind of occurrence: the fixed values of its audit event. Rows with a name are IHE BALP profiles,
// https://profiles.ihe.net/ITI/BALP/artifacts.html; the others follow DICOM PS3.15 A.5 and HL7's examples. Pure.
import {
  AUTHORIZATION_SERVER,
  authorization,
  type Coding,
  CUSTODIAN,
  DISCLOSE,
  dcm,
  interaction,
  lifecycle,
  ours,
  participation,
  REST,
} from './codes.ts'
import type { Kind, Outcome } from './occurrence.ts'

/** What the event is about: resources, the request itself, or neither. */
export type About = 'data' | 'query' | 'decision' | 'none'

export interface Profile {
  /** Of BALP, `IHE.BasicAudit.` before it; patient-specific events are `Patient` and this. */
  readonly name?: string
  readonly type: Coding
  readonly subtypes: readonly Coding[]
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E'
  /** Outcome that is usual for the kind. */
  readonly outcome: Outcome
  readonly client: Coding
  readonly server: Coding
  readonly user: Coding
  readonly about: About
}

const [SOURCE, DESTINATION, APPLICATION] = [dcm('110153'), dcm('110152'), dcm('110150')]
const [AUTHOR, RECIPIENT] = [participation('AUT'), participation('IRCP')]
const [ALERT, AUTHENTICATION, EXPORT, RECORD] = [dcm('110113'), dcm('110114'), dcm('110106'), dcm('110110')]
const SEARCH = [interaction('search-type'), interaction('operation')]

const row = (
  name: string,
  type: Coding,
  subtypes: readonly Coding[],
  action: Profile['action'],
  outcome: Outcome,
  client: Coding,
  server: Coding,
  user: Coding,
  about: About,
): Profile => ({ ...(name && { name }), type, subtypes, action, outcome, client, server, user, about })

// biome-ignore format: a table is read by its columns
export const PROFILES: Record<Kind, Profile> = {
  //                       name        type            subtype                             action outcome client      server       user       about
  read:               row('Read',      REST,           [interaction('read')],                'R', '0',  DESTINATION, SOURCE,      RECIPIENT, 'data'),
  vread:              row('Read',      REST,           [interaction('vread')],               'R', '0',  DESTINATION, SOURCE,      RECIPIENT, 'data'),
  history:            row('',          REST,           [interaction('history-instance')],    'R', '0',  DESTINATION, SOURCE,      RECIPIENT, 'data'),
  search:             row('Query',     REST,           SEARCH,                               'E', '0',  SOURCE,      DESTINATION, RECIPIENT, 'query'),
  create:             row('Create',    REST,           [interaction('create')],              'C', '0',  SOURCE,      DESTINATION, AUTHOR,    'data'),
  update:             row('Update',    REST,           [interaction('update')],              'U', '0',  SOURCE,      DESTINATION, AUTHOR,    'data'),
  delete:             row('Delete',    REST,           [interaction('delete')],              'D', '0',  APPLICATION, CUSTODIAN,   AUTHOR,    'data'),
  refused:            row('',          REST,           [interaction('operation')],           'E', '4',  SOURCE,      DESTINATION, RECIPIENT, 'query'),
  'sign-in':          row('',          AUTHENTICATION, [dcm('110122')],                      'E', '0',  APPLICATION, AUTHORIZATION_SERVER, RECIPIENT, 'none'),
  'sign-out':         row('',          AUTHENTICATION, [dcm('110123')],                      'E', '0',  APPLICATION, AUTHORIZATION_SERVER, RECIPIENT, 'none'),
  'consent-decision': row('AuthZconsent', ALERT,       [authorization('AuthZ-Consent')],     'E', '0',  APPLICATION, AUTHORIZATION_SERVER, RECIPIENT, 'decision'),
  'break-glass':      row('',          ALERT,          [dcm('110127')],                      'E', '0',  APPLICATION, CUSTODIAN,   RECIPIENT, 'none'),
  'break-glass-end':  row('',          ALERT,          [dcm('110138')],                      'E', '0',  APPLICATION, CUSTODIAN,   RECIPIENT, 'none'),
  wall:               row('',          ALERT,          [ours('second-wall')],                'E', '12', APPLICATION, CUSTODIAN,   RECIPIENT, 'query'),
  export:             row('PrivacyDisclosure.Source', EXPORT, [DISCLOSE, interaction('operation')], 'R', '0', DESTINATION, SOURCE, RECIPIENT, 'query'),
  erase:              row('',          RECORD,         [lifecycle('destroy')],               'D', '0',  APPLICATION, CUSTODIAN,   AUTHOR,    'query'),
  hold:               row('',          RECORD,         [lifecycle('hold')],                  'U', '0',  APPLICATION, CUSTODIAN,   AUTHOR,    'query'),
  unhold:             row('',          RECORD,         [lifecycle('unhold')],                'U', '0',  APPLICATION, CUSTODIAN,   AUTHOR,    'query'),
}

/** A decision without any consent on file rests on roles alone, and on no BALP profile. */
export const ROLES_ALONE: readonly Coding[] = [authorization('AuthZ-Role')]
