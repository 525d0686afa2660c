// Break-glass: what is asked and what is opened.
import { ArgsType, Field, ID, ObjectType } from 'type-graphql'
import { FHIRCode, FHIRInstant } from './scalars.ts'

@ArgsType()
export class EmergencyArguments {
  @Field(() => ID) patient!: string
  @Field(() => FHIRCode, { description: 'unresponsive, life-threatening, urgent-treatment or disaster' })
  reasonCode!: string
  @Field(() => String, { description: 'In words, 10 characters at least' }) reasonText!: string
  @Field(() => Boolean, { nullable: true, description: 'A medical emergency, documented as 42 CFR 2.51 asks' })
  documentedEmergency?: boolean
  @Field(() => Boolean, { nullable: true, description: 'The second time within a day, with a new reason' })
  renewal?: boolean
}

@ObjectType('EmergencyAccess', { simpleResolvers: true })
export class EmergencyAccess {
  @Field(() => ID, { description: 'Also the id of the Task that reviews it' }) id!: string
  @Field(() => ID) patient!: string
  @Field(() => FHIRInstant) expires!: string
}
