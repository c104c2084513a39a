/**
 * Rules about the order of dates. A date in the future is not among them: the value reader refuses it for every date item (D1), as it does
 * a date that cannot be read (D13).
 */
import type { Item, RecordType } from "../../../src/dataset/define.ts";
import type { AgeRule, DateRule, Rule, SiblingDateRule } from "../../../src/dataset/rule.ts";
import { recordTypes } from "./record-types.ts";

const REGISTRY = { status: "S", source: "[UKRR-VAL] rule of a sister registry" } as const;
const OWN = { status: "I", source: "own decision" } as const;
const WINDOW = {
  kind: "siblingDates",
  recordType: "ASSESSMENT",
  severity: "WARNING",
  code: "ASSESSMENT_OUTSIDE_WINDOW",
} as const;
const UNUSUAL = { kind: "dates", severity: "WARNING", code: "DATE_ORDER_UNUSUAL" } as const;
const IMPOSSIBLE = { kind: "dates", severity: "ERROR", code: "DATE_ORDER" } as const;

/** Dates that an office writes: they may follow the patient's death by some days. */
const ADMINISTRATIVE_DATES = new Set([
  "auditObjectionDate",
  "dischargeDate",
  "referralDate",
  "invitedDate",
  "earlyEndDate",
  "coreEndDate",
]);
const ADMINISTRATIVE_DAYS_AFTER_DEATH = 7;

interface DateItem {
  readonly recordType: RecordType;
  readonly name: string;
  readonly item: Item;
}

/** Every date item but the date of birth itself, so that a new one is covered without a word here. */
const dateItems: readonly DateItem[] = recordTypes.flatMap((recordType) =>
  Object.entries<Item>(recordType.items)
    .filter(([name, item]) => (item.kind === "date" || item.kind === "partialDate") && name !== "dateOfBirth")
    .map(([name, item]) => ({ recordType, name, item })),
);

/** The path by which a record of the type reaches an item of its patient. */
const patientPath = (recordType: RecordType, name: string): string => (recordType.name === "PATIENT" ? name : `PATIENT.${name}`);

/** D2, one rule for each date item. */
const notBeforeBirth: readonly DateRule[] = dateItems.map(({ recordType, name, item }) => ({
  ...IMPOSSIBLE,
  ...REGISTRY,
  id: `D2.${recordType.name}.${name}`,
  recordType: recordType.name,
  field: name,
  earlier: patientPath(recordType, "dateOfBirth"),
  later: name,
  minDays: 0,
  text: `${item.label} must not be before the date of birth.`,
}));

/** D3, one rule for each date item but the date of death itself. */
const notAfterDeath: readonly DateRule[] = dateItems
  .filter(({ name }) => name !== "dateOfDeath")
  .map(({ recordType, name, item }) => ({
    ...UNUSUAL,
    ...OWN,
    id: `D3.${recordType.name}.${name}`,
    recordType: recordType.name,
    field: name,
    earlier: name,
    later: patientPath(recordType, "dateOfDeath"),
    minDays: ADMINISTRATIVE_DATES.has(name) ? -ADMINISTRATIVE_DAYS_AFTER_DEATH : 0,
    text: ADMINISTRATIVE_DATES.has(name)
      ? `${item.label} should be at most ${ADMINISTRATIVE_DAYS_AFTER_DEATH} days after the date of death.`
      : `${item.label} should not be after the date of death.`,
  }));

/** The audit is of adults; a child's event is most often a wrong date of birth. */
const ages: readonly AgeRule[] = [
  {
    kind: "age",
    id: "AGE-REJECT",
    recordType: "INITIATING_EVENT",
    severity: "ERROR",
    code: "DATE_ORDER",
    field: "eventDate",
    at: "eventDate",
    minYears: 16,
    text: "The patient must be at least 16 years old at the event.",
    status: "I",
    source: "own decision: NACR papers are about adults [TANG][ISWT]",
  },
  {
    kind: "age",
    id: "AGE-WARN",
    recordType: "INITIATING_EVENT",
    severity: "WARNING",
    code: "OUT_OF_EXPECTED_RANGE",
    field: "eventDate",
    at: "eventDate",
    minYears: 18,
    maxYears: 110,
    text: "The patient should be 18 to 110 years old at the event.",
    status: "I",
    source: "own decision: NACR papers are about adults [TANG][ISWT]",
  },
];

const eventDates: readonly DateRule[] = [
  {
    ...UNUSUAL,
    ...OWN,
    id: "D0",
    recordType: "INITIATING_EVENT",
    field: "eventDate",
    earlier: "1990-01-01",
    later: "eventDate",
    minDays: 0,
    text: "The initiating event should not be before 1 January 1990.",
  },
  {
    ...UNUSUAL,
    ...OWN,
    id: "D4",
    recordType: "TREATMENT",
    field: "date",
    earlier: "INITIATING_EVENT.eventDate",
    later: "date",
    minDays: -1,
    maxDays: 365,
    text: "The treatment should be from one day before to one year after the initiating event.",
  },
  {
    ...UNUSUAL,
    ...OWN,
    id: "D5",
    recordType: "INITIATING_EVENT",
    field: "dischargeDate",
    earlier: "eventDate",
    later: "dischargeDate",
    minDays: 0,
    text: "The discharge should not be before the initiating event.",
  },
  {
    ...UNUSUAL,
    id: "D6",
    recordType: "INITIATING_EVENT",
    field: "referralDate",
    earlier: "eventDate",
    later: "referralDate",
    minDays: 0,
    text: "The referral should not be before the initiating event.",
    status: "I",
    source: "own decision: only a warning, since planned treatment may be referred before it happens",
  },
  {
    ...UNUSUAL,
    ...OWN,
    id: "D7",
    recordType: "INITIATING_EVENT",
    field: "invitedDate",
    earlier: "referralDate",
    later: "invitedDate",
    minDays: 0,
    text: "The invitation should not be before the referral.",
  },
];

const rehabilitationDates: readonly DateRule[] = [
  {
    ...UNUSUAL,
    id: "D6-REHABILITATION",
    recordType: "REHABILITATION",
    field: "referralDate",
    earlier: "INITIATING_EVENT.eventDate",
    later: "referralDate",
    minDays: 0,
    text: "The referral to the programme should not be before the initiating event.",
    status: "I",
    source: "own decision: only a warning, since planned treatment may be referred before it happens",
  },
  {
    ...UNUSUAL,
    ...OWN,
    id: "D5-CORE",
    recordType: "REHABILITATION",
    field: "coreStartDate",
    earlier: "INITIATING_EVENT.dischargeDate",
    later: "coreStartDate",
    minDays: 0,
    text: "The core programme should not start before the discharge.",
  },
  {
    ...IMPOSSIBLE,
    id: "D8",
    recordType: "REHABILITATION",
    field: "coreStartDate",
    earlier: "referralDate",
    later: "coreStartDate",
    minDays: 0,
    text: "The core programme must not start before the referral to it.",
    status: "I",
    source: "own decision: a negative wait would break certification KPI 5 and 6 [NCP1]",
  },
  {
    ...UNUSUAL,
    id: "D8-INHERITED",
    recordType: "REHABILITATION",
    field: "coreStartDate",
    earlier: "INITIATING_EVENT.referralDate",
    later: "coreStartDate",
    when: { item: "referralDate", present: false },
    minDays: 0,
    text: "The core programme should not start before the event's referral, where it states no referral of its own.",
    status: "I",
    source: "own decision: an inherited date warns, a stated one rejects",
  },
  {
    ...IMPOSSIBLE,
    ...OWN,
    id: "D9",
    recordType: "REHABILITATION",
    field: "coreEndDate",
    earlier: "coreStartDate",
    later: "coreEndDate",
    minDays: 0,
    text: "The core programme must not end before it starts.",
  },
  {
    ...UNUSUAL,
    id: "D14",
    recordType: "REHABILITATION",
    field: "coreEndDate",
    earlier: "coreStartDate",
    later: "coreEndDate",
    minDays: 1,
    maxDays: 365,
    text: "The core programme should last 1 to 365 days.",
    status: "I",
    source: "own decision; the published median is 56 days [NCP1]",
  },
  {
    ...UNUSUAL,
    ...OWN,
    id: "D15",
    recordType: "REHABILITATION",
    field: "earlyStartDate",
    earlier: "INITIATING_EVENT.eventDate",
    later: "earlyStartDate",
    minDays: 0,
    text: "Early rehabilitation should not start before the initiating event.",
  },
  {
    ...UNUSUAL,
    ...OWN,
    id: "D16",
    recordType: "REHABILITATION",
    field: "earlyEndDate",
    earlier: "earlyEndDate",
    later: "coreStartDate",
    minDays: 0,
    text: "Early rehabilitation should end before the core programme starts.",
  },
  {
    ...UNUSUAL,
    ...OWN,
    id: "D17",
    recordType: "ACUTE_EVENT",
    field: "date",
    earlier: "REHABILITATION.coreStartDate",
    later: "date",
    minDays: 0,
    text: "An acute event during rehabilitation should not be before core start.",
  },
  {
    ...UNUSUAL,
    ...OWN,
    id: "D18",
    recordType: "ACUTE_EVENT",
    field: "date",
    earlier: "REHABILITATION.coreEndDate",
    later: "date",
    maxDays: 30,
    text: "An acute event during rehabilitation should be at most 30 days after core end.",
  },
];

/** An assessment outside its window is kept and marked as not counting; these limits are the only place the windows stand. */
const assessmentWindows: readonly (DateRule | SiblingDateRule)[] = [
  {
    kind: "dates",
    id: "D10",
    recordType: "ASSESSMENT",
    severity: "WARNING",
    code: "ASSESSMENT_OUTSIDE_WINDOW",
    field: "date",
    earlier: "REHABILITATION.coreStartDate",
    later: "date",
    when: { item: "number", in: [1] },
    minDays: -28,
    maxDays: 14,
    text: "Assessment 1 should be from 28 days before to 14 days after core start.",
    status: "I",
    source: "own decision after [START][FAQ]: parts may be on different days, and the ward counts",
  },
  {
    ...WINDOW,
    id: "D11",
    field: "date",
    when: { item: "number", equals: 2 },
    sibling: { item: "number", equals: 1 },
    date: "date",
    minDays: 1,
    maxDays: 140,
    text: "Assessment 2 should be after assessment 1 and at most 140 days (20 weeks) after it; outside it does not count toward the audit.",
    status: "S",
    source: "[FAQ] twenty weeks; keeping the row is our decision",
  },
  {
    ...WINDOW,
    id: "D12",
    field: "date",
    when: { item: "number", equals: 3 },
    sibling: { item: "number", equals: 1 },
    date: "date",
    minDays: 305,
    maxDays: 455,
    text: "Assessment 3 should be 305 to 455 days after assessment 1; outside it does not count toward the audit.",
    status: "I",
    source: "[FAQ] twelve months after assessment 1; the window is our decision",
  },
];

/** Every rule about dates and ages. */
export const dateRules: readonly Rule[] = [
  ...notBeforeBirth,
  ...notAfterDeath,
  ...ages,
  ...eventDates,
  ...rehabilitationDates,
  ...assessmentWindows,
];
