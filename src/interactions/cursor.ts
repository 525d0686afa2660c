// Cursors: a question and a position, sealed. They open only for the caller, purpose and type they were made for.
import { HealthChainError } from '../kernel/errors.ts'
import { seal, unseal } from '../kernel/seal.ts'
import type { Position } from '../search/ast.ts'
import type { SearchArguments } from '../search/parse.ts'
import type { Interaction } from './context.ts'

interface Bookmark {
  given: SearchArguments
  position: Position | undefined
}

/** The same person goes on with the next token: consent is asked anew of every page anyway. */
function context({ asker }: Interaction, type: string): string {
  const { issuer, subject, client, user, role, organisation, purpose, patient } = asker
  return JSON.stringify([type, issuer, subject, client, user, role, organisation, purpose, patient])
}

export function sealCursor(interaction: Interaction, type: string, bookmark: Bookmark): string {
  return seal(interaction.cursorKey, JSON.stringify(bookmark), context(interaction, type))
}

/** @throws HealthChainError incorrect for a cursor that was not made for this caller and type. */
export function openCursor(interaction: Interaction, type: string, cursor: string): Bookmark {
  const text = unseal(interaction.cursorKey, cursor, context(interaction, type))
  if (text === undefined)
    throw new HealthChainError(
      'incorrect',
      'bad-cursor',
      'This cursor is not one of this search. Begin again without it.',
    )
  return JSON.parse(text) as Bookmark
}
