// What a stranger reads at /log: what is there, and how to check it. Pure.
import type { StoredCheckpoint } from '../../store/log/reader.ts'
import { READING } from './admission.ts'
import type { Served } from './http.ts'

export function aboutLog({ vkey, witnessed }: Served, signed: StoredCheckpoint | undefined): string {
  const name = vkey?.split('+')[0] ?? signed?.note.split('\n')[0]
  const cosigners = signed ? signaturesOf(signed.note).filter((by) => by !== name) : []
  return `The provenance log of this server: one entry for each write, in a Merkle tree (RFC 9162). It only grows, and says
nothing of people: an entry opens only with the salt that its patient's export holds.

${row('name', name ?? 'none until something is logged')}
${row('entries', signed ? `${signed.size}, signed by the log` : 'none yet')}
${row('witnesses', cosigners.length > 0 ? `cosigned by ${cosigners.join(', ')}` : 'none has cosigned the newest checkpoint')}
${row('key', vkey ?? 'not held by this process: ask the owner of the log for it')}

Below this address:

${row('checkpoint', 'name, entries and root of the tree, signed       https://c2sp.org/tlog-checkpoint')}
${row('vkey', 'the key above, alone                             https://c2sp.org/signed-note')}
${row('tile/L/N', 'hashes of level L, tile N: tile/0/000, or tile/0/000.p/W while it holds only W of 256')}
${row('tile/entries/N', 'the entries below tile/0/N                       https://c2sp.org/tlog-tiles')}
${witnessed.length > 0 ? `${row('witness/', `cosigns ${witnessed.join(', ')}: https://c2sp.org/tlog-witness`)}\n` : ''}
To check every entry and every tile, with the source of HealthChain, and the key from somebody other than this server:

  npm run -s verify -- THIS_ADDRESS --vkey KEY --remember log.json

The file keeps what you saw: run it again later, and the log cannot go back on it. Witnesses that you trust make sure that
it shows all of us the same: add --witness KEY for each, and --quorum K if K of them are enough.

One address may ask ${READING.perSecond} times a second, and ${READING.burst} times at once after a pause; beyond that it is told when to come
again (429, Retry-After). Full tiles never change: keep them.
`
}

const row = (name: string, what: string): string => `  ${name.padEnd(16)}${what}`

/** Whoever's lines stand below the note; the log has let in none that it could not check. */
const signaturesOf = (note: string): string[] => [...note.matchAll(/^— (\S+) /gm)].map(([, name]) => name!)
