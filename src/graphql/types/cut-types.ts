/** Cuts: what was frozen and published, for whoever may ask it. */
import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { CUT_STATES } from "../../statistics/cuts/cut.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";

const CutStateEnum = registerNames("CutState", "What a cut is worth.", CUT_STATES, {
  IN_FORCE: "The one that is asked where none is named.",
  SUPERSEDED: "A later one took its place; it still answers who names it.",
  WITHDRAWN: "It answers nothing any more.",
});

@ObjectType({ simpleResolvers: true, description: "Why, and when, a cut was withdrawn." })
export class CutWithdrawal {
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => String) reason!: string;
}

@ObjectType({ simpleResolvers: true, description: "The published tables of one audit year." })
export class CutCube {
  @Field(() => Int, { description: "The year in which the audit year began, in April." }) auditYear!: number;
  @Field(() => String, { description: "SHA-256 of the cube: every figure that was published stands in it." }) digest!: string;
  @Field(() => Int) cells!: number;
  @Field(() => Int, { description: "Cells with a figure; the others are withheld." }) published!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: "The national side as it stood at one instant, frozen, and the tables that were published of it. Never changed.",
})
export class Cut {
  @Field(() => ID) id!: string;
  @Field(() => Int, { description: "From 1; names it in citations." }) number!: number;
  @Field(() => CutStateEnum) state!: string;
  @Field(() => DateTimeScalar, { description: "What was committed before it is in the cut." }) asOf!: string;
  @Field(() => DateTimeScalar) publishedAt!: string;
  @Field(() => CutWithdrawal, { nullable: true }) withdrawn!: CutWithdrawal | null;
  @Field(() => [CutCube], { description: "By audit year. A year whose audit missed its target has none." })
  cubes!: readonly CutCube[];
  @Field(() => Boolean, { description: "Made of a generated population: demo mode's." }) isSynthetic!: boolean;
}
