/** Links as a clinical team sees and decides about them. Ids of other organisations' records have no field here. */
import "reflect-metadata";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { EventTreatment } from "../../episodes/judge-events.ts";
import {
  type IdentityConflict as Conflict,
  DECISIONS,
  type DecisionEntry,
  type LinkEnd as End,
  type KnownLink,
  LISTED_STATES,
} from "../../episodes/link-list-ports.ts";
import { PAIR_KINDS, type PairKind } from "../../episodes/link-ports.ts";
import { sentenceOf } from "../../episodes/rule-sentences.ts";
import { toLondonDate } from "../../lib/calendar-date.ts";
import { AssumedSize } from "../operation-marks.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";
import { LinkMakerEnum } from "./journey-types.ts";
import { LinkConfidenceEnum } from "./record-link-types.ts";
import { registerNames } from "./register-names.ts";

export const LinkKindEnum = registerNames("LinkKind", "What a link is between.", PAIR_KINDS, {
  PERSON: "Two patients who are one person.",
  EPISODE: "Two initiating events of one person that are one reason for rehabilitation.",
});

const LinkStateEnum = registerNames("LinkState", "What holds of two records.", LISTED_STATES, {
  PROPOSED: "People may confirm or reject it.",
  APART: "People keep them apart: nothing proposes or links them until somebody confirms them.",
});

const LinkDecisionEnum = registerNames("LinkDecision", "What a team decided about two records.", DECISIONS, {
  UNLINKED: "A link was taken back; remembered as a rejection is.",
});

@ObjectType({ simpleResolvers: true })
export class LinkOrganisation {
  @Field(() => String) odsCode!: string;
  @Field(() => String) name!: string;
}

@ObjectType({ simpleResolvers: true, description: "A treatment that an event of a link lists." })
class LinkTreatment {
  @Field(() => String, { nullable: true }) type!: string | null;
  @Field(() => DateScalar, { nullable: true }) date!: string | null;
}

const SHOWN = "Null of a patient, and of another organisation's event that no link shows.";

@ObjectType({ simpleResolvers: true, description: "One of the two records of a link." })
export class LinkEnd {
  @Field(() => LinkOrganisation) organisation!: LinkOrganisation;
  @Field(() => Boolean, { description: "A record of the acting organisation." }) own!: boolean;
  @Field(() => ID, { nullable: true, description: "Of own records." }) recordId!: string | null;
  @Field(() => ID, { nullable: true, description: "Of own records: the patient it is, or is of." }) patientRecordId!:
    | string
    | null;
  @Field(() => String, { nullable: true, description: SHOWN }) eventType!: string | null;
  @Field(() => DateScalar, { nullable: true, description: SHOWN }) eventDate!: string | null;
  @Field(() => [LinkTreatment], { nullable: true, description: SHOWN }) treatments!: readonly EventTreatment[] | null;
}

@ObjectType({ simpleResolvers: true, description: "What a team decided about a link. Of each team the latest stands." })
export class LinkDecisionEntry {
  @Field(() => LinkOrganisation) organisation!: LinkOrganisation;
  @Field(() => String, { nullable: true, description: "Of the own organisation." }) clientId!: string | null;
  @Field(() => LinkDecisionEnum) decision!: string;
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => String, { nullable: true, description: "Of the own organisation." }) reason!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Two records that are, may be, or are not to be one person or one episode." })
export class Link {
  @Field(() => ID) id!: string;
  @Field(() => LinkKindEnum) kind!: string;
  @Field(() => LinkStateEnum) state!: string;
  @Field(() => String, { nullable: true, description: "Null where no rule names the two." }) rule!: string | null;
  @Field(() => String, { nullable: true, description: "The rule in one sentence." }) says!: string | null;
  @Field(() => LinkConfidenceEnum, { nullable: true }) confidence!: string | null;
  @Field(() => LinkMakerEnum) madeBy!: string;
  @Field(() => DateTimeScalar, { description: "Since when it is in its state." }) since!: string;
  @Field(() => [ID], {
    description:
      "Events proposed although a rule links them: own ones of the two that the link would bring together and a rule keeps apart.",
  })
  heldBackBy!: readonly string[];
  @Field(() => LinkEnd) a!: LinkEnd;
  @Field(() => LinkEnd) b!: LinkEnd;
  @AssumedSize(2)
  @Field(() => [LinkDecisionEntry], { description: "Earliest first." })
  decisions!: readonly LinkDecisionEntry[];
}

@ObjectType({ simpleResolvers: true, description: "A patient whose identity contradicts another one's. Not linked." })
export class IdentityConflict {
  @Field(() => ID) patientRecordId!: string;
  @Field(() => DateScalar, { description: "The day on which it was found." }) since!: string;
}

@InputType({ description: "Two records of the acting organisation that no rule names." })
export class LinkRecordsInput {
  @Field(() => LinkKindEnum) kind!: PairKind;
  @Field(() => ID) a!: string;
  @Field(() => ID) b!: string;
  @Field(() => String) reason!: string;
}

export const toLinkEnd = ({ ods, id, own, organisationName, patientId, event }: End): LinkEnd => ({
  organisation: { odsCode: ods, name: organisationName },
  own,
  recordId: own ? id : null,
  patientRecordId: patientId,
  eventType: event?.eventType ?? null,
  eventDate: event?.eventDate ?? null,
  treatments: event?.treatments ?? null,
});

const toEntry = ({ ods, organisationName, clientId, decision, at, reason }: DecisionEntry): LinkDecisionEntry => ({
  organisation: { odsCode: ods, name: organisationName },
  clientId,
  decision,
  at,
  reason,
});

export const toLink = ({ a, b, decisions, ...link }: KnownLink): Link => ({
  ...link,
  says: sentenceOf(link.rule),
  a: toLinkEnd(a),
  b: toLinkEnd(b),
  decisions: decisions.map(toEntry),
});

export const toIdentityConflict = ({ patientId, since }: Conflict): IdentityConflict => ({
  patientRecordId: patientId,
  since: toLondonDate(new Date(since)),
});
