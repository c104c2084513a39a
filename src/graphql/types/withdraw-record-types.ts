/** Withdrawing one stored record, and what remains of it. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import type { RecordTypeName } from "../../dataset/define.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { RecordTypeEnum } from "./submission-enums.ts";
import { SourceSystemInput } from "./submit-inputs.ts";

@InputType({ description: "Which record, by one of its two ids, and why." })
export class WithdrawRecordInput {
  @Field(() => String, {
    nullable: true,
    description:
      "A key of the sender's own, new for each withdrawal and the same for each repetition. This or the header Idempotency-Key is needed.",
  })
  idempotencyKey?: string | null;
  @Field(() => String, { description: "The programme that withdraws; one of the acting organisation." })
  programmeCode!: string;
  @Field(() => SourceSystemInput, {
    nullable: true,
    description: "Needed with `sourceRecordId`, which is the record's under the programme and the product that sent it.",
  })
  sourceSystem?: SourceSystemInput | null;
  @Field(() => RecordTypeEnum) recordType!: RecordTypeName;
  @Field(() => ID, { nullable: true, description: "The gateway's id of the record. This or `sourceRecordId`." })
  recordId?: string | null;
  @Field(() => String, { nullable: true, description: "The sender's own id of the record." })
  sourceRecordId?: string | null;
  @Field(() => String, { description: "Kept sealed; shown to the clinical team and to submitters." }) reason!: string;
  @Field(() => Int, {
    nullable: true,
    description: "The version it was read at: refused with CONFLICT where it was changed since.",
  })
  expectedVersion?: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "A record was withdrawn: what remains of it, and until when it can come back.",
})
export class RecordWithdrawal {
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => DateTimeScalar, { description: "Until then, withdrawing the submission brings the record back." })
  restorableUntil!: string;
  @Field(() => DateTimeScalar, { nullable: true }) restoredAt!: string | null;
  @Field(() => String, {
    nullable: true,
    description: "For the clinical team and submitters only. Null also where the sender marked the record as deleted.",
  })
  reason!: string | null;
}
