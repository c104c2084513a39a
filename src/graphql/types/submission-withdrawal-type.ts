/** What remains of a withdrawn submission besides its answers. */
import "reflect-metadata";
import { Field, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";

@ObjectType({ simpleResolvers: true, description: "The submission was taken back: what it had changed is undone." })
export class SubmissionWithdrawal {
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => String, { nullable: true, description: "For the clinical team and submitters only." }) reason!: string | null;
}
