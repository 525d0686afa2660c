// Fills an empty database with the demo population, through the same steps as every import. Begun and not finished
// (kill -9), it is taken up again at the next start: the same seed and day make the same people.
import { demoPopulation } from '../demo/population.ts'
import type { ImportItem } from '../interactions/import/events.ts'
import { load } from '../interactions/import/load.ts'
import { elapsed, instant } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Database } from '../store/database.ts'
import { alone, isEmpty, readState, writeState } from '../store/state.ts'
import { operatorInteraction } from './operator.ts'
import { makeProgress } from './progress.ts'

const SEED = 615
const PATIENTS = 500
const BATCH = 500
const STATE = 'demo'

/** Does nothing where other data stand, or where the population is complete. */
export async function ensureDemo(database: Database): Promise<void> {
  await alone(database, STATE, async () => {
    const [state, day] = (await readState(database, STATE))?.split(' ') ?? []
    if (state === 'loaded' || (state === undefined && !(await isEmpty(database)))) return
    const today = day ?? instant().slice(0, 10)
    await writeState(database, STATE, `loading ${today}`)
    await fill(database, today)
    await writeState(database, STATE, `loaded ${today}`)
  })
}

/** Whether the demo population stands here. */
export const isDemo = async (database: Database): Promise<boolean> =>
  (await readState(database, STATE))?.startsWith('loaded') === true

async function fill(database: Database, today: string): Promise<void> {
  const progress = makeProgress('Demo population', PATIENTS, elapsed)
  let patients = 0
  try {
    const interaction = await operatorInteraction(database, 'demo population')
    const { problems } = await load(
      interaction,
      events(today, () => patients++),
      {
        onProgress: ({ created, unchanged }) => progress.update(patients, created + unchanged),
        onProblem: ({ line, message }) => progress.say(`demo population, resource ${line}: ${message}`),
      },
    )
    if (problems > 0) throw new HealthChainError('fault', 'demo', 'The demo population is faulty: start with DEMO=0.')
  } finally {
    progress.stop()
  }
}

/** Resources of the population as an import reads them. */
function* events(today: string, onPatient: () => void): Generator<ImportItem[]> {
  let batch: ImportItem[] = []
  let line = 0
  for (const resource of demoPopulation({ seed: SEED, patients: PATIENTS, today })) {
    if (resource.resourceType === 'Patient') onPatient()
    const file = 'demo population'
    batch.push({
      kind: 'item',
      file,
      line: ++line,
      size: 0,
      resource,
      lossless: false,
      duplicates: [],
      conditional: [],
    })
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}
