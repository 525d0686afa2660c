// Checkpoints with the cosignatures of witnesses, https://c2sp.org/tlog-witness. One that does not answer in time is left
// out: it is for verifiers to say how many they want. One that proves that this log was longer stops it.
import { elapsed } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { fromDecimal } from '../../provenance/bytes.ts'
import { checkpointText } from '../../provenance/checkpoint.ts'
import { hasher } from '../../provenance/merkle.ts'
import { formatNote, type NoteSignature } from '../../provenance/note.ts'
import type { NoteSigner } from '../../provenance/note-signer.ts'
import { consistencyFromTiles } from '../../provenance/tile-reader.ts'
import { cosignaturesIn, formatAddCheckpoint } from '../../provenance/witness.ts'
import type { Database } from '../../store/database.ts'
import { tileSource } from '../../store/log/reader.ts'
import type { Sign } from '../../store/log/sign-tree.ts'
import { isBroken } from '../../store/log/tree.ts'
import { askPeer, type Peer, type Said, seenBy } from './peer.ts'
import { requireBeginning } from './set-back.ts'

/** Milliseconds. Everybody who waits for the log waits for this. */
const WAIT = 1000
/** Milliseconds until one that failed is asked again. */
const REST = 30_000

interface Tree {
  readonly size: number
  readonly text: string
  readonly note: string
}

type OnFault = (error: unknown, witness: string) => void

/** @param onFault hears of each witness that failed, by its name */
export function signCosigned(database: Database, signer: NoteSigner, peers: readonly Peer[], onFault: OnFault): Sign {
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
  readonly #onFault: OnFault
  #seen = 0
  #rests = 0

  constructor(database: Database, signer: NoteSigner, peer: Peer, onFault: OnFault) {
    this.#database = database
    this.#signer = signer
    this.#peer = peer
    this.#onFault = onFault
  }

  /** @throws HealthChainError fault (isBroken) alone: this log was another once */
  async cosignatures(tree: Tree): Promise<NoteSignature[]> {
    if (elapsed() < this.#rests) return []
    try {
      return await this.#ask(tree)
    } catch (error) {
      if (isBroken(error)) throw error
      this.#rests = elapsed() + REST
      this.#onFault(error, this.#peer.key.name)
      return []
    }
  }

  async #ask(tree: Tree): Promise<NoteSignature[]> {
    const first = await this.#post(tree, this.#seen)
    // After a restart nobody here knows what it has seen.
    const { status, text } = first.status === 409 ? await this.#again(tree, first.text) : first
    const found = status === 200 ? await cosignaturesIn(text, tree.text, this.#peer.key) : []
    if (status === 422) await this.#requireBeginning(tree)
    if (found.length === 0) throw unhelpful()
    this.#seen = tree.size
    return found
  }

  async #again(tree: Tree, answer: string): Promise<Said> {
    const size = fromDecimal(answer.trimEnd())
    if (size === undefined) throw unhelpful()
    if (size > tree.size) await this.#requireBeginning(tree)
    return this.#post(tree, size)
  }

  async #post({ size, note }: Tree, oldSize: number): Promise<Said> {
    if (oldSize > size) throw unhelpful()
    const proof = await consistencyFromTiles(hasher, oldSize, size, tileSource(this.#database, size))
    const body = formatAddCheckpoint({ oldSize, proof, note })
    return askPeer(this.#peer, 'add-checkpoint', WAIT, { method: 'POST', body })
  }

  /** A witness may say what it likes: only our own signature proves that there was more, or something else. */
  async #requireBeginning({ size }: Tree): Promise<void> {
    const seen = await seenBy(this.#peer, this.#signer, WAIT)
    if (seen) await requireBeginning(this.#database, this.#peer, size, seen)
  }
}

const unhelpful = () =>
  new HealthChainError('busy', 'witness', 'A witness has not cosigned: ask whoever runs it, or see WITNESSES.')
