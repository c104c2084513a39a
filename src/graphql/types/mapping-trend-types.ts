/** The trend of mappings as GraphQL shows it. */
import "reflect-metadata";
import { Field, Float, InputType, ObjectType } from "type-graphql";
import type { MappingSummaryLine } from "../../records/submission-record.ts";
import { DateScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";
import { MappingSummaryLineType, SourceSystem } from "./submission-type.ts";

const TrendPeriodEnum = registerNames("TrendPeriod", "What a point of a trend stands for.", ["DAY", "WEEK"], {
  DAY: "A calendar day.",
  WEEK: "Seven days from a Monday.",
});

@InputType()
export class MappingTrendFilter {
  @Field(() => DateScalar, { description: "First day." }) from!: string;
  @Field(() => DateScalar, { description: "Last day, included. At most 366 days after the first." }) to!: string;
  @Field(() => TrendPeriodEnum, { defaultValue: "DAY" }) by!: "DAY" | "WEEK";
  @Field(() => String, { nullable: true }) programmeCode?: string | null;
  @Field(() => String, { nullable: true }) vendor?: string | null;
  @Field(() => String, { nullable: true }) product?: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "What became of the source fields of one system in one period. Counts are of values.",
})
export class MappingTrendPoint {
  @Field(() => DateScalar, { description: "The day, or the Monday of the week, on which submissions were completed." })
  period!: string;
  @Field(() => SourceSystem) sourceSystem!: SourceSystem;
  @Field(() => Float) mapped!: number;
  @Field(() => Float) defaulted!: number;
  @Field(() => Float) dropped!: number;
  @Field(() => Float) unmapped!: number;
  @Field(() => [MappingSummaryLineType], {
    description: "Source fields that were dropped or not mapped, the most frequent first. Cut at the limit `trendLosses`.",
  })
  losses!: readonly MappingSummaryLine[];
}
