// Who is to hold what an import brings. Who holds a record is not changed by writing it again, so a wrong id would stay.
import { HealthChainError } from '../../kernel/errors.ts'
import type { Interaction } from '../context.ts'

/** @throws HealthChainError incorrect, if there is no such Organization */
export async function requireCustodian({ loaders }: Pick<Interaction, 'loaders'>, id: string): Promise<void> {
  if (await loaders.resource({ type: 'Organization', id })) return
  throw new HealthChainError(
    'incorrect',
    'no-organization',
    `There is no Organization/${id} here. Import it first, then what it is to hold: that cannot be changed afterwards.`,
  )
}
