/** Extracts: what is asked for, and what became of it. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { roundForDisclosure } from "../../national/disclosed-count.ts";
import { EXTRACT_STATES, extractPath, type Extract as StoredExtract } from "../../statistics/extracts/extract.ts";
import { EXTRACT_FORMATS } from "../../statistics/extracts/extract-file.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { ProductClassEnum } from "./agreement-terms-types.ts";
import { registerNames } from "./register-names.ts";
import { DimensionEnum, MeasureEnum } from "./statistics-types.ts";

const ExtractStateEnum = registerNames("ExtractState", "What became of an extract.", EXTRACT_STATES, {
  REQUESTED: "It is being made.",
  READY: "It can be fetched.",
  FAILED: "It could not be made. Asked for again, it is tried again.",
  REFUSED: "When it was to be made, the agreement did not permit it any more, or the cut was withdrawn.",
  REMOVED: "Its files are not kept any more.",
});
const ExtractFormatEnum = registerNames("ExtractFormat", "Of the files in the zip.", EXTRACT_FORMATS, {
  CSV: "RFC 4180, UTF-8, safe to open in a spreadsheet.",
  PARQUET: "Apache Parquet.",
});

const PERIOD =
  "As the agreement's frequency has it: a month (`2024-07`), the audit year up to the end of a quarter (`2024-Q2`: April to September 2024), or an audit year (`2024`: April 2024 to March 2025). It must have ended before the cut.";

@InputType()
export class ExtractInput {
  @Field(() => ID) agreement!: string;
  @Field(() => String, { description: "One that the agreement declares, letter by letter." }) purpose!: string;
  @Field(() => ID) cut!: string;
  @Field(() => String, { description: PERIOD }) period!: string;
  @Field(() => [String], { nullable: true, description: "`journey.age`, ... Absent: all that the agreement has." })
  fields?: string[] | null;
  @Field(() => ExtractFormatEnum) format!: string;
  @Field(() => String, { description: "Code of the agreement's place that it goes to." }) location!: string;
}

@InputType({ description: "A declared table (`publishedTables`)." })
export class ExactTableInput {
  @Field(() => MeasureEnum) measure!: string;
  @Field(() => [DimensionEnum], { description: "Their order does not matter." }) dimensions!: string[];
}

@InputType()
export class ExactTablesInput {
  @Field(() => ID) agreement!: string;
  @Field(() => String, { description: "One that the agreement declares, letter by letter." }) purpose!: string;
  @Field(() => ID) cut!: string;
  @Field(() => String, { description: PERIOD }) period!: string;
  @Field(() => [ExactTableInput], { description: "At most 20." }) tables!: ExactTableInput[];
  @Field(() => String, { description: "Code of the agreement's place that they go to." }) location!: string;
}

@ObjectType({ simpleResolvers: true })
export class ExactTable {
  @Field(() => MeasureEnum) measure!: string;
  @Field(() => [DimensionEnum]) dimensions!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: "A file of the zip. The manifest names its digest, too." })
export class ExtractFile {
  @Field(() => String) name!: string;
  @Field(() => Int) rows!: number;
  @Field(() => Int) bytes!: number;
  @Field(() => String, { description: "SHA-256." }) sha256!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "Rows of a cut under the agreement's own pseudonyms, or exact tables under its disclosure profile. Final once made.",
})
export class Extract {
  @Field(() => ID) id!: string;
  @Field(() => ID) agreementId!: string;
  @Field(() => Int, { description: "Of the agreement, that permitted it." }) version!: number;
  @Field(() => ProductClassEnum) product!: string;
  @Field(() => ID) cutId!: string;
  @Field(() => String) period!: string;
  @Field(() => ExtractFormatEnum) format!: string;
  @Field(() => [String], { description: "Columns of a record-level extract." }) fields!: readonly string[];
  @Field(() => [ExactTable]) tables!: readonly ExactTable[];
  @Field(() => String) purpose!: string;
  @Field(() => String) location!: string;
  @Field(() => ID) requestedBy!: string;
  @Field(() => DateTimeScalar) requestedAt!: string;
  @Field(() => ExtractStateEnum) state!: string;
  @Field(() => DateTimeScalar, { nullable: true }) madeAt!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When it was fetched first." }) handedOverAt!: string | null;
  @Field(() => Int) downloads!: number;
  @Field(() => DateTimeScalar, { nullable: true }) removedAt!: string | null;
  @Field(() => [ExtractFile]) files!: readonly ExtractFile[];
  @Field(() => String, {
    nullable: true,
    description: "Where the zip is fetched, with the same token. Each time is a use of the agreement.",
  })
  download!: string | null;
}

export const toExtract = (extract: StoredExtract): Extract => ({
  ...extract,
  tables: extract.tables.map(({ measure, dimensions }) => ({ measure, dimensions })),
  download: extract.state === "READY" ? extractPath(extract.id) : null,
});

@ObjectType({
  simpleResolvers: true,
  description:
    "An extract that was handed over and holds rows of persons who may not be released any more. It is not handed out again.",
})
export class ExtractHoldingWithheld {
  @Field(() => ID) id!: string;
  @Field(() => ID) agreementId!: string;
  @Field(() => DateTimeScalar, { nullable: true }) handedOverAt!: string | null;
  @Field(() => Int, {
    nullable: true,
    description: "Persons of all organisations who objected or opted out since. Null: between one and seven. Rounded to five.",
  })
  persons!: number | null;
}

export const toHolding = ({ id, agreementId, handedOverAt, withheldSince }: StoredExtract): ExtractHoldingWithheld => ({
  id,
  agreementId,
  handedOverAt,
  persons: roundForDisclosure(withheldSince),
});
