/** The dictionary itself as data: what an integrator needs to build a sender, without a document beside it. */
import "reflect-metadata";
import { Field, Float, Int, ObjectType } from "type-graphql";
import type { CodeOption } from "../../dataset/define.ts";
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../dataset/dictionary.ts";
import { DateScalar } from "../scalars/strict-scalars.ts";
import { IssueSeverityEnum, RecordTypeEnum } from "./submission-enums.ts";

const STATUS =
  "How sure the fact is: S sourced, S~ partly, V verified, M measured, I inferred, D our decision, J judgement; R, W, U unconfirmed.";

@ObjectType({ simpleResolvers: true, description: "An item of a record type." })
export class FieldDefinition {
  @Field(() => String) name!: string;
  @Field(() => String) label!: string;
  @Field(() => String) description!: string;
  @Field(() => Boolean, { description: "A merged record without it is rejected." }) mandatory!: boolean;
  @Field(() => Boolean, {
    description: "Identifies the person: stored encrypted, never in a text, shown to the clinical team only.",
  })
  identifying!: boolean;
  @Field(() => String) kind!: string;
  @Field(() => String, { nullable: true }) codeList!: string | null;
  @Field(() => String, { nullable: true }) unit!: string | null;
  @Field(() => [Float], { nullable: true, description: "Smallest and largest usual value; outside is a warning." })
  expected!: readonly number[] | null;
  @Field(() => [Float], { nullable: true, description: "Smallest and largest possible value; outside is an error." })
  hard!: readonly number[] | null;
  @Field(() => Int, { nullable: true }) maxLength!: number | null;
  @Field(() => String, { description: STATUS }) status!: string;
  @Field(() => String, { description: "Where the fact comes from." }) source!: string;
}

@ObjectType({ simpleResolvers: true })
export class RecordTypeDefinition {
  @Field(() => String) name!: string;
  @Field(() => String) label!: string;
  @Field(() => String) description!: string;
  @Field(() => String, { nullable: true, description: "The record type it belongs to." }) parent!: string | null;
  @Field(() => [String], { description: "Items that, with the parent, identify the record." }) naturalKey!: readonly string[];
  @Field(() => [FieldDefinition]) fields!: readonly FieldDefinition[];
}

@ObjectType({ simpleResolvers: true })
export class CodeOptionDefinition {
  @Field(() => String, { description: "What is stored and answered." }) key!: string;
  @Field(() => Int, { description: "The gateway's own short code, accepted as input." }) code!: number;
  @Field(() => String) label!: string;
  @Field(() => [String], { description: "Other texts that are accepted." }) aliases!: readonly string[];
}

@ObjectType({ simpleResolvers: true })
export class CodeList {
  @Field(() => String) name!: string;
  @Field(() => String) label!: string;
  @Field(() => Boolean, { description: "An unlisted text warns and never rejects." }) open!: boolean;
  @Field(() => [String], { description: "Keys that say not known: they never replace a known value." })
  unknown!: readonly string[];
  @Field(() => [CodeOptionDefinition]) options!: readonly CodeOptionDefinition[];
  @Field(() => String, { description: STATUS }) status!: string;
  @Field(() => String) source!: string;
}

@ObjectType({ simpleResolvers: true, description: "A rule across items, judged on the merged record." })
export class Rule {
  @Field(() => String) id!: string;
  @Field(() => RecordTypeEnum) recordType!: string;
  @Field(() => IssueSeverityEnum) severity!: string;
  @Field(() => String, { description: "The issue code it reports." }) code!: string;
  @Field(() => String) field!: string;
  @Field(() => String) text!: string;
  @Field(() => String, { description: STATUS }) status!: string;
  @Field(() => String) source!: string;
}

@ObjectType({ simpleResolvers: true })
export class IssueCode {
  @Field(() => String) code!: string;
  @Field(() => IssueSeverityEnum) severity!: string;
  @Field(() => String, { description: "FILE, MAPPING, RECORD or CONSENT." }) layer!: string;
  @Field(() => String, { description: "Text with places for parameters in braces." }) text!: string;
  @Field(() => String, { description: "What the sender can do about it." }) advice!: string;
}

@ObjectType({ simpleResolvers: true, description: "A version that submissions may claim." })
export class DatasetVersion {
  @Field(() => String) version!: string;
  @Field(() => Boolean, { description: "Assumed where a submission names none." }) default!: boolean;
  @Field(() => Boolean, {
    description: "Records are stored and answered in its words; what is sent under an older version is converted.",
  })
  stored!: boolean;
  @Field(() => DateScalar, { nullable: true, description: "The announced last day of its service." }) sunset!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A version of the dataset." })
export class DatasetDefinition {
  @Field(() => String) version!: string;
  @Field(() => [RecordTypeDefinition]) recordTypes!: readonly RecordTypeDefinition[];
  @Field(() => [CodeList]) codeLists!: readonly CodeList[];
  @Field(() => [Rule]) rules!: readonly Rule[];
  @Field(() => [IssueCode]) issueCodes!: readonly IssueCode[];
}

export function toDatasetDefinition(dictionary: Dictionary): DatasetDefinition {
  const codeLists = [...dictionary.codeLists.values()].map(({ list }) => ({
    ...list,
    open: list.open !== undefined,
    options: list.options.map(toOption),
  }));
  return {
    version: dictionary.version,
    recordTypes: dictionary.recordTypes.map(toRecordType),
    codeLists,
    rules: dictionary.rules,
    issueCodes: [...dictionary.issueCodes.values()],
  };
}

const toOption = ({ key, code, label, aliases = [] }: CodeOption): CodeOptionDefinition => ({ key, code, label, aliases });

function toRecordType({ name, definition, items }: CompiledRecordType): RecordTypeDefinition {
  const { label, description, parent, naturalKey } = definition;
  return { name, label, description, parent, naturalKey, fields: items.map(toField) };
}

function toField(item: CompiledItem): FieldDefinition {
  const { name, label, description, kind, status, source } = item;
  return {
    ...{ name, label, description, kind, status, source },
    mandatory: item.mandatory ?? false,
    identifying: item.identifying ?? false,
    codeList: item.list ?? null,
    unit: item.unit ?? null,
    expected: item.expected ?? null,
    hard: item.hard ?? null,
    maxLength: item.maxLength ?? null,
  };
}
