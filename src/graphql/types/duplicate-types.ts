/** Probable duplicates as a clinical team sees them. */
import "reflect-metadata";
import { Field, ID, ObjectType } from "type-graphql";
import type { DuplicateGroup as Group, OpenLink, Outlook } from "../../episodes/duplicate-service.ts";
import { AssumedSize } from "../operation-marks.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { Link, LinkEnd, toLink, toLinkEnd } from "./link-types.ts";

/** What the cost of an operation takes the lists of a group for: mostly it is two events and one proposal. */
const EVENTS_OF_A_GROUP = 3;

@ObjectType({ simpleResolvers: true, description: "What confirming a proposal would do, as things stand." })
class LinkOutlook {
  @AssumedSize(EVENTS_OF_A_GROUP)
  @Field(() => [LinkEnd], { description: "The episode as it would be, earliest event first." })
  episode!: readonly LinkEnd[];
  @AssumedSize(1)
  @Field(() => [LinkEnd], {
    description:
      "Events that a rule has linked to one of the two and that would be in the episode no longer: the rule gives way.",
  })
  leaving!: readonly LinkEnd[];
  @Field(() => [String], {
    description: "Of `eventType` and `eventDate` those of which the episode's events say different things.",
  })
  conflicts!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: "A proposal with what would come of it." })
class DuplicateProposal {
  @Field(() => Link) link!: Link;
  @Field(() => LinkOutlook) onConfirming!: LinkOutlook;
}

@ObjectType({
  simpleResolvers: true,
  description: "Events of one person that are one episode or are proposed to be: two own ones at least, or an open proposal.",
})
export class DuplicateGroup {
  @Field(() => [ID], { description: "Own patients whose events they are; more than one where patients are linked." })
  patientRecordIds!: readonly string[];
  @Field(() => DateTimeScalar, { description: "The earliest of its links and proposals." }) since!: string;
  @AssumedSize(EVENTS_OF_A_GROUP)
  @Field(() => [LinkEnd], { description: "Earliest event first." })
  events!: readonly LinkEnd[];
  @AssumedSize(EVENTS_OF_A_GROUP)
  @Field(() => [Link], { description: "What is linked already, with an own side." })
  links!: readonly Link[];
  @AssumedSize(1)
  @Field(() => [DuplicateProposal], { description: "What may be confirmed or rejected." })
  proposals!: readonly DuplicateProposal[];
}

const toOutlook = ({ episode, leaving, ...outlook }: Outlook): LinkOutlook => ({
  ...outlook,
  episode: episode.map(toLinkEnd),
  leaving: leaving.map(toLinkEnd),
});

const toProposal = ({ link, onConfirming }: OpenLink): DuplicateProposal => ({
  link: toLink(link),
  onConfirming: toOutlook(onConfirming),
});

export const toDuplicateGroup = ({ since, patientIds, events, links, open }: Group): DuplicateGroup => ({
  patientRecordIds: patientIds,
  since,
  events: events.map(toLinkEnd),
  links: links.map(toLink),
  proposals: open.map(toProposal),
});
