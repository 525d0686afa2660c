// Break-glass: opening a record for an hour, and closing it before.
import { Arg, Args, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import { EmergencyAccess, EmergencyArguments } from '../schema/emergency.ts'
import type { Context } from './context.ts'

const described = (description: string) => ({ nullable: true, description })

@Resolver()
export class EmergencyOperations {
  @Mutation(
    () => EmergencyAccess,
    described('Breaks the glass for one patient, one hour; patient and officer hear of it'),
  )
  emergencyAccess(@Args(() => EmergencyArguments) request: EmergencyArguments, @Ctx() { operations }: Context) {
    return operations.emergencyAccess(request)
  }
  @Mutation(() => Boolean, described('Ends your emergency access to the patient at once'))
  emergencyTerminate(@Arg('patient', () => ID) patient: string, @Ctx() { operations }: Context) {
    return operations.emergencyTerminate(patient)
  }
}
