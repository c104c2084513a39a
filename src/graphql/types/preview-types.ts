/** What a mapping makes of an input: for those who connect a system, before they send anything. */
import "reflect-metadata";
import { Field, InputType, Int, ObjectType } from "type-graphql";
import { DEFAULT_DATASET_VERSION } from "../../records/dictionaries.ts";
import type { MappingReportLine } from "../../records/issue.ts";
import type { EnvelopeMapping } from "../../submission/commands.ts";
import { JsonScalar } from "../scalars/strict-scalars.ts";
import { Issue } from "./issue-type.ts";
import { registerNames } from "./register-names.ts";
import { RecordTypeEnum } from "./submission-enums.ts";
import { MappingReportLineType } from "./submission-record-type.ts";
import { MappingSummary } from "./submission-type.ts";

const PreviewFormatEnum = registerNames(
  "PreviewFormat",
  "How the pasted input is to be read.",
  ["RECORDS", "FHIR", "HL7V2", "TABLE"],
  {
    RECORDS: "NACR records: one PatientRecordInput, or a list.",
    FHIR: "A Bundle, a list of resources, or a string that holds one FHIR JSON or XML document.",
    HL7V2: "A message, or a list of messages.",
    TABLE: "Rows of a table under a column profile: text with a header, as a spreadsheet copies it, or a list of objects.",
  },
);

@InputType()
export class PreviewSourceSystemInput {
  @Field(() => String) vendor!: string;
  @Field(() => String) product!: string;
}

@InputType()
export class PreviewMappingInput {
  @Field(() => PreviewFormatEnum) format!: EnvelopeMapping | "TABLE";
  @Field(() => JsonScalar, { description: "The input: what a submission would take, or its text." }) content!: unknown;
  @Field(() => String, {
    nullable: true,
    description: "Name of a profile. Absent: what is saved for `sourceSystem`, else the default.",
  })
  profile?: string | null;
  @Field(() => PreviewSourceSystemInput, { nullable: true, description: "Whose saved profile and site codes count." })
  sourceSystem?: PreviewSourceSystemInput | null;
  @Field(() => JsonScalar, { nullable: true, description: "TABLE: a column profile that is not saved, to be tried." })
  columnProfile?: unknown;
  @Field(() => String, {
    nullable: true,
    description: "TABLE: the sheet or table the rows are of, where the profile has several.",
  })
  table?: string | null;
  @Field(() => String, { nullable: true, defaultValue: DEFAULT_DATASET_VERSION }) datasetVersion?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class PreviewValue {
  @Field(() => String) field!: string;
  @Field(() => String, { nullable: true, description: "Null for an identifying item: it was read, and is not shown." }) value!:
    | string
    | null;
  @Field(() => Boolean) identifying!: boolean;
}

@ObjectType({ simpleResolvers: true, description: "A record as the mapping made it; not compared with anything stored." })
export class PreviewRecord {
  @Field(() => Int) index!: number;
  @Field(() => RecordTypeEnum) recordType!: string;
  @Field(() => String) expression!: string;
  @Field(() => Int, { nullable: true }) parentIndex!: number | null;
  @Field(() => [PreviewValue]) values!: readonly PreviewValue[];
  @Field(() => [Issue]) issues!: readonly Issue[];
  @Field(() => [MappingReportLineType]) mappingReport!: readonly MappingReportLine[];
}

@ObjectType({ simpleResolvers: true, description: "Nothing of it is kept." })
export class MappingPreview {
  @Field(() => String) mappingVersion!: string;
  @Field(() => [PreviewRecord], { description: "The first 100." }) records!: readonly PreviewRecord[];
  @Field(() => Int) totalRecords!: number;
  @Field(() => [Issue], { description: "Issues that belong to no record." }) issues!: readonly Issue[];
  @Field(() => [MappingReportLineType], { description: "What no record used." }) mappingReport!: readonly MappingReportLine[];
  @Field(() => MappingSummary) mappingSummary!: MappingSummary;
}
