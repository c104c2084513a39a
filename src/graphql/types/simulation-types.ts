/** What would be different under proposed rules, as GraphQL shows it. Nothing in it is a value that anybody sent. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import type { SourceSystem as System } from "../../records/submission-record.ts";
import {
  type LinkFinding,
  PAIR_STATES,
  type PairExample,
  type PairState,
  RECORD_CHANGES,
  type RecordChange,
  type RecordExample,
  type RecordFinding,
  type RuleSimulation as Simulation,
  type SimulatedSource as Source,
} from "../../simulation/simulation.ts";
import { AssumedSize } from "../operation-marks.ts";
import type { Connection } from "../paging.ts";
import { DateTimeScalar, JsonScalar } from "../scalars/strict-scalars.ts";
import { PageInfo } from "./connection-types.ts";
import { registerNames } from "./register-names.ts";
import { RecordTypeEnum } from "./submission-enums.ts";
import { SourceSystem } from "./submission-type.ts";

const SimulatedChangeEnum = registerNames("SimulatedChange", "What becomes different of a record.", RECORD_CHANGES, {
  NEW_WARNING: "Of a record that stands under both.",
  GONE_WARNING: "Of a record that stands under both.",
});
const SimulatedPairStateEnum = registerNames("SimulatedPairState", "How two events of one person stand.", PAIR_STATES, {
  LINKED: "One episode, by themselves or through a third event.",
  PROPOSED: "People may link them.",
});

@InputType()
export class SimulateRulesInput {
  @Field(() => JsonScalar, {
    description:
      "What is proposed (docs/simulation.md): `datasetVersion`, `changes` to the rules, items and codes of the dataset, `episodeRules`.",
  })
  proposal!: unknown;
  @Field(() => DateTimeScalar, { nullable: true, description: "Only submissions received from then on." })
  receivedFrom?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Only submissions received before." })
  receivedTo?: string | null;
}

@ObjectType({ simpleResolvers: true })
class SimulatedRecord {
  @Field(() => ID) submissionId!: string;
  @Field(() => Int, { description: "`index` of the record in the answer of its submission." }) recordIndex!: number;
}

@ObjectType({ simpleResolvers: true, description: "One cause of differences between the answers to records." })
class SimulatedFinding {
  @Field(() => SimulatedChangeEnum) change!: RecordChange;
  @Field(() => String, { description: "The issue that a record gets, or gets no more." }) code!: string;
  @Field(() => String, { nullable: true, description: "Id of the rule; null: a mandatory item, a range, a code." }) rule!:
    | string
    | null;
  @Field(() => RecordTypeEnum) recordType!: string;
  @Field(() => String, { nullable: true }) field!: string | null;
  @Field(() => Int) records!: number;
  @Field(() => [SimulatedRecord], { description: "The first five." }) examples!: readonly RecordExample[];
}

@ObjectType({ simpleResolvers: true, description: "What was judged of one version of a product, on this page." })
class SimulatedSource {
  @Field(() => SourceSystem) sourceSystem!: System;
  @Field(() => Int, { description: "Submissions read to their end." }) submissions!: number;
  @Field(() => Int, { description: "Submissions whose input is not kept any more, or cannot be read." }) notReadable!: number;
  @Field(() => Int, { description: "Records judged under both." }) records!: number;
  @Field(() => Int, { description: "Records that both refuse: nothing can be said about them." }) rejectedByBoth!: number;
  @Field(() => Int) newlyRejected!: number;
  @Field(() => Int) noLongerRejected!: number;
  @Field(() => Int, { description: "Records that stand under both, with at least one warning more." }) newWarnings!: number;
  @Field(() => Int, { description: "Records that stand under both, with at least one warning less." }) goneWarnings!: number;
  @Field(() => Int, { description: "Records that only one of two dataset versions makes of the input." }) unmatched!: number;
  @AssumedSize(30)
  @Field(() => [SimulatedFinding], { description: "The most frequent first." })
  findings!: readonly RecordFinding[];
}

@ObjectType({ simpleResolvers: true, description: "Ids of two initiating events." })
class SimulatedPair {
  @Field(() => ID) a!: string;
  @Field(() => ID) b!: string;
}

@ObjectType({ simpleResolvers: true, description: "Pairs of events of one person that stand to each other in another way." })
class SimulatedLinkFinding {
  @Field(() => SimulatedPairStateEnum) before!: PairState;
  @Field(() => SimulatedPairStateEnum) after!: PairState;
  @Field(() => String, { nullable: true, description: "The rule that fits; null: none does." }) ruleBefore!: string | null;
  @Field(() => String, { nullable: true }) ruleAfter!: string | null;
  @Field(() => [SourceSystem], { description: "What sent the two events, each once; without what other programmes sent." })
  sourceSystems!: readonly System[];
  @Field(() => Int) pairs!: number;
  @Field(() => [SimulatedPair], { description: "The first five." }) examples!: readonly PairExample[];
}

@ObjectType({
  simpleResolvers: true,
  description: "A page of a simulation. Counts of all pages together are those of the whole.",
})
export class RuleSimulation {
  @AssumedSize(20)
  @Field(() => [SimulatedSource])
  sources!: readonly Source[];
  @Field(() => Int, { description: "Persons with two or more events whose episodes were worked out under both." })
  persons!: number;
  @AssumedSize(30)
  @Field(() => [SimulatedLinkFinding], { description: "The most frequent first." })
  links!: readonly LinkFinding[];
  @Field(() => PageInfo) pageInfo!: Connection<never>["pageInfo"];
}

export const toRuleSimulation = ({ endCursor, ...simulation }: Simulation): RuleSimulation => ({
  ...simulation,
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
});
