// The provenance log: its checkpoint and its proofs at the root, and on every resource where its version stands in it.
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import { CLASSES } from '../schema/generated/index.ts'
import { LogEntry, ProofExport, ProvenanceLog } from '../schema/provenance-log.ts'
import type { Context } from './context.ts'
import type { ResourceName } from './resource.ts'

const described = (description: string) => ({ nullable: true, description })
const PROOF = 'c2sp.org/tlog-proof@v1 of an entry; null while it is pending'

@Resolver(() => ProvenanceLog)
export class ProvenanceLogOperations {
  @Query(() => ProvenanceLog, described('The log of all writes'))
  provenanceLog() {
    return {}
  }
  @Query(() => ProofExport, described('The versions of a record that you are told whole, with what opens their leaves'))
  exportProof(
    @Arg('patient', () => ID) patient: string,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
    @Ctx() { operations }: Context,
  ) {
    return operations.exportProof(patient, after ?? undefined)
  }
  @FieldResolver(() => String, described('The newest signed checkpoint; null before the first write'))
  checkpoint(@Ctx() { operations }: Context) {
    return operations.logCheckpoint()
  }
  @FieldResolver(() => String, described(PROOF))
  inclusionProof(@Arg('entry', () => ID) entry: string, @Ctx() { operations }: Context) {
    return operations.inclusionProof(entry)
  }
  @FieldResolver(
    () => [String],
    described('RFC 9162: that the log of size `to` begins with the log of size `from`; hashes in base64'),
  )
  consistencyProof(
    @Arg('from', () => Int) from: number,
    @Arg('to', () => Int) to: number,
    @Ctx() { operations }: Context,
  ) {
    return operations.consistencyProof(from, to)
  }
}

@Resolver(() => LogEntry)
export class LogEntryResolver {
  @FieldResolver(() => String, described(PROOF))
  proof(@Root() { entry, event }: LogEntry & { event?: object }, @Ctx() { operations }: Context) {
    return operations.inclusionProof(entry, event)
  }
  @FieldResolver(() => CLASSES.Provenance.output, described('Who wrote the version, for whom and why'))
  record(@Root() entry: LogEntry, @Ctx() { operations }: Context) {
    return operations.provenanceRecord(entry)
  }
}

/** `provenance` on a resource: the version that the caller was told, never another. */
export function provenanceResolver(type: ResourceName) {
  @Resolver(() => CLASSES[type].output)
  class ProvenanceResolver {
    @FieldResolver(() => LogEntry, { nullable: true })
    provenance(@Root() resource: object, @Ctx() { operations }: Context) {
      return operations.provenanceOf(resource)
    }
  }
  return ProvenanceResolver
}
