// Who saw a patient's record.
import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql'
import { AccessEntry } from '../schema/access-history.ts'
import type { Context } from './context.ts'

@Resolver()
export class AccessHistoryOperations {
  @Query(() => [AccessEntry], { nullable: true, description: 'Who saw or changed the record, newest first' })
  accessHistory(
    @Arg('patient', () => ID) patient: string,
    @Arg('_count', () => Int, { nullable: true }) count: number | undefined,
    @Arg('_before', () => String, { nullable: true }) before: string | undefined,
    @Ctx() { operations }: Context,
  ) {
    return operations.accessHistory(patient, count ?? undefined, before ?? undefined)
  }
}
