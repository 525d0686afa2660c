// Operations on consent: granting, revoking, explaining, trying out.
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import { ConsentDecision, ConsentSimulation } from '../schema/consent.ts'
import { Consent, ConsentInput } from '../schema/generated/consent.ts'
import { ConsentDecisionArguments, ConsentGrantArguments } from '../schema/inputs/consent.ts'
import type { Context } from './context.ts'

const described = (description: string) => ({ nullable: true, description })

@Resolver()
export class ConsentOperations {
  @Mutation(() => Consent, described('Agrees, in the form of IHE PCF; null where you may not read it'))
  consentGrant(@Args(() => ConsentGrantArguments) terms: ConsentGrantArguments, @Ctx() { operations }: Context) {
    return operations.consentGrant(terms)
  }
  @Mutation(() => Consent, described('Withdraws; the next statement hears it'))
  consentRevoke(
    @Arg('id', () => ID) id: string,
    @Arg('reason', () => String, { nullable: true }) reason: string | undefined,
    @Ctx() { operations }: Context,
  ) {
    return operations.consentRevoke(id, reason ?? undefined)
  }
  @Query(() => ConsentDecision, described('What consent says to somebody, and why'))
  consentDecision(
    @Args(() => ConsentDecisionArguments) question: ConsentDecisionArguments,
    @Ctx() { operations }: Context,
  ) {
    return operations.consentDecision(question)
  }
  @Query(() => ConsentSimulation, described('Who of the last 90 days would gain or lose sight of what'))
  consentSimulate(@Arg('draft', () => ConsentInput) draft: object, @Ctx() { operations }: Context) {
    return operations.consentSimulate(draft)
  }
}
