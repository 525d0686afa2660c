// What the operations on consent answer.
import { Field, Int, ObjectType } from 'type-graphql'
import { Reference, ReferenceOrganization } from './generated/references.ts'
import { FHIRCode, FHIRInstant } from './scalars.ts'

const optional = { nullable: true }

@ObjectType('ConsentReason', { simpleResolvers: true })
export class ConsentReason {
  @Field(() => FHIRCode, { description: 'permit or deny' }) effect!: string
  @Field(() => FHIRCode, { description: 'consent, law, own-record, implicit-policy, no-consent, emergency, role …' })
  by!: string
  @Field(() => Reference, { nullable: true, description: 'With its version; absent for one that you may not read' })
  consent?: Reference
  @Field(() => String, { nullable: true, description: 'provision.provision[1]' }) provision?: string
  @Field(() => String) words!: string
  @Field(() => FHIRCode, { nullable: true, description: 'Of the data, if the reason is about one' })
  sensitivity?: string
  @Field(() => String, { nullable: true, description: 'What would change a deny' }) lift?: string
}

@ObjectType('ConsentObligation', { simpleResolvers: true })
export class ConsentObligation {
  @Field(() => String) id!: string
  @Field(() => FHIRCode) code!: string
  @Field(() => String, optional) text?: string
  @Field(() => String) source!: string
}

@ObjectType('ConsentDecision', { simpleResolvers: true })
export class ConsentDecision {
  @Field(() => FHIRCode, { description: 'permit or deny' }) effect!: string
  @Field(() => [ConsentReason]) because!: ConsentReason[]
  @Field(() => [ConsentObligation]) obligations!: ConsentObligation[]
}

@ObjectType('ConsentChange', { simpleResolvers: true })
export class ConsentChange {
  @Field(() => Reference, { nullable: true, description: 'Absent where you may not read who had access' })
  who?: Reference
  @Field(() => ReferenceOrganization, optional) organisation?: ReferenceOrganization
  @Field(() => FHIRCode) role!: string
  @Field(() => FHIRCode) purpose!: string
  @Field(() => FHIRCode) type!: string
  @Field(() => [FHIRCode], { description: 'Confidentiality first' }) labels!: string[]
  @Field(() => Boolean) before!: boolean
  @Field(() => Boolean) after!: boolean
  @Field(() => Int) resources!: number
}

@ObjectType('ConsentSimulation', { simpleResolvers: true })
export class ConsentSimulation {
  @Field(() => FHIRInstant, { description: 'Whoever read the record after this moment was tried out' }) since!: string
  @Field(() => Boolean, {
    description: 'False where they are too many: those who read it last were tried out, not all of 90 days',
  })
  complete!: boolean
  @Field(() => Int, {
    nullable: true,
    description: 'How many read the record since, for each role and purpose; for those who may see the audit log',
  })
  accessors!: number | null
  @Field(() => Int, { description: 'Of the record, as far as you may see it' }) resources!: number
  @Field(() => [ConsentChange], { description: 'Who gains or loses sight of what' }) changes!: ConsentChange[]
}
