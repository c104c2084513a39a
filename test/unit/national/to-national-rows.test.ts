import { describe, expect, it } from "vitest";
import { keyOf } from "../../../src/episodes/link-words.ts";
import { createResolving } from "../../../src/episodes/read-journey.ts";
import type { FedAssessment, FedEvent, FedPatient, FedRehabilitation } from "../../../src/national/fed-rows.ts";
import { readPseudonym } from "../../../src/national/national-values.ts";
import { type NationalPerson, toNationalRows } from "../../../src/national/to-national-rows.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";

const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
if (dictionary === null) throw new Error("the dictionary is in service");
const resolving = createResolving(dictionary);
const AT = { sourceTime: "2026-06-30T09:00:00Z", updatedAt: "2026-06-30T09:00:00Z" };

const patient = (more: Partial<FedPatient> = {}): FedPatient => ({
  ods: "RAAA",
  id: "p",
  ...AT,
  values: { gender: "FEMALE", ethnicGroup: "PAKISTANI", maritalStatus: null },
  yearOfBirth: 1951,
  nhsDigest: null,
  personId: null,
  ...more,
});
const event = (more: Partial<FedEvent> = {}): FedEvent => ({
  ods: "RAAA",
  id: "e",
  ...AT,
  patientId: "p",
  values: { eventType: "MI_STEMI", eventDate: "2026-01-31" },
  referringOrganisation: null,
  episodeId: null,
  referralDate: null,
  ...more,
});
const rehabilitation = (more: Partial<FedRehabilitation> = {}): FedRehabilitation => ({
  ods: "RAAA",
  id: "r",
  eventId: "e",
  programme: "CR-A",
  trust: "RAAA",
  nation: "WALES",
  region: null,
  referralDate: null,
  coreStartDate: null,
  coreEndDate: null,
  agreedToTakePart: null,
  reasonNotTakingPart: null,
  completed: null,
  reasonNotCompleting: null,
  deliveryMode: null,
  components: [],
  ...more,
});
const assessment = (more: Partial<FedAssessment> = {}): FedAssessment => ({
  ods: "RAAA",
  id: "a",
  rehabilitationId: "r",
  number: 1,
  date: "2026-02-01",
  values: {},
  ...more,
});
const rowsOf = (more: Partial<NationalPerson> = {}) =>
  toNationalRows(
    {
      patients: [patient()],
      events: [event()],
      treatments: [],
      comorbidities: [],
      rehabilitations: [],
      assessments: [],
      acuteEvents: [],
      drugs: [],
      quintiles: new Map(),
      pseudonym: readPseudonym("ab".repeat(32)),
      keyVersion: 1,
      ...more,
    },
    resolving,
  );
const rowOf = (more?: Partial<NationalPerson>) => rowsOf(more)[0]?.row;

describe("a person on the national side", () => {
  it("is as old as it became in the year of the event, and 90 from 90 on", () => {
    const ageBorn = (yearOfBirth: number | null) => rowOf({ patients: [patient({ yearOfBirth })] })?.age;
    expect([1951, 1936, 1935, 1900, 2026, 2027, null].map(ageBorn)).toEqual([75, 90, 90, 90, 0, null, null]);
  });

  it("lives in a quintile that any organisation's postcode gives, the later one where two differ, and in none without", () => {
    const later = patient({ ods: "RBBB", sourceTime: "2027-06-01T00:00:00.000Z", updatedAt: "2027-06-01T00:00:00.000Z" });
    const quintileOf = (quintiles: readonly (readonly [string, 1 | 2 | 3 | 4 | 5])[]) =>
      rowOf({ patients: [patient(), later], quintiles: new Map(quintiles) })?.imdQuintile;
    expect(quintileOf([])).toBeNull();
    expect(quintileOf([[keyOf(patient()), 2]])).toBe(2);
    expect(
      quintileOf([
        [keyOf(patient()), 2],
        [keyOf(later), 5],
      ]),
    ).toBe(5);
  });

  it("has the region of its programme's trust, and no text that is no code", () => {
    const regionOf = (region: string | null) => rowOf({ rehabilitations: [rehabilitation({ region })] })?.region;
    expect([null, "Y60", "Midlands and more", "QD1 1AA"].map(regionOf)).toEqual([null, "Y60", null, null]);
  });

  it("is in one of six ethnic groups, or in none where nothing was said", () => {
    const groupOf = (ethnicGroup: string | null) =>
      rowOf({ patients: [patient({ values: { gender: null, ethnicGroup, maritalStatus: null } })] })?.ethnicGroup;
    expect(["PAKISTANI", "CHINESE", "NOT_KNOWN", "MY OWN WORDS", "constructor", null].map(groupOf)).toEqual([
      "ASIAN",
      "CHINESE_OR_OTHER",
      "NOT_STATED",
      null,
      null,
      null,
    ]);
  });

  it("has what any organisation knows where another one does not know", () => {
    const known = patient({ ods: "RBBB", values: { gender: "MALE", ethnicGroup: "WHITE_IRISH", maritalStatus: null } });
    const unknown = patient({
      values: { gender: "NOT_KNOWN", ethnicGroup: "NOT_STATED", maritalStatus: null },
      yearOfBirth: null,
    });
    expect(rowOf({ patients: [unknown, known] })).toMatchObject({ gender: "MALE", ethnicGroup: "WHITE", age: 75 });
  });

  it("lists the illnesses of all organisations once, and no word that is no code", () => {
    const types = ["STROKE_TIA", "DIABETES", "DIABETES", "wants no letters", null];
    expect(rowOf({ comorbidities: types.map((type) => ({ ods: "RAAA", patientId: "p", type })) })?.comorbidities).toEqual([
      "DIABETES",
      "STROKE_TIA",
    ]);
  });
});

describe("a journey on the national side", () => {
  it("belongs to the programme that started core first, whoever was asked first", () => {
    const rehabilitations = [
      rehabilitation({ id: "1", programme: "CR-A", referralDate: "2026-02-01" }),
      rehabilitation({ id: "2", programme: "CR-B", referralDate: "2026-03-01", coreStartDate: "2026-04-01" }),
      rehabilitation({ id: "3", programme: "CR-C", referralDate: "2026-02-15", coreStartDate: "2026-05-01" }),
    ];
    expect(rowOf({ rehabilitations })).toMatchObject({ programme: "CR-B", startWaitDays: 31, stage: "STARTED_NOT_COMPLETED" });
    expect(rowOf({ rehabilitations: rehabilitations.toReversed() })).toEqual(rowOf({ rehabilitations }));
  });

  it("belongs to the one with the earliest referral where none started, and to the first code of equal ones", () => {
    const of = (...programmes: readonly (readonly [string, string])[]) =>
      rowOf({
        rehabilitations: programmes.map(([programme, referralDate]) =>
          rehabilitation({ id: programme, programme, referralDate }),
        ),
      })?.programme;
    expect(of(["CR-A", "2026-03-01"], ["CR-B", "2026-02-01"])).toBe("CR-B");
    expect(of(["CR-B", "2026-02-01"], ["CR-A", "2026-02-01"])).toBe("CR-A");
  });

  it("waits from the referral of the event where the rehabilitation states none", () => {
    const events = [event({ referralDate: "2026-02-10" })];
    const rehabilitations = [rehabilitation({ coreStartDate: "2026-03-10", coreEndDate: "2026-05-05", completed: "YES" })];
    expect(rowOf({ events, rehabilitations })).toMatchObject({
      referralWaitDays: 10,
      startWaitDays: 28,
      durationDays: 56,
      stage: "COMPLETED",
    });
  });

  it("says the month of the event, never the day", () => {
    expect(rowOf()).toMatchObject({ eventMonth: "2026-01-01", eventGroup: "MI" });
    expect(JSON.stringify(rowsOf({ rehabilitations: [rehabilitation({ coreStartDate: "2026-03-17" })] }))).not.toMatch(/-31|-17/);
  });

  it("is one of two events that are one episode, with the treatments of both in groups", () => {
    const events = [event({ episodeId: "x" }), event({ ods: "RBBB", id: "f", patientId: "q", episodeId: "x" })];
    const treatment = (ods: string, eventId: string, type: string) => ({ ods, eventId, id: type, ...AT, type, date: null });
    const treatments = [treatment("RAAA", "e", "ICD"), treatment("RBBB", "f", "STAGED_PCI"), treatment("RBBB", "f", "UNKNOWN")];
    const rows = rowsOf({ patients: [patient(), patient({ ods: "RBBB", id: "q" })], events, treatments });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row.treatmentGroups).toEqual(["PCI", "DEVICE"]);
  });

  it("keeps a programme that is in the register, and nothing else that stands in its place", () => {
    const of = (programme: string) => rowOf({ rehabilitations: [rehabilitation({ programme })] })?.programme;
    expect(["N-CITY", "9434765919", "Ann Lark", "n-city", "", "A".repeat(33)].map(of)).toEqual([
      "N-CITY",
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe("what hangs off a journey", () => {
  const rehabilitations = [rehabilitation({ coreStartDate: "2026-02-01" })];

  it("is scores and measures as they are, and nothing that a column may not hold", () => {
    const values = {
      weightKg: 81.5,
      hadsAnxiety: 7,
      smokingStatus: "EX",
      bmi: "31",
      activity150: "perhaps",
      iswtMetres: 1.5,
      remarks: "text",
    };
    const [journey] = rowsOf({ rehabilitations, assessments: [assessment({ values })] });
    expect(journey?.assessments[0]).toMatchObject({
      number: 1,
      day: 1,
      weightKg: 81.5,
      hadsAnxiety: 7,
      smokingStatus: "EX",
      bmi: null,
      activity150: null,
      iswtMetres: null,
    });
    expect(journey?.assessments[0]).not.toHaveProperty("remarks");
  });

  it("leaves out a number that is no measure: it may be somebody's, in the wrong item", () => {
    const values = { coopFeelings: 943476591, mlhfq: 105, weightKg: 9434765919, bmi: 27.5 };
    const [journey] = rowsOf({ rehabilitations: [rehabilitation()], assessments: [assessment({ values })] });
    expect(journey?.assessments[0]).toMatchObject({ coopFeelings: null, mlhfq: 105, weightKg: null, bmi: 27.5 });
  });

  it("is that of the journey's rehabilitation alone", () => {
    const [journey] = rowsOf({
      rehabilitations: [...rehabilitations, rehabilitation({ id: "later", coreStartDate: "2026-06-01" })],
      assessments: [assessment(), assessment({ id: "b", rehabilitationId: "later", number: 2 })],
    });
    expect(journey?.assessments.map(({ number }) => number)).toEqual([1]);
  });

  it("is numbered by when it happened", () => {
    const acute = (id: string, type: string, date: string | null) => ({ ods: "RAAA", id, rehabilitationId: "r", type, date });
    const acuteEvents = [acute("1", "MI", null), acute("2", "OTHER", "2026-02-20"), acute("3", "ANGINA", "2026-02-03")];
    const [journey] = rowsOf({ rehabilitations, acuteEvents });
    expect(journey?.acuteEvents).toEqual([
      { number: 1, type: "ANGINA", day: 3 },
      { number: 2, type: "OTHER", day: 20 },
      { number: 3, type: "MI", day: null },
    ]);
  });

  it("names drugs by class, with the assessment they were told at", () => {
    const drug = (drugClass: string) => ({ ods: "RAAA", assessmentId: "a", class: drugClass, taking: "NO" });
    const [journey] = rowsOf({ rehabilitations, assessments: [assessment()], drugs: [drug("STATIN"), drug("a pill")] });
    expect(journey?.drugs).toEqual([{ assessment: 1, drugClass: "STATIN", taking: "NO" }]);
  });
});
