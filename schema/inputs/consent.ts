// Arguments of the operations on consent. Codes go without their systems: v3-ActReason, v3-Confidentiality, v3-ActCode.
import { ArgsType, Field, ID, InputType } from 'type-graphql'
import { PeriodInput } from '../generated/datatype-inputs.ts'
import { FHIRCode, FHIRDateTime, FHIRUri } from '../scalars.ts'

const optional = { nullable: true }
const recipients = { nullable: true, description: 'Practitioner/1, Organization/2, Group/3 …; absent: anybody' }
const labels = { nullable: true, description: 'Confidentiality or sensitivity, such as N, R, PSY; absent: any' }
const exceptions = { nullable: true, description: 'Each permits within a deny, and denies within a permit' }

@InputType('ConsentTerms')
@ArgsType()
export class ConsentTerms {
  @Field(() => [String], recipients) recipients?: string[]
  @Field(() => [FHIRCode], { nullable: true, description: 'Purposes of use, such as TREAT' }) purposes?: string[]
  @Field(() => [FHIRCode], labels) labels?: string[]
  @Field(() => [FHIRCode], { nullable: true, description: 'Resource types; absent: all' }) types?: string[]
  @Field(() => PeriodInput, { nullable: true, description: 'Time that the data are about' }) dataPeriod?: PeriodInput
  @Field(() => FHIRDateTime, { nullable: true, description: 'When it ends by itself' }) until?: string
  @Field(() => [ConsentTerms], exceptions) exceptions?: ConsentTerms[]
}

@ArgsType()
export class ConsentGrantArguments extends ConsentTerms {
  @Field(() => ID) patient!: string
  @Field(() => Boolean, { nullable: true, description: 'The terms deny instead of permitting' }) deny?: boolean
  @Field(() => ID, { nullable: true, description: 'Organization that keeps the consent' }) organization?: string
  @Field(() => FHIRCode, { nullable: true, description: 'privacy, as if absent, or research' }) scope?: string
  @Field(() => FHIRUri, { nullable: true, description: 'Of one policy only the latest is heard' }) policy?: string
  @Field(() => String, { nullable: true, description: 'Who signed the paper, where staff record it' }) signedBy?: string
  @Field(() => String, { nullable: true, description: 'DocumentReference of the paper' }) form?: string
}

@InputType('ConsentAsker')
export class ConsentAsker {
  @Field(() => String, { description: 'Practitioner/1' }) user!: string
  @Field(() => FHIRCode) role!: string
  @Field(() => ID, optional) organisation?: string
  @Field(() => [String], { nullable: true, description: 'Group/1, CareTeam/2, PractitionerRole/3' }) groups?: string[]
  @Field(() => FHIRCode, { description: 'BTG: as if the glass were broken for this patient' }) purpose!: string
}

@ArgsType()
export class ConsentDecisionArguments {
  @Field(() => ID) patient!: string
  @Field(() => ConsentAsker) asker!: ConsentAsker
  @Field(() => FHIRCode, { nullable: true, description: 'access, if absent; collect, use, disclose, correct' })
  action?: string
  @Field(() => FHIRCode, { nullable: true, description: 'Resource type, where no resource is named' }) type?: string
  @Field(() => [FHIRCode], { nullable: true, description: 'Labels of data of this type' }) labels?: string[]
  @Field(() => String, { nullable: true, description: 'A resource of the patient, Observation/1' }) resource?: string
  @Field(() => Boolean, { nullable: true, description: 'For BTG: as 42 CFR 2.51 documents it' })
  documentedEmergency?: boolean
}
