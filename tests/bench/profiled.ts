// Our server with the CPU profiler of V8 at hand: `{ profile: true }` starts it, `{ profile: false }` answers with what it
// saw. The same samples as node's --cpu-prof takes, without those of the start.
import { type Profiler, Session } from 'node:inspector/promises'

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.setSamplingInterval', { interval: 100 })

process.on('message', async ({ profile }: { profile: boolean }) => {
  if (profile) {
    await session.post('Profiler.start')
    process.send!({})
  } else {
    const stopped = (await session.post('Profiler.stop')) as { profile: Profiler.Profile }
    process.send!(stopped.profile)
  }
})
await import('./ours.ts')
