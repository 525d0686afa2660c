// The tamper-evident log: what it has signed, and proofs that can be checked without us, https://c2sp.org/tlog-proof
import { Field, ID, ObjectType } from 'type-graphql'

@ObjectType('LogEntry', { simpleResolvers: true, description: 'Where a version stands in the provenance log' })
export class LogEntry {
  @Field(() => ID) entry!: string
}

@ObjectType('ProvenanceLog', { simpleResolvers: true, description: 'The tamper-evident log of all writes, see /log' })
export class ProvenanceLog {}

@ObjectType('ProofExport', { simpleResolvers: true })
export class ProofExport {
  @Field(() => String, {
    description: 'NDJSON, for `npm run verify -- … --versions`: what opens each leaf, and its proof',
  })
  versions!: string
  @Field(() => String, { nullable: true, description: 'For `after`: what else there is' }) next?: string
}
