/** The rules of gw-1.0 as the kit reads them: a sound journey breaks none, and each change below breaks exactly the rules it names. */
import { describe, expect, it } from "vitest";
import { gw10 } from "../../../schema/nacr/gw-1.0/index.ts";
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import type { RecordTypeName, Value } from "../../../src/dataset/define.ts";
import { compileRules, type RowView } from "../../../src/dataset/judge-rules.ts";

const dictionary = compileDictionary(gw10);
const judge = compileRules(dictionary);

type Row = Readonly<Record<string, Value>>;
type Journey = Readonly<Partial<Record<RecordTypeName, Row>>>;

const SOUND: Journey = {
  PATIENT: { nhsNumber: "9990000018", dateOfBirth: "1955-04-01", gender: "MALE" },
  INITIATING_EVENT: { eventType: "MI_STEMI", eventDate: "2026-01-10", dischargeDate: "2026-01-14", referralDate: "2026-01-15" },
  TREATMENT: { type: "PRIMARY_PCI", date: "2026-01-10" },
  REHABILITATION: {
    programmeCode: "P1",
    referralDate: "2026-01-15",
    coreStartDate: "2026-02-02",
    coreEndDate: "2026-03-30",
    completed: "YES",
  },
  ASSESSMENT: { number: 2, date: "2026-04-01", systolicMmHg: 120, diastolicMmHg: 70, heightCm: 180, weightKg: 81, bmi: 25 },
  DRUG: { class: "STATIN", taking: "YES" },
  ACUTE_EVENT: { type: "ANGINA", date: "2026-03-01" },
};
/** Assessment 1 of the sound journey, sibling of the one that is judged. */
const ASSESSMENT_1: Row = { number: 1, date: "2026-02-01", smokingStatus: "NEVER" };

function toView(type: RecordTypeName, journey: Journey): RowView {
  const recordType = dictionary.recordType(type);
  const toValues = (row: Row): readonly (Value | null)[] => recordType.items.map(({ name }) => row[name] ?? null);
  const { parent } = recordType.definition;
  const view: RowView = {
    recordType: type,
    values: toValues(journey[type] ?? {}),
    parent: parent === null ? null : toView(parent, journey),
    siblings: () => (type === "ASSESSMENT" ? [view, { ...view, values: toValues(ASSESSMENT_1) }] : [view]),
    hasChild: (child) => journey[child] !== undefined,
  };
  return view;
}

/** Ids of the rules that the rows of a journey break. */
const findBroken = (journey: Journey): readonly string[] =>
  dictionary.recordTypes
    .filter(({ name }) => journey[name] !== undefined)
    .flatMap(({ name }) => judge(toView(name, journey)).map(({ rule }) => rule.id));

const change = (type: RecordTypeName, row: Row): Journey => ({ ...SOUND, [type]: { ...SOUND[type], ...row } });

const dischargedAfterDeath = (dischargeDate: string): Journey => ({
  PATIENT: { ...SOUND.PATIENT, dateOfDeath: "2026-01-10" },
  INITIATING_EVENT: { eventType: "MI_STEMI", eventDate: "2026-01-10", dischargeDate },
});

describe("the rules of gw-1.0", () => {
  it("leave a sound journey alone", () => {
    expect(findBroken(SOUND)).toEqual([]);
  });

  const cases: readonly [title: string, journey: Journey, broken: readonly string[]][] = [
    ["a patient without any number", { PATIENT: { dateOfBirth: "1955-04-01" } }, ["M-PATIENT"]],
    ["a patient with the hospital number only", { PATIENT: { hospitalNumber: "A1" } }, []],
    ["a treatment before birth", change("TREATMENT", { date: "1950-01-01" }), ["D2.TREATMENT.date", "D4"]],
    ["a history known to the year of birth", { ...SOUND, PREVIOUS_EVENT: { type: "MI", date: "1955" } }, []],
    ["a discharge written seven days after death", dischargedAfterDeath("2026-01-17"), []],
    ["a discharge written eight days after death", dischargedAfterDeath("2026-01-18"), ["D3.INITIATING_EVENT.dischargeDate"]],
    ["an event at 15 years", change("PATIENT", { dateOfBirth: "2010-02-01" }), ["AGE-REJECT", "AGE-WARN"]],
    ["an event at 17 years", change("PATIENT", { dateOfBirth: "2008-02-01" }), ["AGE-WARN"]],
    ["an ankle brachial index beside an infarction", change("INITIATING_EVENT", { ankleBrachialIndex: 0.8 }), ["C-ABI"]],
    ["a core start before the stated referral", change("REHABILITATION", { referralDate: "2026-02-03" }), ["D8"]],
    [
      "a core start where the patient did not agree",
      change("REHABILITATION", { agreedToTakePart: "NO" }),
      ["C-AGREED", "C-REASON-NOT-TAKING-PART"],
    ],
    [
      "more sessions attended than offered",
      change("REHABILITATION", { sessionsOffered: 8, sessionsAttended: 9 }),
      ["C-SESSIONS"],
    ],
    ["a systolic pressure that equals the diastolic", change("ASSESSMENT", { systolicMmHg: 70 }), ["C-BLOOD-PRESSURE"]],
    ["a BMI that is not that of height and weight", change("ASSESSMENT", { bmi: 26 }), ["C-BMI"]],
    ["assessment 2 after 141 days", change("ASSESSMENT", { date: "2026-06-22" }), ["D11"]],
    ["assessment 2 after 140 days", change("ASSESSMENT", { date: "2026-06-21" }), []],
    [
      "a smoker at assessment 2 who never smoked at 1",
      change("ASSESSMENT", { smokingStatus: "CURRENTLY_SMOKING" }),
      ["C-SMOKING"],
    ],
    ["the heart failure questionnaire after an infarction", change("ASSESSMENT", { mlhfq: 30 }), ["C-MLHFQ"]],
    ["a drug without its class", { ...SOUND, DRUG: { taking: "YES" } }, ["M-DRUG"]],
    ["an acute event before core start", change("ACUTE_EVENT", { date: "2026-01-20" }), ["D17"]],
    [
      "an event before 1990",
      { ...SOUND, INITIATING_EVENT: { eventType: "MI_STEMI", eventDate: "1989-12-31" }, TREATMENT: { type: "NONE" } },
      ["D0"],
    ],
  ];
  it.each(cases)("answer %s", (_, journey, broken) => {
    expect([...findBroken(journey)].sort()).toEqual([...broken].sort());
  });

  it("ask a treatment of the event that is one, and inherit the event's referral only where none is stated", () => {
    const { TREATMENT: _, ...untreated } = change("INITIATING_EVENT", { eventType: "USE_TREATMENT" });
    expect(findBroken(untreated)).toEqual(["C-USE-TREATMENT"]);
    const late = change("INITIATING_EVENT", { referralDate: "2026-02-10" });
    expect(findBroken(late)).toEqual([]);
    const { referralDate: __, ...inheriting } = late.REHABILITATION ?? {};
    expect(findBroken({ ...late, REHABILITATION: inheriting })).toEqual(["D8-INHERITED"]);
  });
});
