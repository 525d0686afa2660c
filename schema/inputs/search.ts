// Search arguments that every resource type shares, https://hl7.org/fhir/R4/search.html#all
import { ArgsType, Field, Int } from 'type-graphql'
import { SearchDate, SearchToken } from '../scalars.ts'

@ArgsType()
class CommonArguments {
  @Field(() => [SearchToken], { nullable: true }) _id?: string[]
  @Field(() => [SearchDate], { nullable: true }) _lastUpdated?: string[]
  @Field(() => String, { nullable: true }) _filter?: string
  @Field(() => String, { nullable: true }) _sort?: string
  @Field(() => Int, { nullable: true }) _count?: number
}

@ArgsType()
export class SearchArguments extends CommonArguments {
  @Field(() => String, { nullable: true }) _cursor?: string
  @Field(() => String, { nullable: true }) cursor?: string
}

/** Reverse references: `ObservationList(_reference: subject)` inside a Patient. */
@ArgsType()
export class ReverseArguments extends CommonArguments {
  @Field(() => SearchToken) _reference!: string
}
