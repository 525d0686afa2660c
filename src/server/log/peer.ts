// A witness of this log, asked over HTTP, https://c2sp.org/tlog-witness. It may answer what it likes and when it likes: only
// our own signature proves what it has seen.
import { HealthChainError } from '../../kernel/errors.ts'
import { hex, utf8 } from '../../provenance/bytes.ts'
import { type Checkpoint, parseCheckpoint } from '../../provenance/checkpoint.ts'
import { sha256 } from '../../provenance/native-hash.ts'
import { type NoteVerifier, openNote } from '../../provenance/note.ts'
import { noteVerifier } from '../../provenance/note-key.ts'
import type { NoteSigner } from '../../provenance/note-signer.ts'
import { boundedBody } from './bounded-body.ts'

export interface Peer {
  /** Its prefix: `https://other.example/log/witness`. */
  readonly url: string
  readonly key: NoteVerifier
}

export interface Said {
  readonly status: number
  readonly text: string
}

const ANSWER_MAX = 64 * 1024

/** @param wait milliseconds. Rejects when it does not answer by then */
export async function askPeer({ url }: Peer, path: string, wait: number, init?: RequestInit): Promise<Said> {
  const more = { redirect: 'error', signal: AbortSignal.timeout(wait) } as const
  const answer = await fetch(`${url}/${path}`, { ...init, ...more })
  return { status: answer.status, text: (await boundedBody(answer, ANSWER_MAX)).toString('utf8') }
}

/** The checkpoint of this log that it keeps; undefined if it knows of none. Rejects unless it answers, with our own signature. */
export async function seenBy(peer: Peer, { name, vkey }: NoteSigner, wait: number): Promise<Checkpoint | undefined> {
  const { status, text } = await askPeer(peer, `${hex(sha256(utf8(name)))}/checkpoint`, wait)
  if (status === 404) return undefined
  const opened = await openNote(text, [await noteVerifier(vkey)])
  const seen = 'text' in opened ? parseCheckpoint(opened.text) : undefined
  if (status === 200 && seen?.origin === name) return seen
  throw new HealthChainError('busy', 'witness', 'A witness does not show what it has seen: ask whoever runs it.')
}
