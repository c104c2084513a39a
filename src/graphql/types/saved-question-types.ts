/** Questions that analysts keep. */
import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { DimensionEnum, MeasureEnum } from "./statistics-types.ts";

@ObjectType({ simpleResolvers: true })
export class SavedCondition {
  @Field(() => DimensionEnum) dimension!: string;
  @Field(() => String) category!: string;
}

@ObjectType({ simpleResolvers: true, description: "A question in its normal form: one that is asked otherwise reads the same." })
export class SavedQuestionVersion {
  @Field(() => Int) number!: number;
  @Field(() => MeasureEnum) measure!: string;
  @Field(() => [DimensionEnum]) dimensions!: readonly string[];
  @Field(() => [SavedCondition]) where!: readonly SavedCondition[];
  @Field(() => DateTimeScalar) savedAt!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "A question under an agreement, by a name. Seen by people whom the agreement names.",
})
export class SavedQuestion {
  @Field(() => ID) id!: string;
  @Field(() => ID) agreementId!: string;
  @Field(() => ID) owner!: string;
  @Field(() => String) name!: string;
  @Field(() => DateTimeScalar) savedAt!: string;
  @Field(() => [ID], { description: "Those who see it beside its owner." }) sharedWith!: readonly string[];
  @Field(() => [SavedQuestionVersion], { description: "By their numbers; none is ever changed." })
  versions!: readonly SavedQuestionVersion[];
}
