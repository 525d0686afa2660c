// People who can sign in at the embedded issuer.
import type { Role } from '../../kernel/asker.ts'
import type { Session } from '../database.ts'

export interface Account {
  readonly username: string
  /** argon2id in PHC form. */
  readonly password: string
  /** Base32 secret of the second factor. */
  readonly totp?: string
  readonly role: Role
  /** `Practitioner/123`. */
  readonly user: string
  /** `Organization/123`. */
  readonly organisation?: string
  /** Id of the patient in context. */
  readonly patient?: string
  /** v3-ActReason codes that the account may ask for. */
  readonly purposes: readonly string[]
}

interface Row {
  username: string
  password: string
  totp: string | null
  role: Role
  user_ref: string
  organisation: string | null
  patient: string | null
  purposes: string[]
}

const accountOf = ({ user_ref, totp, organisation, patient, ...row }: Row): Account => ({
  ...row,
  user: user_ref,
  ...(totp !== null && { totp }),
  ...(organisation !== null && { organisation }),
  ...(patient !== null && { patient }),
})

export async function findAccount(session: Session, username: string): Promise<Account | undefined> {
  const [row] = await session.query<Row>({
    sql: 'select username, password, totp, role, user_ref, organisation, patient, purposes from account where username = $1',
    parameters: [username],
  })
  return row && accountOf(row)
}

/** All accounts, by name. */
export async function listAccounts(session: Session): Promise<Account[]> {
  const rows = await session.query<Row>({
    sql: 'select username, password, totp, role, user_ref, organisation, patient, purposes from account order by username',
    parameters: [],
  })
  return rows.map(accountOf)
}

/** False: an account of that name stands, and is left as it is. */
export async function addAccount(session: Session, account: Account): Promise<boolean> {
  const { username, password, totp, role, user, organisation, patient, purposes } = account
  const added = await session.query({
    sql: 'insert into account (username, password, totp, role, user_ref, organisation, patient, purposes) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (username) do nothing returning 1 as added',
    parameters: [username, password, totp ?? null, role, user, organisation ?? null, patient ?? null, purposes],
  })
  return added.length === 1
}

/** Another password hash. False: no such account. As the owner of the tables. */
export async function setPassword(owner: Session, username: string, password: string): Promise<boolean> {
  const sql = 'update account set password = $2 where username = $1 returning 1 as changed'
  return (await owner.query({ sql, parameters: [username, password] })).length === 1
}

/** Another second factor (base32), of which no code was taken yet. False: no such account. As the owner of the tables. */
export async function setTotp(owner: Session, username: string, totp: string): Promise<boolean> {
  const sql = 'update account set totp = $2, totp_step = null where username = $1 returning 1 as changed'
  return (await owner.query({ sql, parameters: [username, totp] })).length === 1
}

/** Marks a time step as used; false if it, or a later one, was used before: no code is taken twice. */
export async function takeTotpStep(session: Session, username: string, step: number): Promise<boolean> {
  const rows = await session.query({
    sql: 'update account set totp_step = $2 where username = $1 and (totp_step is null or totp_step < $2) returning 1 as taken',
    parameters: [username, step],
  })
  return rows.length === 1
}
