/** Bad values and the answer each must get; the records around them are good. */
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { event, type Input, named, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import type { SubmissionAnswer } from "./submitting.ts";

/** Everything identifying about a person of this file: none of it may stand in any answer. */
export const canariesOf = (n: number): readonly string[] => [
  toTestNhsNumber(n),
  `H-${n}-canary`,
  "1951-03-14",
  "Canarysurname",
  "ZZ99 3VZ",
];
export const marked = (n: number, more: Input = {}): Input =>
  person(n, { hospitalNumber: `H-${n}-canary`, surname: "Canarysurname", postcode: "ZZ99 3VZ", ...more });
export const issuesAt = (answer: SubmissionAnswer, place: string) =>
  answer.records.nodes.filter(({ expression }) => expression.startsWith(place)).flatMap(({ issues }) => issues);
const withEvent =
  (more: Input): ((n: number) => Input) =>
  (n) =>
    recordOf(n, { patient: marked(n), initiatingEvents: [event(more)] });
export const withPatient =
  (more: Input): ((n: number) => Input) =>
  (n) =>
    recordOf(n, { patient: marked(n, more) });
const withRehabilitation = (more: Input) => withEvent({ rehabilitations: [rehabilitation({ assessments: [], ...more })] });
const withAssessment = (more: Input) => withRehabilitation({ assessments: [{ number: 1, date: "2026-01-28", ...more }] });
interface BadValue {
  readonly title: string;
  readonly make: (n: number) => Input;
  readonly code: string;
  readonly field: string | null;
  readonly expression: string;
  readonly suggestion?: string;
  /** What was sent, and must not come back. */
  readonly sent?: string;
}
export const BAD_VALUES: readonly BadValue[] = [
  {
    title: "a wrong code",
    make: withEvent({ eventType: "MI_STEMY" }),
    code: "CODE_UNKNOWN",
    field: "eventType",
    expression: "initiatingEvents[0].eventType",
    suggestion: "MI STEMI",
  },
  {
    title: "a code in the wrong shape",
    make: withEvent({ eventType: { key: "MI_STEMI" } }),
    code: "FORMAT_INVALID",
    field: "eventType",
    expression: "initiatingEvents[0].eventType",
  },
  {
    title: "31 February",
    make: withEvent({ eventDate: "2026-02-31" }),
    code: "FORMAT_INVALID",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
    sent: "2026-02-31",
  },
  {
    title: "31/02 in the British order",
    make: withEvent({ eventDate: "31/02/2026" }),
    code: "FORMAT_INVALID",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "a year of two digits",
    make: withEvent({ eventDate: "02/01/26" }),
    code: "FORMAT_INVALID",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "a date to come",
    make: withEvent({ eventDate: "2099-01-01" }),
    code: "DATE_IN_FUTURE",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "a date before birth",
    make: withEvent({ eventDate: "1950-01-01" }),
    code: "DATE_ORDER",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "core start before referral",
    make: withRehabilitation({ coreStartDate: "2026-01-07" }),
    code: "DATE_ORDER",
    field: "coreStartDate",
    expression: "initiatingEvents[0].rehabilitations[0].coreStartDate",
  },
  {
    title: "core end before core start",
    make: withRehabilitation({ coreEndDate: "2026-01-31" }),
    code: "DATE_ORDER",
    field: "coreEndDate",
    expression: "initiatingEvents[0].rehabilitations[0].coreEndDate",
  },
  {
    title: "an NHS number that fails its check digit",
    make: withPatient({ nhsNumber: "9434765918" }),
    code: "NHS_NUMBER_CHECKSUM",
    field: "nhsNumber",
    expression: "patient.nhsNumber",
    sent: "9434765918",
  },
  {
    title: "an NHS number of nine digits",
    make: withPatient({ nhsNumber: "943476591" }),
    code: "FORMAT_INVALID",
    field: "nhsNumber",
    expression: "patient.nhsNumber",
    sent: "943476591",
  },
  ...["0000000000", "9999999999", "1111111111", "0123456789", "3333333333"].map((nhsNumber) => ({
    title: `the placeholder ${nhsNumber.slice(0, 2)}…`,
    make: withPatient({ nhsNumber }),
    code: "NHS_NUMBER_PLACEHOLDER",
    field: "nhsNumber",
    expression: "patient.nhsNumber",
    sent: nhsNumber,
  })),
  {
    title: "no date of birth",
    make: withPatient({ dateOfBirth: null }),
    code: "MANDATORY_MISSING",
    field: "dateOfBirth",
    expression: "patient.dateOfBirth",
  },
  {
    title: "no number at all",
    make: withPatient({ nhsNumber: null, hospitalNumber: "" }),
    code: "MANDATORY_MISSING",
    field: "nhsNumber",
    expression: "patient.nhsNumber",
  },
  {
    title: "no gender",
    make: withPatient({ gender: null }),
    code: "MANDATORY_MISSING",
    field: "gender",
    expression: "patient.gender",
  },
  {
    title: "no event date",
    make: withEvent({ eventDate: null }),
    code: "MANDATORY_MISSING",
    field: "eventDate",
    expression: "initiatingEvents[0].eventDate",
  },
  {
    title: "no id",
    make: (n) => ({ ...withPatient({})(n), sourceRecordId: null }),
    code: "MANDATORY_MISSING",
    field: "sourceRecordId",
    expression: "sourceRecordId",
  },
  {
    title: "a number in words",
    make: withAssessment({ hadsAnxiety: "seven" }),
    code: "FORMAT_INVALID",
    field: "hadsAnxiety",
    expression: "initiatingEvents[0].rehabilitations[0].assessments[0].hadsAnxiety",
  },
  {
    title: "a score off its scale",
    make: withAssessment({ hadsAnxiety: 22 }),
    code: "OUT_OF_HARD_RANGE",
    field: "hadsAnxiety",
    expression: "initiatingEvents[0].rehabilitations[0].assessments[0].hadsAnxiety",
  },
  {
    title: "a systolic pressure below the diastolic",
    make: withAssessment({ systolicMmHg: 80, diastolicMmHg: 120 }),
    code: "OUT_OF_HARD_RANGE",
    field: "systolicMmHg",
    expression: "initiatingEvents[0].rehabilitations[0].assessments[0].systolicMmHg",
  },
  {
    title: "a name without end",
    make: withPatient({ surname: "Canarysurname".repeat(9) }),
    code: "LENGTH_EXCEEDED",
    field: "surname",
    expression: "patient.surname",
  },
  {
    title: "a zero in a name",
    make: withPatient({ surname: "Canarysurname\u0000" }),
    code: "FORMAT_INVALID",
    field: "surname",
    expression: "patient.surname",
  },
  {
    title: "a patient nobody knows, only named, with an event",
    make: (n) => recordOf(n, { patient: named(n), initiatingEvents: [event()] }),
    code: "PARENT_MISSING",
    field: null,
    expression: "initiatingEvents[0]",
  },
  {
    title: "an index of the ankle with an event of the heart",
    make: withEvent({ ankleBrachialIndex: 0.8 }),
    code: "CONDITION_NOT_MET",
    field: "ankleBrachialIndex",
    expression: "initiatingEvents[0].ankleBrachialIndex",
  },
];
