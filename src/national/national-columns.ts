/**
 * Which columns the schema `national` has (ADR 0032). A column holds a number, a month, codes of a closed list, a code of the register of
 * organisations, or the pseudonym; there is no kind for a text, and a list of codes that is not closed does not compile. The checks of the
 * database say the same (prisma/migrations/20261126000500_national); a test compares the two.
 */
import { acuteEventType, comorbidityType, drugClass, taking } from "../../schema/nacr/gw-1.0/code-lists-clinical.ts";
import {
  assessmentMode,
  deliveryMode,
  reasonNotCompleting,
  reasonNotTakingPart,
  rehabilitationComponent,
} from "../../schema/nacr/gw-1.0/code-lists-pathway.ts";
import { employmentStatus, gender, smokingStatus, yesNoUnknown } from "../../schema/nacr/gw-1.0/code-lists-patient.ts";
import { ETHNIC_GROUPS, EVENT_GROUPS, NATIONS, STAGES, TREATMENT_GROUPS } from "./national-groups.ts";
import type { Month, Pseudonym, RegisteredCode } from "./national-values.ts";

/** One code of the list, or nothing. */
interface CodeColumn<Code extends string> {
  readonly kind: "code";
  readonly codes: readonly Code[];
}
/** A set of codes, in the order of the list. */
interface CodesColumn<Code extends string> {
  readonly kind: "codes";
  readonly codes: readonly Code[];
}
/** `integer` and `decimal` may be missing; `number` is part of the row's key. */
interface PlainColumn {
  readonly kind: "integer" | "decimal" | "number" | "month" | "pseudonym" | "registered";
}
export type NationalColumn = CodeColumn<string> | CodesColumn<string> | PlainColumn;

/** A column whose codes are any text is no column. */
type Closed<Column> = Column extends CodeColumn<infer Code> | CodesColumn<infer Code>
  ? string extends Code
    ? never
    : Column
  : Column;

/** Keeps the literal types; a column of free text makes the call fail to compile. */
export const defineNationalTable = <const Columns extends Readonly<Record<string, NationalColumn>>>(
  columns: Columns & { readonly [Name in keyof Columns]: Closed<Columns[Name]> },
): Columns => columns;

type PlainValues = {
  integer: number | null;
  decimal: number | null;
  number: number;
  month: Month;
  pseudonym: Pseudonym;
  registered: RegisteredCode | null;
};
type ValueOf<Column extends NationalColumn> =
  Column extends CodeColumn<infer Code>
    ? Code | null
    : Column extends CodesColumn<infer Code>
      ? readonly Code[]
      : Column extends PlainColumn
        ? PlainValues[Column["kind"]]
        : never;

/** A row of a table of the schema, as far as its values go. */
export type NationalValues<Columns extends Readonly<Record<string, NationalColumn>>> = {
  readonly [Name in keyof Columns]: ValueOf<Columns[Name]>;
};

type Options = readonly { readonly key: string }[];
const keysOf = <const O extends Options>({ options }: { readonly options: O }): readonly O[number]["key"][] =>
  options.map(({ key }: O[number]) => key);
const oneOf = <const Code extends string>(codes: readonly Code[]): CodeColumn<Code> => ({ kind: "code", codes });
const setOf = <const Code extends string>(codes: readonly Code[]): CodesColumn<Code> => ({ kind: "codes", codes });

const INTEGER = { kind: "integer" } as const;
const DECIMAL = { kind: "decimal" } as const;
const NUMBER = { kind: "number" } as const;
const REGISTERED = { kind: "registered" } as const;

/** One resolved journey of one person. Waits and durations in days. */
export const JOURNEY_COLUMNS = defineNationalTable({
  pseudonym: { kind: "pseudonym" },
  keyVersion: NUMBER,
  nation: oneOf(NATIONS),
  region: REGISTERED,
  programme: REGISTERED,
  trust: REGISTERED,
  /** Years reached in the year of the event; 90 stands for 90 and more. */
  age: INTEGER,
  gender: oneOf(keysOf(gender)),
  ethnicGroup: oneOf(ETHNIC_GROUPS),
  imdQuintile: INTEGER,
  eventGroup: oneOf(EVENT_GROUPS),
  eventMonth: { kind: "month" },
  treatmentGroups: setOf(TREATMENT_GROUPS),
  referralWaitDays: INTEGER,
  startWaitDays: INTEGER,
  durationDays: INTEGER,
  agreedToTakePart: oneOf(keysOf(yesNoUnknown)),
  reasonNotTakingPart: oneOf(keysOf(reasonNotTakingPart)),
  stage: oneOf(STAGES),
  reasonNotCompleting: oneOf(keysOf(reasonNotCompleting)),
  deliveryMode: oneOf(keysOf(deliveryMode)),
  components: setOf(keysOf(rehabilitationComponent)),
  comorbidities: setOf(keysOf(comorbidityType)),
});

/** Scores and measures as they stand in the dataset; `day` counts from the event. */
export const ASSESSMENT_COLUMNS = defineNationalTable({
  number: NUMBER,
  day: INTEGER,
  mode: oneOf(keysOf(assessmentMode)),
  heightCm: DECIMAL,
  weightKg: DECIMAL,
  bmi: DECIMAL,
  waistCm: DECIMAL,
  systolicMmHg: INTEGER,
  diastolicMmHg: INTEGER,
  restingHeartRate: INTEGER,
  totalCholesterol: DECIMAL,
  hdl: DECIMAL,
  ldl: DECIMAL,
  hba1cMmolMol: DECIMAL,
  smokingStatus: oneOf(keysOf(smokingStatus)),
  alcoholUnitsPerWeek: INTEGER,
  activity150: oneOf(keysOf(yesNoUnknown)),
  moderateMinutesPerWeek: INTEGER,
  vigorousMinutesPerWeek: INTEGER,
  iswtMetres: INTEGER,
  sixMinuteWalkMetres: INTEGER,
  mets: DECIMAL,
  hadsAnxiety: INTEGER,
  hadsDepression: INTEGER,
  coopPhysicalFitness: INTEGER,
  coopFeelings: INTEGER,
  coopDailyActivities: INTEGER,
  coopSocialActivities: INTEGER,
  coopPain: INTEGER,
  coopChangeInHealth: INTEGER,
  coopOverallHealth: INTEGER,
  coopSocialSupport: INTEGER,
  coopQualityOfLife: INTEGER,
  mlhfq: INTEGER,
  phq9: INTEGER,
  gad7: INTEGER,
  employmentStatus: oneOf(keysOf(employmentStatus)),
  goalsAgreed: oneOf(keysOf(yesNoUnknown)),
});

/** Of the rehabilitation; `day` counts from the event. */
export const ACUTE_EVENT_COLUMNS = defineNationalTable({
  number: NUMBER,
  type: oneOf(keysOf(acuteEventType)),
  day: INTEGER,
});

/** What was told at an assessment of the number. */
export const DRUG_CLASS_COLUMNS = defineNationalTable({
  assessment: NUMBER,
  drugClass: oneOf(keysOf(drugClass)),
  taking: oneOf(keysOf(taking)),
});

/** The schema, by table. */
export const NATIONAL_TABLES = {
  journey: JOURNEY_COLUMNS,
  assessment: ASSESSMENT_COLUMNS,
  acute_event: ACUTE_EVENT_COLUMNS,
  drug_class: DRUG_CLASS_COLUMNS,
} as const;
export type NationalTable = keyof typeof NATIONAL_TABLES;
