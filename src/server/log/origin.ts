// The log's name, https://c2sp.org/tlog-checkpoint#note-text: a URL without its scheme, which stands in every checkpoint
// and in its key. A log keeps the name that it had first, or nobody who knew it would believe it any more.
import { HealthChainError } from '../../kernel/errors.ts'
import { isKeyName } from '../../provenance/note.ts'
import type { Session } from '../../store/database.ts'
import { sharedText } from '../../store/issuer/shared-text.ts'

const HERE = 'healthchain.local/log'
const NAME = 'log-origin'

/** As the owner of the tables. @throws HealthChainError incorrect, for a configured name that is none or is not the one that this log has */
export async function logOrigin(
  owner: Session,
  { logOrigin: configured, publicUrl }: { readonly logOrigin?: string; readonly publicUrl?: string },
): Promise<string> {
  if (configured !== undefined && (!isKeyName(configured) || configured.includes('://')))
    throw refuse('LOG_ORIGIN is a name such as fhir.example.org/log, without https://, spaces and plus signs.')
  const first = await sharedText(owner, NAME, () => configured ?? originOf(publicUrl))
  if (configured === undefined || configured === first) return first
  throw refuse(`LOG_ORIGIN names another log: the one in this database is ${first}, and stays so. Leave it out.`)
}

const originOf = (publicUrl: string | undefined): string => {
  if (publicUrl === undefined) return HERE
  const { host, pathname } = new URL(publicUrl)
  const origin = `${host}${pathname.replace(/\/$/, '')}/log`
  return isKeyName(origin) ? origin : HERE
}

const refuse = (message: string) => new HealthChainError('incorrect', 'bad-config', message)
