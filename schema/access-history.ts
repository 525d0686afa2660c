// An entry of the access history: who, when, why, what.
import { Field, ID, ObjectType } from 'type-graphql'
import { Reference, ReferenceOrganization } from './generated/references.ts'
import { FHIRCode, FHIRInstant } from './scalars.ts'

const optional = { nullable: true }

@ObjectType('AccessEntry', { simpleResolvers: true })
export class AccessEntry {
  @Field(() => FHIRInstant) when!: string
  @Field(() => Reference, { nullable: true, description: 'Absent where nobody was signed in' }) who?: Reference
  @Field(() => ReferenceOrganization, optional) organisation?: ReferenceOrganization
  @Field(() => FHIRCode, optional) role?: string
  @Field(() => FHIRCode, { nullable: true, description: 'Purpose of use' }) purpose?: string
  @Field(() => FHIRCode) interaction!: string
  @Field(() => [FHIRCode], { description: 'Resource types' }) types!: string[]
  @Field(() => FHIRCode, { description: '0 success; 4, 8, 12 failures' }) outcome!: string
  @Field(() => Boolean, { description: 'Emergency treatment, or break-glass' }) emergency!: boolean
  @Field(() => ID, { description: 'The AuditEvent' }) event!: string
  @Field(() => String, { description: 'For _before: what lies further back' }) cursor!: string
}
