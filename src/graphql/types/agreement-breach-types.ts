/** Breaches of agreements. */
import "reflect-metadata";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import {
  BREACH_OUTCOMES,
  type BreachOutcome,
  type Agreement as StoredAgreement,
  type Breach as StoredBreach,
} from "../../agreements/agreement.ts";
import { icoDueAt, isIcoOverdue } from "../../agreements/breaches.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";

const BreachOutcomeEnum = registerNames("BreachOutcome", "What followed.", BREACH_OUTCOMES, {
  RESUMED: "Work goes on.",
  TERMINATED: "The agreement ended; what was handed out is destroyed.",
  DESTRUCTION_ORDERED: "The same, by order.",
});

@ObjectType({ simpleResolvers: true, description: "A breach of an agreement. From its report on nothing is answered under it." })
export class AgreementBreach {
  @Field(() => ID) id!: string;
  @Field(() => ID) agreementId!: string;
  @Field(() => ID) reportedBy!: string;
  @Field(() => DateTimeScalar) reportedAt!: string;
  @Field(() => DateTimeScalar) discoveredAt!: string;
  @Field(() => String) description!: string;
  @Field(() => String) digest!: string;
  @Field(() => DateTimeScalar, { nullable: true }) acknowledgedAt!: string | null;
  @Field(() => ID, { nullable: true }) acknowledgedBy!: string | null;
  @Field(() => Int, { description: "How often it was chased." }) timesChased!: number;
  @Field(() => DateTimeScalar, {
    description: "72 hours after it was discovered: the duty towards the Information Commissioner.",
  })
  icoDueAt!: string;
  @Field(() => Boolean) icoOverdue!: boolean;
  @Field(() => Boolean, { nullable: true, description: "Null: nobody has decided." }) icoReportable!: boolean | null;
  @Field(() => DateTimeScalar, { nullable: true }) icoDecidedAt!: string | null;
  @Field(() => ID, { nullable: true }) icoDecidedBy!: string | null;
  @Field(() => String, { nullable: true }) icoReasons!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) icoReportedAt!: string | null;
  @Field(() => String, { nullable: true }) icoReference!: string | null;
  @Field(() => BreachOutcomeEnum, { nullable: true }) outcome!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) outcomeAt!: string | null;
  @Field(() => ID, { nullable: true }) outcomeBy!: string | null;
  @Field(() => String, { nullable: true }) outcomeReasons!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Keep it: it says that you reported, and when." })
export class BreachReceipt {
  @Field(() => ID) id!: string;
  @Field(() => DateTimeScalar) reportedAt!: string;
  @Field(() => String, { description: "SHA-256 of the report as canonical JSON." }) digest!: string;
}

@InputType({ description: "What was found. Name no patient." })
export class ReportBreachInput {
  @Field(() => String) description!: string;
  @Field(() => DateTimeScalar, { nullable: true, description: "When you became aware of it; absent: now." })
  discoveredAt?: string | null;
}

@InputType({ description: "Whether the breach is reported to the Information Commissioner. May be recorded again until it is." })
export class IcoDecisionInput {
  @Field(() => Boolean) reportable!: boolean;
  @Field(() => String) reasons!: string;
  @Field(() => DateTimeScalar, { nullable: true }) reportedAt?: string | null;
  @Field(() => String, { nullable: true }) reference?: string | null;
}

@InputType({ description: "What follows of a breach." })
export class BreachOutcomeInput {
  @Field(() => BreachOutcomeEnum) outcome!: BreachOutcome;
  @Field(() => String) reasons!: string;
}

/** @param at ISO instant */
export const toBreach = ({ id }: StoredAgreement, breach: StoredBreach, at: string): AgreementBreach => ({
  ...breach,
  agreementId: id,
  icoDueAt: icoDueAt(breach),
  icoOverdue: isIcoOverdue(breach, at),
});
