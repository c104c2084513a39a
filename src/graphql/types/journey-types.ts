/** The resolved journey as GraphQL shows it. */
import "reflect-metadata";
import { Field, ID, ObjectType } from "type-graphql";
import type { Journey as JourneyShown, ShownItem } from "../../episodes/journey.ts";
import { WINNER_RULE_NAMES, WINNER_RULES } from "../../episodes/winner-rules.ts";
import type { ValueSource } from "../../records/submission-record.ts";
import { AssumedSize } from "../operation-marks.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";
import { LinkConfidenceEnum } from "./record-link-types.ts";
import { registerNames } from "./register-names.ts";
import { Provenance } from "./submission-record-type.ts";

const WinnerRuleEnum = registerNames(
  "WinnerRule",
  "Why a value stands where organisations say different things.",
  WINNER_RULE_NAMES,
  Object.fromEntries(WINNER_RULES.rules.map(({ name, says }) => [name, says])),
);

export const LinkMakerEnum = registerNames("LinkMaker", "Who linked two records.", ["RULE", "PERSON"]);

/** What the cost of an operation takes the lists of a journey for: two or three organisations, an event of each. */
const RECORDS_OF_AN_EPISODE = 3;
const OTHER_CLAIMS = 1;

@ObjectType({ simpleResolvers: true, description: "An organisation that has a record of the person." })
class JourneyOrganisation {
  @Field(() => String) odsCode!: string;
  @Field(() => String) name!: string;
  @Field(() => Boolean, { description: "The acting organisation." }) own!: boolean;
}

@ObjectType({ simpleResolvers: true, description: "A record of the person." })
class JourneyRecord {
  @Field(() => JourneyOrganisation) organisation!: JourneyOrganisation;
  @Field(() => ID, { nullable: true, description: "Of own records; null for those of other organisations." })
  recordId!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Who states a value." })
class JourneySource extends JourneyRecord {
  @Field(() => Provenance, {
    nullable: true,
    description: "The submission that wrote the value of an own record; null for other organisations' records.",
  })
  submission!: ValueSource | null;
  @Field(() => DateTimeScalar, { description: "When the source said so." }) at!: string;
}

@ObjectType({ simpleResolvers: true, description: "What one organisation states." })
class JourneyClaim {
  @Field(() => String) value!: string;
  @Field(() => JourneySource) source!: JourneySource;
}

@ObjectType({ simpleResolvers: true, description: "An item with the value that stands, and what was said against it." })
class ResolvedField extends JourneyClaim {
  @Field(() => String) field!: string;
  @Field(() => WinnerRuleEnum) rule!: string;
  @AssumedSize(OTHER_CLAIMS)
  @Field(() => [JourneyClaim], { description: "Other known values, the strongest first." })
  conflicts!: readonly JourneyClaim[];
  @AssumedSize(OTHER_CLAIMS)
  @Field(() => [JourneyClaim], { description: "Statements of Unknown that lost." })
  unknowns!: readonly JourneyClaim[];
}

const UNSTATED = "Null where nobody states the item.";

@ObjectType({ simpleResolvers: true, description: "What organisations state of the person." })
class JourneyPatient {
  @Field(() => [ID], { description: "The own organisation's records of the patient." }) recordIds!: readonly string[];
  @Field(() => ResolvedField, { nullable: true, description: UNSTATED }) gender!: ShownItem | null;
  @Field(() => ResolvedField, { nullable: true, description: UNSTATED }) ethnicGroup!: ShownItem | null;
  @Field(() => ResolvedField, { nullable: true, description: UNSTATED }) maritalStatus!: ShownItem | null;
}

@ObjectType({ simpleResolvers: true, description: "Why two records are of one person, or of one episode." })
class JourneyLink {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true, description: "Null where people linked what no rule would." }) rule!: string | null;
  @Field(() => String, { nullable: true, description: "The rule in one sentence." }) says!: string | null;
  @Field(() => LinkConfidenceEnum, { nullable: true }) confidence!: string | null;
  @Field(() => LinkMakerEnum) madeBy!: string;
  @AssumedSize(2)
  @Field(() => [JourneyRecord], { description: "The two." })
  records!: readonly JourneyRecord[];
}

@ObjectType({ simpleResolvers: true, description: "An initiating event as one organisation states it." })
export class JourneyEvent extends JourneySource {
  @Field(() => String, { nullable: true }) eventType!: string | null;
  @Field(() => DateScalar, { nullable: true }) eventDate!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A treatment, with everybody who lists it." })
class JourneyTreatment {
  @Field(() => String, { nullable: true }) type!: string | null;
  @Field(() => DateScalar, { nullable: true }) date!: string | null;
  @AssumedSize(RECORDS_OF_AN_EPISODE)
  @Field(() => [JourneySource])
  sources!: readonly JourneySource[];
}

@ObjectType({
  simpleResolvers: true,
  description: "Events of one or several organisations that are one reason for rehabilitation.",
})
class JourneyEpisode {
  @Field(() => ResolvedField, { nullable: true, description: UNSTATED }) eventType!: ShownItem | null;
  @Field(() => ResolvedField, {
    nullable: true,
    description: "Of the event whose type stands.",
  })
  eventDate!: ShownItem | null;
  @AssumedSize(RECORDS_OF_AN_EPISODE)
  @Field(() => [JourneyTreatment])
  treatments!: readonly JourneyTreatment[];
  @AssumedSize(RECORDS_OF_AN_EPISODE)
  @Field(() => [JourneyEvent])
  events!: readonly JourneyEvent[];
  @AssumedSize(RECORDS_OF_AN_EPISODE)
  @Field(() => [JourneyLink], { description: "Links between these events." })
  links!: readonly JourneyLink[];
}

@ObjectType({
  simpleResolvers: true,
  description:
    "A person over all organisations that links join. Of other organisations: gender, ethnic group, marital status, event types and dates, treatments; nothing else.",
})
export class Journey implements JourneyShown {
  @Field(() => JourneyPatient) patient!: JourneyShown["patient"];
  @AssumedSize(RECORDS_OF_AN_EPISODE)
  @Field(() => [JourneyOrganisation], { description: "The acting one first." })
  organisations!: JourneyShown["organisations"];
  @AssumedSize(RECORDS_OF_AN_EPISODE)
  @Field(() => [JourneyLink], { description: "Links between patients." })
  links!: JourneyShown["links"];
  @AssumedSize(RECORDS_OF_AN_EPISODE)
  @Field(() => [JourneyEpisode], { description: "The earliest first." })
  episodes!: JourneyShown["episodes"];
}
