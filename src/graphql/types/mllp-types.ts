/** HL7 v2 messages that came by MLLP, as the clinical team sees them: nothing that stands in one but its type. docs/mllp.md. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { ANSWERS, MESSAGE_STATES, type MessageState } from "../../inbox/inbox-ports.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";

const MllpMessageStateEnum = registerNames("MllpMessageState", "What became of a message.", MESSAGE_STATES, {
  WAITING: "Acknowledged, and not worked on yet.",
  PROCESSED: "Part of a submission, none of its records refused.",
  PARKED: "Kept for `replayParkedMessages`; `reason` says why.",
});

const MllpAnswerEnum = registerNames("MllpAnswer", "What a message's acknowledgement said.", ANSWERS, {
  ERROR: "Kept and worked on, though a record of it will be refused.",
  REJECT: "Nobody here can work on it: it was parked at once.",
});

@ObjectType({ simpleResolvers: true, description: "An error an acknowledgement told of." })
class MllpFinding {
  @Field(() => String, { description: "A code of the issue catalogue." }) code!: string;
  @Field(() => String, { nullable: true }) field!: string | null;
  @Field(() => String, { description: "Where in the message." }) expression!: string;
}

@ObjectType({ simpleResolvers: true, description: "An HL7 v2 message that came by MLLP." })
export class MllpMessage {
  @Field(() => ID) id!: string;
  @Field(() => String) programmeCode!: string;
  @Field(() => String) listener!: string;
  @Field(() => String, { nullable: true, description: "MSH-9, such as ADT^A08; null where it is no type and event." })
  messageType!: string | null;
  @Field(() => MllpMessageStateEnum) state!: string;
  @Field(() => MllpAnswerEnum) answer!: string;
  @Field(() => [MllpFinding]) findings!: readonly MllpFinding[];
  @Field(() => String, {
    nullable: true,
    description: "PARKED: the code of the first error, or PROCESSING_FAULT for a fault of the gateway.",
  })
  reason!: string | null;
  @Field(() => DateTimeScalar) receivedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true, description: "When it was processed or parked." }) settledAt!: string | null;
  @Field(() => ID, { nullable: true, description: "The submission it became part of." }) submissionId!: string | null;
}

@InputType()
export class MllpMessageFilter {
  @Field(() => [MllpMessageStateEnum], { nullable: true }) state?: MessageState[] | null;
  @Field(() => String, { nullable: true }) reason?: string | null;
  @Field(() => String, { nullable: true }) listener?: string | null;
  @Field(() => String, { nullable: true }) programmeCode?: string | null;
  @Field(() => String, { nullable: true, description: "MSH-10 as the sender knows it." }) controlId?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "The last bytes that were no message." })
class MllpBadFrame {
  @Field(() => DateTimeScalar) lastAt!: string;
  @Field(() => String, { description: "NOISE, UNFINISHED, OVERSIZED or NO_HEADER." }) lastReason!: string;
  @Field(() => String, { description: "What came, with x for every letter and 9 for every digit." }) lastShape!: string;
}

@ObjectType({ simpleResolvers: true })
class MllpSourceSystem {
  @Field(() => String) vendor!: string;
  @Field(() => String) product!: string;
  @Field(() => String) version!: string;
}

@ObjectType({ simpleResolvers: true, description: "A door for HL7 v2 messages, as the gateway's operator configured it." })
export class MllpListener {
  @Field(() => String) name!: string;
  @Field(() => String) programmeCode!: string;
  @Field(() => MllpSourceSystem) sourceSystem!: MllpSourceSystem;
  @Field(() => String, { nullable: true, description: "Null: the format's default." }) profile!: string | null;
  @Field(() => DateTimeScalar, { description: "When it was last opened." }) openedAt!: string;
  @Field(() => Int, { description: "How often bytes came that were no message." }) badFrames!: number;
  @Field(() => MllpBadFrame, { nullable: true }) lastBadFrame!: MllpBadFrame | null;
}
