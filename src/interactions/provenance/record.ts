// The FHIR Provenance that stands beside an entry of the log, for who may be told it.
import { charge, type Interaction, maySee } from '../context.ts'

/** Null where the entry has none, or the asker may not be told it: nobody can tell which. */
export async function recordOf(
  interaction: Interaction,
  { entry }: { readonly entry: string },
): Promise<object | null> {
  if (!maySee(interaction, 'Provenance', 'r')) return null
  // Charged whether or not it leads anywhere, as references are.
  charge(interaction, 1)
  return interaction.loaders.resource({ type: 'Provenance', id: entry })
}
