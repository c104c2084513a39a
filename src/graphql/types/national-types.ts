import "reflect-metadata";
import { Field, Int, ObjectType } from "type-graphql";

const FEW = "Null: between one and seven. Rounded to five.";

@ObjectType({
  simpleResolvers: true,
  description:
    "How the national side stands: pseudonymous rows, made from the organisations' rows after they are stored. Counts only.",
})
export class NationalFeed {
  @Field(() => Int, { nullable: true, description: `Journeys. ${FEW}` }) rows!: number | null;
  @Field(() => Int, { nullable: true, description: `Patients and submissions that wait to be looked at. ${FEW}` }) due!:
    | number
    | null;
  @Field(() => Int, {
    nullable: true,
    description: `Patients of whom nothing goes: by objection, by opt-out or for want of an answer, or because the flow has no support. ${FEW}`,
  })
  withheld!: number | null;
}
