/** What a person says of two patients. */
import "reflect-metadata";
import { Field, ID, InputType } from "type-graphql";

@InputType({ description: "Two patients of the acting organisation, by their ids." })
export class MergePatientsInput {
  @Field(() => String, { nullable: true, description: "For which programme; absent: the only one of the token." })
  programmeCode?: string | null;

  @Field(() => ID, { description: "Whose record the other's is." })
  winner!: string;

  @Field(() => ID, { description: "The patient that is merged, or was." })
  loser!: string;

  @Field(() => String, { description: "In your own words; kept sealed." })
  reason!: string;
}
