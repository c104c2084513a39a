/** Which drafts of an input a replay hands on. */
import { describe, expect, it } from "vitest";
import { MAPPINGS } from "../../../mappings/index.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { DraftRecord } from "../../../src/records/draft-record.ts";
import { FailedRecords } from "../../../src/submission/failed-records.ts";
import { selectFailed } from "../../../src/submission/select-failed.ts";
import { journey } from "../../support/journey-records.ts";

const dictionary = dictionaryOf("gw-1.0");
if (dictionary === null) throw new Error("the dictionary is in service");
const RECEIVED = "2026-01-01T00:00:00.000Z";

const source = MAPPINGS.RECORDS([journey(1), journey(2)], { dictionary, profile: null, detectTestData: false });
const select = (isFailed: (draft: DraftRecord) => boolean): readonly DraftRecord[] => {
  const failed = new FailedRecords();
  for (const draft of source?.drafts ?? []) if (isFailed(draft)) failed.add(draft);
  return source === null ? [] : selectFailed(source, { failed, dictionary, receivedAt: RECEIVED }).drafts;
};
const shapeOf = ({ recordType, silent = false }: DraftRecord): string => `${recordType}${silent ? " silent" : ""}`;

describe("failed records", () => {
  it("are known by type and place, however many there are", () => {
    const failed = new FailedRecords();
    const place = (n: number) => ({ recordType: "DRUG", expression: `line ${n}` }) as const;
    for (let n = 0; n < 5_000; n += 2) failed.add(place(n));
    expect(failed.size).toBe(2_500);
    expect([0, 1, 2, 4_997, 4_998, 4_999].map((n) => failed.has(place(n)))).toEqual([true, false, true, false, true, false]);
    expect(failed.has({ recordType: "PATIENT", expression: "line 0" })).toBe(false);
    expect(new FailedRecords().has(place(0))).toBe(false);
  });
});

describe("of an input", () => {
  it("what failed is handed on, below ancestors that are named and say nothing", () => {
    const drafts = select(({ recordType, expression }) => recordType === "ASSESSMENT" && expression.startsWith("records[1]"));
    expect(drafts.map(shapeOf)).toEqual(["PATIENT silent", "INITIATING_EVENT silent", "REHABILITATION silent", "ASSESSMENT"]);
    const [patient, event, rehabilitation, assessment] = drafts;
    expect(Object.keys(patient?.values ?? {})).toEqual(["nhsNumber", "hospitalNumber", "dateOfBirth"]);
    expect(rehabilitation?.values).toEqual({ referralDate: "2026-01-08", coreStartDate: "2026-02-01" });
    expect(event?.parent).toBe(patient);
    expect(assessment?.parent).toBe(rehabilitation);
    expect(assessment?.values).toMatchObject({ weightKg: 82 });
  });

  it("an ancestor that failed is judged again itself", () => {
    const drafts = select(({ expression }) => expression.startsWith("records[0].initiatingEvents"));
    expect(drafts.map(shapeOf)).toEqual(["PATIENT silent", "INITIATING_EVENT", "TREATMENT", "REHABILITATION", "ASSESSMENT"]);
  });

  it("what says no time is as old as the first submission", () => {
    expect(select(() => true).map(({ sourceTime }) => sourceTime)).toEqual(new Array(10).fill(RECEIVED));
  });

  it("nothing is handed on where nothing failed", () => {
    expect(select(() => false)).toEqual([]);
  });
});
