// People of the demo population who can sign in, one per role. Made at the first start with a password drawn for this
// database; the server may print it, for behind it are invented data only.
import type { Role } from '../../kernel/asker.ts'
import type { Database, Session } from '../../store/database.ts'
import { type Account, addAccount } from '../../store/issuer/accounts.ts'
import { demoParent } from '../../store/issuer/guardians.ts'
import { readText, sharedText } from '../../store/issuer/shared-text.ts'
import { alone } from '../../store/state.ts'
import { introduceParent } from './demo-parent.ts'
import type { DemoAccount } from './pages/sign-in.ts'
import { hashPassword, newPassword } from './password.ts'
import { newTotp } from './totp.ts'

export interface DemoAccess {
  readonly password: string
  readonly accounts: readonly DemoAccount[]
  /** Base32 secret of the one account with a second factor, `emergency`: for an authenticator app. */
  readonly totp: string
}

/** Among the secrets of the issuer: whoever serves data has no need to sign in as anybody. */
const SECRET = 'demo-access'

type Entry = readonly [
  username: string,
  label: string,
  role: Role,
  user: string,
  organisation: string,
  purposes: string[],
]

const HOSPITAL = 'demo-hospital-northlake'
const staff = (post: string) => `Practitioner/demo-practitioner-northlake-${post}`
//                username      label                               role            user                           organisation        purposes
// biome-ignore format: a table
const STAFF: readonly Entry[] = [
  ['gp',           'general practitioner',                          'practitioner', staff('gp-1'),                 HOSPITAL,            ['TREAT']],
  ['emergency',    'emergency physician, with a second factor',     'practitioner', staff('emergency-physician'),  HOSPITAL,            ['TREAT', 'ETREAT', 'BTG']],
  ['psychiatrist', 'psychiatrist of the protected department',      'practitioner', staff('psychiatrist'),         `${HOSPITAL}-psychiatry`, ['TREAT']],
  ['nurse',        'nurse',                                         'nurse',        staff('nurse'),                HOSPITAL,            ['TREAT']],
  ['pharmacist',   'pharmacist',                                    'pharmacist',   staff('pharmacist'),           HOSPITAL,            ['TREAT']],
  ['researcher',   'researcher',                                    'researcher',   'Practitioner/demo-practitioner-researcher', 'demo-research-institute', ['HRESCH']],
  ['payer',        'clerk of a health insurance',                   'payer',        'Organization/demo-payer-public', 'demo-payer-public', ['HPAYMT']],
  ['auditor',      'auditor',                                       'auditor',      'Person/demo-auditor',         HOSPITAL,            ['HOPERAT']],
  ['admin',        'administrator',                                 'admin',        'Person/demo-admin',           HOSPITAL,            ['HOPERAT']],
]

type Unsigned = Omit<Account, 'password'> & { readonly label: string }

async function people(session: Session, totp: string): Promise<Unsigned[]> {
  const all: Unsigned[] = STAFF.map(([username, label, role, user, organisation, purposes]) => ({
    ...{ username, label, role, user, organisation: `Organization/${organisation}`, purposes },
    ...(purposes.includes('BTG') && { totp }),
  }))
  const self = { user: 'Patient/demo-patient-001', patient: 'demo-patient-001', purposes: ['PATRQT'] }
  all.push({ username: 'patient', label: 'patient', role: 'patient', ...self })
  const parent = await demoParent(session)
  if (parent)
    all.push({ username: 'parent', label: 'parent of a child', role: 'proxy', ...parent, purposes: ['FAMRQT'] })
  return all
}

/** Makes the accounts once. Only for a database that holds the demo population; `accounts`: acting as the issuer's role. */
export async function ensureDemoAccounts(database: Database, accounts: Database): Promise<DemoAccess> {
  return (await demoAccess(accounts)) ?? alone(accounts, SECRET, () => makeOnce(database, accounts))
}

async function makeOnce(database: Database, accounts: Session): Promise<DemoAccess> {
  const made = await demoAccess(accounts)
  if (made) return made
  const [password, totp] = [newPassword(), newTotp()]
  const all = await people(database, totp)
  for (const { role, user, patient } of all)
    if (role === 'proxy' && patient !== undefined) await introduceParent(database, user, patient)
  await Promise.all(
    all.map(async ({ label: _, ...account }) =>
      addAccount(accounts, { ...account, password: await hashPassword(password) }),
    ),
  )
  const access = { password, totp, accounts: all.map(({ username, label }) => ({ username, label })) }
  await sharedText(accounts, SECRET, () => JSON.stringify(access))
  return access
}

/** What `ensureDemoAccounts` made; undefined where there are no demo accounts. As the issuer's role: no other may read it. */
export async function demoAccess(accounts: Session): Promise<DemoAccess | undefined> {
  const text = await readText(accounts, SECRET)
  return text === undefined ? undefined : (JSON.parse(text) as DemoAccess)
}
