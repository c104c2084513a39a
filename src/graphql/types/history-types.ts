/** The history of a record as GraphQL shows it. */
import "reflect-metadata";
import { Field, Int, ObjectType } from "type-graphql";
import type { ValueSource } from "../../records/submission-record.ts";
import { type FieldHistory as Entry, HISTORY_KINDS, type HistoryKind } from "../../submission/history-ports.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { toValueText } from "../value-text.ts";
import { registerNames } from "./register-names.ts";
import { MergeDecisionEnum } from "./submission-enums.ts";
import { Provenance } from "./submission-record-type.ts";

const HistoryKindEnum = registerNames("HistoryKind", "What a version of a record comes from.", HISTORY_KINDS, {
  CREATION: "The record was created with the value.",
  WITHDRAWAL: "A record was withdrawn, or a submission: what that had done is undone, and what it had withdrawn is back.",
});

const HIDDEN = "Identifying items: for the clinical team, null for everybody else.";

@ObjectType({ simpleResolvers: true, description: "What one version of a record did to one item." })
export class FieldHistory {
  @Field(() => Int, { description: "The version that the change made; 1 is the creation." }) version!: number;
  @Field(() => String) field!: string;
  @Field(() => String, { nullable: true, description: HIDDEN }) before!: string | null;
  @Field(() => String, { nullable: true, description: HIDDEN }) after!: string | null;
  @Field(() => MergeDecisionEnum) decision!: string;
  @Field(() => DateTimeScalar, { description: "When it was written; what `asOf` of `patientRecord` is compared with." })
  at!: string;
  @Field(() => HistoryKindEnum) kind!: HistoryKind;
  @Field(() => Provenance, {
    description: "Who wrote it; of a withdrawal, the submission that withdrew the record or was withdrawn.",
  })
  source!: ValueSource;
  @Field(() => Boolean, { description: "Its submission was withdrawn since, so that the change is undone." }) withdrawn!: boolean;
}

export const toFieldHistory = ({ before, after, ...entry }: Entry): FieldHistory => ({
  ...entry,
  before: toValueText(before),
  after: toValueText(after),
});
