/** Links between events of one patient that a submission makes or ends. */
import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { EPISODE_RULES } from "../../episodes/default-episode-rules.ts";
import { CONFIDENCES } from "../../episodes/link-words.ts";
import { type RecordLink as Link, RECORD_LINK_CHANGES, RECORD_LINK_STATES } from "../../records/record-link.ts";
import { registerNames } from "./register-names.ts";

const RecordLinkChangeEnum = registerNames("RecordLinkChange", "What a submission does to a link.", RECORD_LINK_CHANGES, {
  ARISES: "It is there once the submission is stored, and was not before.",
  VANISHES: "It was there before, and is no more.",
});

const RecordLinkStateEnum = registerNames("RecordLinkState", "Who makes a link.", RECORD_LINK_STATES, {
  LINKED: "One episode, by a rule or because people confirmed it.",
  PROPOSED: "Shown to people, who may confirm or reject it.",
});

export const LinkConfidenceEnum = registerNames("LinkConfidence", "How sure a rule is of two records.", CONFIDENCES, {
  CERTAIN: "The records themselves say it.",
  PROBABLE: "A definition or common practice says it.",
  POSSIBLE: "Worth a look.",
});

@ObjectType({ simpleResolvers: true, description: "An event: of this submission, or stored before it, or both." })
class LinkedRecord {
  @Field(() => Int, { nullable: true, description: "Its position among the records of this submission; null: it is not in it." })
  index!: number | null;
  @Field(() => ID, { nullable: true, description: "Its record; null where this submission makes it." })
  recordId!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "A link between two events of the patient in the own organisation that arises or vanishes. What is linked to other organisations is never told here.",
})
export class RecordLink {
  @Field(() => RecordLinkChangeEnum) change!: string;
  @Field(() => RecordLinkStateEnum) state!: string;
  @Field(() => String, { nullable: true, description: "The episode rule; null where people linked what no rule would." })
  rule!: string | null;
  @Field(() => String, { nullable: true, description: "The rule in one sentence." }) says!: string | null;
  @Field(() => LinkConfidenceEnum, { nullable: true }) confidence!: string | null;
  @Field(() => LinkedRecord, {
    description: "This record's event; another one of the patient where this record only brought it about.",
  })
  record!: LinkedRecord;
  @Field(() => LinkedRecord) otherRecord!: LinkedRecord;
}

/** A rule that is not in force any more has no sentence. */
export const toRecordLink = (link: Link): RecordLink => ({
  ...link,
  says: EPISODE_RULES.rules.find(({ name }) => name === link.rule)?.says ?? null,
});
