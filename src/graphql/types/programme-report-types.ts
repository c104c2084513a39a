/** A programme's report, its completeness, and a patient's progress. */
import "reflect-metadata";
import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { DIRECTIONS } from "../../reporting/progress.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";
import { Certification, ProgrammeLateness } from "./certification-types.ts";
import { Programme } from "./organisation-types.ts";
import { registerNames } from "./register-names.ts";
import { RecordTypeEnum } from "./submission-enums.ts";

const DirectionEnum = registerNames("ProgressDirection", "Which way a measure went.", DIRECTIONS);

@InputType({ description: "Both days included; ten years at most." })
export class ReportPeriodInput {
  @Field(() => DateScalar) from!: string;
  @Field(() => DateScalar) to!: string;
}

@ObjectType({ simpleResolvers: true })
export class ReportPeriod {
  @Field(() => DateScalar) from!: string;
  @Field(() => DateScalar) to!: string;
}

@ObjectType({ simpleResolvers: true })
export class AssessmentCount {
  @Field(() => Int) number!: number;
  @Field(() => Int) count!: number;
}

@ObjectType({ simpleResolvers: true })
export class ProgrammeCounts {
  @Field(() => Int, { description: "Referred in the period." }) referred!: number;
  @Field(() => Int, { description: "Of those, agreed to take part." }) agreed!: number;
  @Field(() => Int, { description: "Core programme begun in the period." }) started!: number;
  @Field(() => Int, { description: "Core programme ended in the period, and completed." }) completed!: number;
  @Field(() => [AssessmentCount], { description: "Dated in the period." }) assessments!: readonly AssessmentCount[];
}

@ObjectType({ simpleResolvers: true })
export class Quartiles {
  @Field(() => Int) count!: number;
  @Field(() => Float) lower!: number;
  @Field(() => Float) median!: number;
  @Field(() => Float) upper!: number;
}

@ObjectType({ simpleResolvers: true, description: "The published cut that figures of the nation are from." })
export class NationalSource {
  @Field(() => ID) cutId!: string;
  @Field(() => Int) cutNumber!: number;
  @Field(() => DateTimeScalar) asOf!: string;
  @Field(() => Int, { description: "Of the events: the year in which it began." }) auditYear!: number;
  @Field(() => Boolean, { description: "Of a generated population, not of what hospitals sent." }) isSynthetic!: boolean;
}

const NATIONAL =
  "The cut that figures of the nation are from. Null: none is published of the audit year in which the period ends.";

@ObjectType({ simpleResolvers: true, description: "Days of rehabilitations whose core programme began in the period." })
export class DurationFigure {
  @Field(() => String) label!: string;
  @Field(() => Quartiles, { nullable: true, description: "Null: of nobody." }) days!: Quartiles | null;
  @Field(() => Int, { nullable: true, description: "Of the programme's nation. Null: not published." }) nationalMedian!:
    | number
    | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "A median between its quartiles; of a coded measure a share from 0 to 1, without them.",
})
export class OutcomeSpread {
  @Field(() => Float, { nullable: true }) lower!: number | null;
  @Field(() => Float) middle!: number;
  @Field(() => Float, { nullable: true }) upper!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "Of those who have the measure at assessment 1 and at the later one." })
export class OutcomeChange {
  @Field(() => String, { description: "The item of the assessment." }) item!: string;
  @Field(() => Int, { description: "2 or 3." }) later!: number;
  @Field(() => Int) count!: number;
  @Field(() => OutcomeSpread, { description: "At assessment 1." }) first!: OutcomeSpread;
  @Field(() => OutcomeSpread, { description: "At the later one." }) last!: OutcomeSpread;
  @Field(() => OutcomeSpread, { description: "From the one to the other." }) change!: OutcomeSpread;
  @Field(() => Int) fell!: number;
  @Field(() => Int) rose!: number;
  @Field(() => Float, { description: "Of them whose change went the better way, far enough to count." }) improvedPercent!: number;
  @Field(() => Int, { nullable: true, description: "Of the programme's nation, from assessment 1 to 2. Null: not published." })
  nationalImprovedPercent!: number | null;
}

@ObjectType({ simpleResolvers: true })
export class CompletenessMonth {
  @Field(() => String, { description: "`YYYY-MM` of the referral." }) month!: string;
  @Field(() => Int) rows!: number;
  @Field(() => Int) known!: number;
}

@ObjectType({ simpleResolvers: true, description: "How many rows of a record type have an item." })
export class FieldCompleteness {
  @Field(() => RecordTypeEnum) recordType!: string;
  @Field(() => String) item!: string;
  @Field(() => String) label!: string;
  @Field(() => Boolean) mandatory!: boolean;
  @Field(() => Int) rows!: number;
  @Field(() => Int, { description: "With a value that says something." }) known!: number;
  @Field(() => Int, { description: "With the list's word for not known." }) unknown!: number;
  @Field(() => Float, { nullable: true, description: "Per cent known. Null: no rows." }) percent!: number | null;
  @Field(() => Int, {
    nullable: true,
    description: "Of all rows of the cut, whole per cent. Null: no cut, no such figure, or of too few.",
  })
  nationalPercent!: number | null;
  @Field(() => [CompletenessMonth]) trend!: readonly CompletenessMonth[];
}

@ObjectType({ simpleResolvers: true })
export class CompletenessReport {
  @Field(() => Programme) programme!: Programme;
  @Field(() => ReportPeriod, { description: "By the rehabilitation's referral, else its core start." }) period!: ReportPeriod;
  @Field(() => NationalSource, { nullable: true, description: NATIONAL }) national!: NationalSource | null;
  @Field(() => [FieldCompleteness]) fields!: readonly FieldCompleteness[];
}

@ObjectType({ simpleResolvers: true, description: "The same as `/programmes/{code}/report.html` and `report.csv`." })
export class ProgrammeReport {
  @Field(() => Programme) programme!: Programme;
  @Field(() => ReportPeriod) period!: ReportPeriod;
  @Field(() => DateTimeScalar) madeAt!: string;
  @Field(() => ProgrammeCounts) counts!: ProgrammeCounts;
  @Field(() => Float, {
    nullable: true,
    description:
      "Starters for each hundred who could have come. Null: the period is no audit year, or nobody recorded how many could.",
  })
  uptakePercent!: number | null;
  @Field(() => [DurationFigure]) durations!: readonly DurationFigure[];
  @Field(() => [OutcomeChange]) outcomes!: readonly OutcomeChange[];
  @Field(() => [FieldCompleteness]) completeness!: readonly FieldCompleteness[];
  @Field(() => NationalSource, { nullable: true, description: NATIONAL }) national!: NationalSource | null;
  @Field(() => Certification, { description: "Of the audit year in which the period ends." }) certification!: Certification;
  @Field(() => ProgrammeLateness) lateness!: ProgrammeLateness;
}

@ObjectType({ simpleResolvers: true })
export class ProgressAssessment {
  @Field(() => Int) number!: number;
  @Field(() => DateScalar, { nullable: true }) date!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class ProgressValue {
  @Field(() => Int, { description: "Of the assessment." }) number!: number;
  @Field(() => String) display!: string;
  @Field(() => String, { nullable: true, description: "What the value means by itself." }) meaning!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "One measure, assessment by assessment." })
export class ProgressLine {
  @Field(() => String) item!: string;
  @Field(() => String) label!: string;
  @Field(() => String, { nullable: true }) unit!: string | null;
  @Field(() => [ProgressValue]) values!: readonly ProgressValue[];
  @Field(() => DirectionEnum, { nullable: true, description: "From the first value to the last." }) direction!: string | null;
  @Field(() => Float, { nullable: true }) change!: number | null;
  @Field(() => Boolean, { nullable: true, description: "Whether a change of this size counts as one. Null: not known." })
  isMeaningful!: boolean | null;
}

@ObjectType({ simpleResolvers: true })
export class RehabilitationProgress {
  @Field(() => ID) rehabilitationId!: string;
  @Field(() => String) programmeCode!: string;
  @Field(() => String, { nullable: true }) eventType!: string | null;
  @Field(() => DateScalar, { nullable: true }) eventDate!: string | null;
  @Field(() => DateScalar, { nullable: true }) coreStartDate!: string | null;
  @Field(() => DateScalar, { nullable: true }) coreEndDate!: string | null;
  @Field(() => [ProgressAssessment]) assessments!: readonly ProgressAssessment[];
  @Field(() => [ProgressLine]) lines!: readonly ProgressLine[];
}

@ObjectType({ simpleResolvers: true, description: "Without what identifies the patient; `/patients/{id}/progress.html` has it." })
export class PatientProgress {
  @Field(() => ID) patientRecordId!: string;
  @Field(() => [RehabilitationProgress]) rehabilitations!: readonly RehabilitationProgress[];
}
