/** Certification of a programme, its survey, thresholds and lateness. */
import "reflect-metadata";
import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { COLOURS, PROVISIONAL_CODES, VERDICTS } from "../../reporting/certify.ts";
import { FREQUENCIES } from "../../reporting/lateness.ts";
import type { Denominator } from "../../reporting/reporting-ports.ts";
import { FIGURE_UNITS, LISTED_STATES } from "../../reporting/standard-figures.ts";
import type { Threshold } from "../../reporting/threshold.ts";
import { THRESHOLD_BASES, THRESHOLD_OPERATORS, THRESHOLD_STATUSES } from "../../reporting/threshold.ts";
import type { SurveyStaff } from "../../standards/programme-survey.ts";
import { PRIORITY_GROUPS, type PriorityGroup } from "../../standards/standards-data.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { Programme } from "./organisation-types.ts";
import { registerNames } from "./register-names.ts";
import { NationEnum } from "./registration-types.ts";
import { CertificationStandardEnum } from "./standard-types.ts";

const ThresholdOperatorEnum = registerNames("ThresholdOperator", "How a figure is compared.", THRESHOLD_OPERATORS);
const ThresholdBasisEnum = registerNames("ThresholdBasis", "Where a threshold comes from.", THRESHOLD_BASES, {
  COMPUTED: "The national average of a year, worked out from a frozen cut.",
});
const ThresholdStatusEnum = registerNames("ThresholdStatus", "Whether a threshold is certain.", THRESHOLD_STATUSES);
const FigureUnitEnum = registerNames("FigureUnit", "What a figure counts.", FIGURE_UNITS);
const VerdictEnum = registerNames("StandardVerdict", "Whether a standard is met.", VERDICTS, {
  NO_DATA: "Counts as not met.",
});
const ColourEnum = registerNames("CertificationColour", "Green 7 standards met, amber 4 to 6, red 1 to 3.", COLOURS);
const ProvisionalEnum = registerNames("ProvisionalCode", "Why a colour is not final.", PROVISIONAL_CODES);
export const ListedStateEnum = registerNames(
  "CertificationPatientState",
  "Where a rehabilitation stands in a figure.",
  LISTED_STATES,
  {
    MET: "In the numerator.",
    NOT_MET: "Counted, and missing in the numerator.",
    NO_VALUE: "Not counted: a date is missing or out of range.",
  },
);
export const PriorityGroupEnum = registerNames(
  "PriorityGroup",
  "The five groups that are offered rehabilitation first.",
  PRIORITY_GROUPS,
);
export const SubmissionFrequencyEnum = registerNames(
  "SubmissionFrequency",
  "How often a programme has agreed to send.",
  FREQUENCIES,
);

@ObjectType({ simpleResolvers: true, description: "What a standard asks for in an audit year and a nation." })
export class CertificationThreshold {
  @Field(() => Int, { description: "The year in which the audit year began." }) auditYear!: number;
  @Field(() => NationEnum) nation!: string;
  @Field(() => CertificationStandardEnum) standard!: string;
  @Field(() => ThresholdOperatorEnum) operator!: string;
  @Field(() => Float) value!: number;
  @Field(() => ThresholdBasisEnum) basis!: string;
  @Field(() => ThresholdStatusEnum) status!: string;
  @Field(() => String) source!: string;
}

@InputType({ description: "A later row of the same year, nation and standard takes the place of an earlier one." })
export class ThresholdInput implements Threshold {
  @Field(() => Int) auditYear!: number;
  @Field(() => NationEnum) nation!: Threshold["nation"];
  @Field(() => CertificationStandardEnum) standard!: Threshold["standard"];
  @Field(() => ThresholdOperatorEnum) operator!: Threshold["operator"];
  @Field(() => Float) value!: number;
  @Field(() => ThresholdBasisEnum) basis!: Threshold["basis"];
  @Field(() => ThresholdStatusEnum) status!: Threshold["status"];
  @Field(() => String) source!: string;
}

@ObjectType({ simpleResolvers: true, description: "What would meet a standard." })
export class StandardShortfall {
  @Field(() => Float, { description: "Assessments, days of the median, professions or groups." }) amount!: number;
  @Field(() => String) text!: string;
}

@ObjectType({ simpleResolvers: true, description: "One standard of a programme in an audit year." })
export class StandardResult {
  @Field(() => CertificationStandardEnum) standard!: string;
  @Field(() => Int, { description: "Its number in the programme's publications." }) kpi!: number;
  @Field(() => String) label!: string;
  @Field(() => FigureUnitEnum) unit!: string;
  @Field(() => Int, {
    nullable: true,
    description: "With the assessment, or within the threshold's days. Seen from outside rounded to five; null of one to seven.",
  })
  numerator!: number | null;
  @Field(() => Int, { nullable: true, description: "Rehabilitations that count." }) denominator!: number | null;
  @Field(() => Float, { nullable: true, description: "The share in per cent, the median in days, or the number. Null: no data." })
  value!: number | null;
  @Field(() => CertificationThreshold, { nullable: true }) threshold!: CertificationThreshold | null;
  @Field(() => VerdictEnum) verdict!: string;
  @Field(() => StandardShortfall, { nullable: true, description: "Of the own programme's standards that are not met." })
  shortfall!: StandardShortfall | null;
  @Field(() => Boolean, { description: "Figures are there, and are too small to be shown: `*`." }) isWithheld!: boolean;
}

@ObjectType({ simpleResolvers: true })
export class ProvisionalReason {
  @Field(() => CertificationStandardEnum) standard!: string;
  @Field(() => ProvisionalEnum) code!: string;
  @Field(() => String, { description: "What is missing." }) text!: string;
}

@ObjectType({ simpleResolvers: true, description: "The nearest better colour." })
export class NextColour {
  @Field(() => ColourEnum) colour!: string;
  @Field(() => Int, { description: "How many standards more have to be met." }) standards!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: "The seven standards of the National Certification Programme, by a programme's rows as they are now.",
})
export class Certification {
  @Field(() => Programme) programme!: Programme;
  @Field(() => Int, { description: "The year in which the audit year began: 2025 is April 2025 to March 2026, by core start." })
  auditYear!: number;
  @Field(() => NationEnum) nation!: string;
  @Field(() => ColourEnum) colour!: string;
  @Field(() => Int, { description: "Standards met, of seven." }) met!: number;
  @Field(() => NextColour, { nullable: true, description: "Null at green." }) next!: NextColour | null;
  @Field(() => [StandardResult]) standards!: readonly StandardResult[];
  @Field(() => Boolean) isProvisional!: boolean;
  @Field(() => [ProvisionalReason], { description: "Why the colour is not final." }) provisional!: readonly ProvisionalReason[];
}

@ObjectType({ simpleResolvers: true, description: "A rehabilitation behind a figure." })
export class CertificationPatient {
  @Field(() => ID) rehabilitationId!: string;
  @Field(() => ID) patientRecordId!: string;
  @Field(() => String, { nullable: true, description: "The sender's own id of the patient." }) sourceRecordId!: string | null;
  @Field(() => ListedStateEnum) state!: string;
  @Field(() => Int, { nullable: true, description: "Of a standard that is a median." }) days!: number | null;
}

@InputType()
export class SurveyStaffInput implements SurveyStaff {
  @Field(() => String, { description: "A profession, never a person." }) profession!: string;
  @Field(() => Float, { description: "Whole-time equivalents." }) wte!: number;
  @Field(() => Boolean, { description: "Formally and regularly in the team." }) regular!: boolean;
}

@ObjectType("SurveyStaff", { simpleResolvers: true })
export class SurveyStaffType {
  @Field(() => String) profession!: string;
  @Field(() => Float) wte!: number;
  @Field(() => Boolean) regular!: boolean;
}

@ObjectType({ simpleResolvers: true, description: "A programme's answers to the yearly survey. The latest counts." })
export class ProgrammeSurvey {
  @Field(() => ID) id!: string;
  @Field(() => Int) auditYear!: number;
  @Field(() => [SurveyStaffType]) staff!: readonly SurveyStaffType[];
  @Field(() => [PriorityGroupEnum]) groupsOffered!: readonly PriorityGroup[];
  @Field(() => DateTimeScalar) recordedAt!: string;
}

@InputType({ description: "Patients who could have come, from hospital data." })
export class DenominatorInput implements Denominator {
  @Field(() => String) programmeCode!: string;
  @Field(() => Int) auditYear!: number;
  @Field(() => Int) eligible!: number;
  @Field(() => String, { description: "Where the number comes from." }) source!: string;
}

@ObjectType({ simpleResolvers: true, description: "When a programme last sent, against what was agreed." })
export class ProgrammeLateness {
  @Field(() => Programme) programme!: Programme;
  @Field(() => String) odsCode!: string;
  @Field(() => SubmissionFrequencyEnum) frequency!: string;
  @Field(() => DateTimeScalar, { nullable: true, description: "Null: never." }) lastSubmittedAt!: string | null;
  @Field(() => Int, { nullable: true }) daysSince!: number | null;
  @Field(() => Int, {
    nullable: true,
    description: "Days beyond what was agreed: daily 1, weekly 7, monthly 31. Null: nothing was ever sent.",
  })
  daysLate!: number | null;
  @Field(() => Boolean) isLate!: boolean;
}
