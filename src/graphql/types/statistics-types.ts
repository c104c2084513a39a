/** Questions to the published cube and their answers. */
import "reflect-metadata";
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { AgreementService } from "../../agreements/agreement-service.ts";
import { MEASURE_UNITS, MEASURES } from "../../statistics/cube/declaration.ts";
import { EXPORT_FORMATS } from "../../statistics/questions/export-statistics.ts";
import { ASKED_DIMENSIONS } from "../../statistics/questions/question-words.ts";
import { AssumedSize } from "../operation-marks.ts";
import { Cut } from "./cut-types.ts";
import { registerNames } from "./register-names.ts";

export const MeasureEnum = registerNames(
  "Measure",
  "What is counted, the median of what, or what as percent of what.",
  MEASURES.map(({ key }) => key),
  Object.fromEntries(MEASURES.map(({ key, label }) => [key, label])),
);

const MeasureUnitEnum = registerNames("MeasureUnit", "What a figure is a number of.", MEASURE_UNITS, {
  JOURNEYS: "Journeys of patients, rounded.",
  DAYS: "Median days.",
  PERCENT: "Whole percent of published figures.",
});

/** Its names are those of the API, its values those of the declaration and of agreements' terms. */
export const DimensionEnum = Object.fromEntries(ASKED_DIMENSIONS.map(({ name, key }) => [name, key]));
registerEnumType(DimensionEnum, {
  name: "Dimension",
  description: "By what figures are told apart. At most three with those that are filtered on, of one declared table.",
  valuesConfig: Object.fromEntries(ASKED_DIMENSIONS.map(({ name, label }) => [name, { description: label }])),
});

const ExportFormatEnum = registerNames("StatisticsExportFormat", "Of an answer as a file.", EXPORT_FORMATS, {
  CSV: "A zip with the figures and a sheet of metadata, for spreadsheets.",
  JSON: "Figures and metadata.",
  SDMX_CSV: "SDMX-CSV 2.0.",
});

@InputType({ description: "A declared category or roll-up, or the code of a place." })
export class CategoryInput {
  @Field(() => DimensionEnum) dimension!: string;
  @Field(() => String) category!: string;
}

@InputType({ description: "What is asked, whoever asks." })
export class QuestionInput {
  @Field(() => MeasureEnum) measure!: string;
  @Field(() => [DimensionEnum], { description: "Their order does not matter." }) dimensions!: string[];
  @Field(() => [CategoryInput], {
    nullable: true,
    description: "Selects rows of a declared table. Several categories of one dimension must together be a declared roll-up.",
  })
  where?: CategoryInput[] | null;
}

@InputType()
export class StatisticsInput extends QuestionInput {
  @Field(() => ID, { description: "In force, with you as one of its people." }) agreement!: string;
  @Field(() => String, { description: "One that the agreement declares, letter by letter." }) purpose!: string;
  @Field(() => ID, { nullable: true, description: "Absent: the cut in force." }) cut?: string | null;
  @Field(() => Int, {
    nullable: true,
    description: "The year in which the audit year began. Absent: the latest of the cut that the agreement has.",
  })
  auditYear?: number | null;
}

@ObjectType({ simpleResolvers: true })
export class Category {
  @Field(() => DimensionEnum) dimension!: string;
  @Field(() => String) category!: string;
  @Field(() => String) label!: string;
}

@ObjectType({ simpleResolvers: true, description: "A figure as it was published." })
export class PublishedValue {
  @Field(() => String, { description: "`*` where it is withheld." }) display!: string;
  @Field(() => Float, { nullable: true, description: "Rounded. Null: withheld, none, or not yours; which of them is not told." })
  number!: number | null;
  @Field(() => Boolean) suppressed!: boolean;
}

/** Most tables have fewer rows; those of every programme have more, and cost no more to look up. */
const ASSUMED_ROWS = 100;
const ASSUMED_CATEGORIES = 3;

@ObjectType({ simpleResolvers: true })
export class StatisticsRow {
  @AssumedSize(ASSUMED_CATEGORIES)
  @Field(() => [Category], { description: "The place first, then in declared order." })
  categories!: readonly Category[];
  @Field(() => PublishedValue) value!: PublishedValue;
}

@ObjectType({ simpleResolvers: true, description: "How an agreement demands that figures be protected." })
export class DisclosureProfile {
  @Field(() => ID) id!: string;
  @Field(() => Int) version!: number;
  @Field(() => String) label!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "The same figures as a file. Fetching it is a use of the agreement of its own.",
})
export class StatisticsExport {
  @Field(() => ExportFormatEnum) format!: string;
  @Field(() => String, { description: "Below the gateway's address; with the same bearer." }) path!: string;
}

@ObjectType({ simpleResolvers: true, description: "An answer of the published cube." })
export class StatisticsTable {
  @Field(() => Cut) cut!: Cut;
  @Field(() => Int) auditYear!: number;
  @Field(() => DisclosureProfile, { description: "Of the agreement. The published tables hide at least as much." })
  profile!: DisclosureProfile;
  @Field(() => MeasureEnum) measure!: string;
  @Field(() => MeasureUnitEnum) unit!: string;
  @Field(() => [DimensionEnum], { description: "Of the rows, in their order." }) dimensions!: readonly string[];
  @AssumedSize(ASSUMED_ROWS)
  @Field(() => [StatisticsRow], { description: "One for each combination of declared categories, whatever the data." })
  rows!: readonly StatisticsRow[];
  @Field(() => Int) suppressedCells!: number;
  @Field(() => [String]) footnotes!: readonly string[];
  @Field(() => String, { description: "Enough to repeat the figures years later." }) citation!: string;
  @Field(() => [StatisticsExport], { description: "Of the cut and the year that answered." })
  exports!: readonly StatisticsExport[];
  /** Read where it is asked for: `StatisticsTableFieldResolver`. */
  readonly agreementId!: string;
}

/** What the field `agreement` of an answer is read by. */
export type AgreementReader = Pick<AgreementService, "find">;

@ObjectType({ simpleResolvers: true })
export class PublishedCategory {
  @Field(() => String) category!: string;
  @Field(() => String) label!: string;
}

@ObjectType({ simpleResolvers: true, description: "Several categories in one, published in its own right." })
export class PublishedRollUp {
  @Field(() => String) category!: string;
  @Field(() => String) label!: string;
  @Field(() => [String]) of!: readonly string[];
}

@ObjectType({ simpleResolvers: true })
export class PublishedDimension {
  @Field(() => DimensionEnum) dimension!: string;
  @Field(() => String, { description: "What terms of agreements call it." }) term!: string;
  @Field(() => String) label!: string;
  @Field(() => Boolean, { description: "Its categories are places; a table has one kind of them at most." }) isPlace!: boolean;
  @Field(() => [PublishedCategory], { description: "In the order of rows." }) categories!: readonly PublishedCategory[];
  @Field(() => [PublishedRollUp]) rollUps!: readonly PublishedRollUp[];
}

@ObjectType({ simpleResolvers: true })
export class PublishedMeasure {
  @Field(() => MeasureEnum) measure!: string;
  @Field(() => String) label!: string;
  @Field(() => MeasureUnitEnum) unit!: string;
}

@ObjectType({ simpleResolvers: true, description: "What can be asked by these dimensions, or filtered on them." })
export class PublishedTable {
  @Field(() => [DimensionEnum]) dimensions!: readonly string[];
  @Field(() => [MeasureEnum]) measures!: readonly string[];
  @Field(() => Int, { description: "Rows of the answer without a filter." }) cells!: number;
}

/** Declared ones are about so many. */
const ASSUMED_TABLES = 400;

@ObjectType({ simpleResolvers: true, description: "Everything that can be asked of one audit year of a cut." })
export class PublishedTables {
  @Field(() => Cut) cut!: Cut;
  @Field(() => Int) auditYear!: number;
  @Field(() => [PublishedDimension]) dimensions!: readonly PublishedDimension[];
  @Field(() => [PublishedMeasure]) measures!: readonly PublishedMeasure[];
  @AssumedSize(ASSUMED_TABLES)
  @Field(() => [PublishedTable], { description: "Wide places first, few dimensions first." })
  tables!: readonly PublishedTable[];
}
