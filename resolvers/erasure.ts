// Erasing a record, legal holds, and what an export tells of erasures.
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql'
import { Erasure, ErasureArguments, ErasureReport, LegalHold, LegalHoldArguments, WORDS } from '../schema/erasure.ts'
import { ProofExport } from '../schema/provenance-log.ts'
import type { Context } from './context.ts'

const described = (description: string) => ({ nullable: true, description })

@Resolver()
export class ErasureOperations {
  @Mutation(
    () => ErasureReport,
    described('Erases the whole record of a patient, beyond recovery; the log stays whole'),
  )
  patientErase(@Args(() => ErasureArguments) request: ErasureArguments, @Ctx() { operations }: Context) {
    return operations.patientErase(request)
  }
  @Mutation(() => LegalHold, described('Keeps the record from being erased'))
  legalHoldPlace(
    @Args(() => LegalHoldArguments) { patient, reason, until }: LegalHoldArguments,
    @Ctx() { operations }: Context,
  ) {
    return operations.legalHoldPlace(patient, reason, until ?? undefined)
  }
  @Mutation(() => Boolean, described('Lifts the holds that your organisation placed on the record'))
  legalHoldLift(
    @Arg('patient', () => ID) patient: string,
    @Arg('reason', () => String, { description: WORDS }) reason: string,
    @Ctx() { operations }: Context,
  ) {
    return operations.legalHoldLift(patient, reason)
  }
}

@Resolver(() => ProofExport)
export class ErasuresResolver {
  @FieldResolver(() => [Erasure], described('What was erased of the record, and when'))
  erasures(@Root() { patient }: ProofExport & { patient: string }, @Ctx() { operations }: Context) {
    return operations.erasuresOf(patient)
  }
}
