// Checkpoints with the cosignatures of witnesses, https://c2sp.org/tlog-witness. One that does not answer in time is left
// out: it is for verifiers to say how many they want. One that proves that this log was longer stops it.
import { elapsed } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { fromDecimal, hex, utf8 } from '../../provenance/bytes.ts'
import { checkpointText, parseCheckpoint } from '../../provenance/checkpoint.ts'
import { hasher } from '../../provenance/merkle.ts'
import { sha256 } from '../../provenance/native-hash.ts'
import { formatNote, type NoteSignature, type NoteVerifier, openNote } from '../../provenance/note.ts'
import { noteVerifier } from '../../provenance/note-key.ts'
import type { NoteSigner } from '../../provenance/note-signer.ts'
import { consistencyFromTiles } from '../../provenance/tile-reader.ts'
import { cosignaturesIn, formatAddCheckpoint } from '../../provenance/witness.ts'
import type { Database } from '../../store/database.ts'
import { tileSource } from '../../store/log/reader.ts'
import type { Sign } from '../../store/log/sign-tree.ts'
import { brokenLog } from '../../store/log/tree.ts'

export interface Peer {
  /** Its prefix: `https://other.example/log/witness`. */
  readonly url: string
  readonly key: NoteVerifier
}

/** Milliseconds. Everybody who waits for the log waits for this. */
const WAIT = 1000
/** Milliseconds until one that failed is asked again. */
const REST = 30_000
const ANSWER_MAX = 64 * 1024

interface Tree {
  readonly size: number
  readonly text: string
  readonly note: string
}

/** @param onFault hears of each witness that failed */
export function signCosigned(
  database: Database,
  signer: NoteSigner,
  peers: readonly Peer[],
  onFault: (error: unknown) => void,
): Sign {
  const asking = peers.map((peer) => new Asking(database, signer, peer, onFault))
  return async ({ size, root }) => {
    const text = checkpointText({ origin: signer.name, size, root })
    const own = await signer.sign(text)
    const note = formatNote({ text, signatures: [own] })
    const cosignatures = await Promise.all(asking.map((one) => one.cosignatures({ size, text, note })))
    return formatNote({ text, signatures: [own, ...cosignatures.flat()] })
  }
}

/** One witness, and what it is known to have seen. */
class Asking {
  readonly #database: Database
  readonly #signer: NoteSigner
  readonly #peer: Peer
  readonly #onFault: (error: unknown) => void
  #seen = 0
  #rests = 0

  constructor(database: Database, signer: NoteSigner, peer: Peer, onFault: (error: unknown) => void) {
    this.#database = database
    this.#signer = signer
    this.#peer = peer
    this.#onFault = onFault
  }

  /** @throws HealthChainError fault (broken-log) alone: this log was once longer */
  async cosignatures(tree: Tree): Promise<NoteSignature[]> {
    if (elapsed() < this.#rests) return []
    try {
      return await this.#ask(tree)
    } catch (error) {
      if (error instanceof HealthChainError && error.code === 'broken-log') throw error
      this.#rests = elapsed() + REST
      this.#onFault(error)
      return []
    }
  }

  async #ask(tree: Tree): Promise<NoteSignature[]> {
    const first = await this.#post(tree, this.#seen)
    // After a restart nobody here knows what it has seen.
    const { status, text } = first.status === 409 ? await this.#again(tree, first.text) : first
    const found = status === 200 ? await cosignaturesIn(text, tree.text, this.#peer.key) : []
    if (found.length === 0) throw unhelpful()
    this.#seen = tree.size
    return found
  }

  async #again(tree: Tree, answer: string) {
    const size = fromDecimal(answer.trimEnd())
    if (size === undefined) throw unhelpful()
    if (size > tree.size) await this.#requireNoLonger(tree)
    return this.#post(tree, size)
  }

  async #post({ size, note }: Tree, oldSize: number) {
    if (oldSize > size) throw unhelpful()
    const proof = await consistencyFromTiles(hasher, oldSize, size, tileSource(this.#database, size))
    return this.#fetch('add-checkpoint', { method: 'POST', body: formatAddCheckpoint({ oldSize, proof, note }) })
  }

  /** A witness may say what it likes: only our own signature proves that there was more. */
  async #requireNoLonger({ size }: Tree): Promise<void> {
    const { text } = await this.#fetch(`${hex(sha256(utf8(this.#signer.name)))}/checkpoint`)
    const opened = await openNote(text, [await noteVerifier(this.#signer.vkey)])
    const seen = 'text' in opened ? parseCheckpoint(opened.text) : undefined
    if (seen?.origin === this.#signer.name && seen.size > size)
      throw brokenLog('A witness has seen more entries, signed by this log: it was set back.')
  }

  async #fetch(path: string, init?: RequestInit): Promise<{ status: number; text: string }> {
    const more = { redirect: 'error', signal: AbortSignal.timeout(WAIT) } as const
    const answer = await fetch(`${this.#peer.url}/${path}`, { ...init, ...more })
    if (Number(answer.headers.get('content-length') ?? 0) > ANSWER_MAX) throw unhelpful()
    return { status: answer.status, text: await answer.text() }
  }
}

const unhelpful = () =>
  new HealthChainError('busy', 'witness', 'A witness has not cosigned: ask whoever runs it, or see WITNESSES.')
