// How oidc-provider keeps what it issues: one adapter per model on the table issuer_record.
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider'
import { now } from '../../kernel/clock.ts'
import type { Database } from '../../store/database.ts'
import {
  addRecord,
  consumeRecord,
  destroyGrant,
  destroyRecord,
  findRecord,
  type IssuerRecord,
  putRecord,
  revokeToken,
} from '../../store/issuer/records.ts'

export interface AdapterOptions {
  readonly database: Database
  /** What stands before the jti of an access token whose signature was checked; nobody outside knows it. */
  readonly checked: string
  /** Called after access tokens were taken back. */
  readonly onRevoked: () => void
}

/** Issued under a grant and gone with it. */
const UNDER_GRANT = ['AccessToken', 'AuthorizationCode', 'RefreshToken']
/** Self-contained: the record exists to be introspected and taken back. */
const STRUCTURED = ['AccessToken', 'ClientCredentials']

export const adapterFor =
  (options: AdapterOptions): AdapterFactory =>
  (model) =>
    STRUCTURED.includes(model) ? new StructuredAdapter(model, options) : new RecordAdapter(model, options)

class RecordAdapter implements Adapter {
  protected readonly model: string
  protected readonly options: AdapterOptions
  constructor(model: string, options: AdapterOptions) {
    this.model = model
    this.options = options
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const { database } = this.options
    const record: IssuerRecord = {
      model: this.model,
      id,
      payload: payload as Record<string, unknown>,
      ...(UNDER_GRANT.includes(this.model) && payload.grantId && { grantId: payload.grantId }),
      ...(payload.uid && { uid: payload.uid }),
      ...(expiresIn && { expires: now() + expiresIn * 1000 }),
    }
    if (this.model === 'ReplayDetection') {
      if (!(await addRecord(database, record)))
        throw new errors.InvalidClientAuth('client assertion tokens must only be used once')
    } else if (!(await putRecord(database, record))) throw new errors.InvalidGrant('the grant was taken away')
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return findRecord(this.options.database, this.model, 'id', id)
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return findRecord(this.options.database, this.model, 'uid', uid)
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return findRecord(this.options.database, this.model, 'user_code', userCode)
  }

  async consume(id: string): Promise<void> {
    const { database } = this.options
    if (await consumeRecord(database, this.model, id)) return
    // Two came with the same code or refresh token: one of them stole it, so neither keeps what it got.
    const grantId = (await this.find(id))?.grantId
    if (grantId) await this.revokeByGrantId(grantId)
    throw new errors.InvalidGrant('used already')
  }

  async destroy(id: string): Promise<void> {
    const { database } = this.options
    if (this.model !== 'Grant') await destroyRecord(database, this.model, id)
    else await this.revokeByGrantId(id)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await destroyGrant(this.options.database, grantId)
    this.options.onRevoked()
  }
}

class StructuredAdapter extends RecordAdapter {
  /** Only by a name that `checkedTokens` made: a jti is no secret, it stands in every log. */
  override async find(id: string): Promise<AdapterPayload | undefined> {
    const { checked } = this.options
    return id.startsWith(checked) ? super.find(id.slice(checked.length)) : undefined
  }

  override async destroy(jti: string): Promise<void> {
    await revokeToken(this.options.database, this.model, jti)
    this.options.onRevoked()
  }
}
