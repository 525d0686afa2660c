// Erasing a record, and what keeps it from being erased.
import { ArgsType, Field, ID, Int, ObjectType } from 'type-graphql'
import { FHIRCode, FHIRInstant } from './scalars.ts'

/** See src/interactions/erasure/reasons.ts */
export const WORDS = 'In words, 10 to 500 characters. The audit log keeps the code alone: keep the order yourself'

@ArgsType()
export class ErasureArguments {
  @Field(() => ID) patient!: string
  @Field(() => FHIRCode, {
    description: 'no-longer-needed, consent-withdrawn, objection, unlawful or legal-obligation: GDPR article 17(1)',
  })
  reason!: string
  @Field(() => String, { description: WORDS }) text!: string
}

@ArgsType()
export class LegalHoldArguments {
  @Field(() => ID) patient!: string
  @Field(() => String, { description: 'In words, 10 to 500 characters; kept with the hold, and gone with the record' })
  reason!: string
  @Field(() => FHIRInstant, { nullable: true, description: 'Absent: until it is lifted' }) until?: string
}

@ObjectType('ErasureCount', { simpleResolvers: true })
export class ErasureCount {
  @Field(() => FHIRCode) type!: string
  @Field(() => Int) count!: number
}

@ObjectType('ErasureReport', { simpleResolvers: true })
export class ErasureReport {
  @Field(() => FHIRInstant) when!: string
  @Field(() => [ID], { description: 'The erase leaves in the provenance log' }) entries!: string[]
  @Field(() => Int, { description: 'Leaves of the log that lost their content' }) leaves!: number
  @Field(() => [ErasureCount], { description: 'Versions that are gone' }) versions!: ErasureCount[]
  @Field(() => [ErasureCount], { description: 'Resources that name the patient and are not theirs alone: they stand' })
  kept!: ErasureCount[]
}

@ObjectType('LegalHold', { simpleResolvers: true })
export class LegalHold {
  @Field(() => ID) id!: string
  @Field(() => ID) patient!: string
  @Field(() => FHIRInstant) placed!: string
  @Field(() => FHIRInstant, { nullable: true }) until?: string
}

@ObjectType('Erasure', { simpleResolvers: true })
export class Erasure {
  @Field(() => ID, { nullable: true, description: 'The erase leaf; absent for a record of before the log' })
  entry?: string
  @Field(() => FHIRInstant) when!: string
  @Field(() => FHIRCode) reason!: string
  // An Int ends at 2^31, a log need not.
  @Field(() => [ID], { description: 'Indices of the leaves whose content was destroyed' }) leaves!: number[]
  @Field(() => String, { nullable: true, description: 'c2sp.org/tlog-proof@v1; null while it is pending' })
  proof?: string
}
