import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RecordTypeName } from "../../../src/dataset/define.ts";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import type { DraftRecord, SourceKind } from "../../../src/records/draft-record.ts";
import { itemOf, tiny } from "./tiny-dictionary.ts";

const TODAY = "2026-11-21";

const draftOf = (recordType: RecordTypeName, values: DraftRecord["values"], more: Partial<DraftRecord> = {}): DraftRecord => ({
  recordType,
  parent: null,
  sourceRecordId: null,
  expression: "records[3].thing",
  values,
  clear: [],
  issues: [],
  mappingReport: [],
  ...more,
});
const judge = (recordType: RecordTypeName, values: DraftRecord["values"], kind: SourceKind, more: Partial<DraftRecord> = {}) =>
  judgeDraft(draftOf(recordType, values, more), tiny.recordType(recordType), kind, TODAY);
const brief = ({ issues }: ReturnType<typeof judge>) => issues.map(({ severity, code, field }) => `${severity} ${code} ${field}`);

describe("what a sender states itself", () => {
  it("keeps good values in dictionary order and rejects the record for a bad one, naming its place", () => {
    const judged = judge("INITIATING_EVENT", { walk: "abc", eventDate: "02/03/2026", colour: "red" }, "STATED");
    expect(judged.values[itemOf("INITIATING_EVENT.eventDate").index]).toBe("2026-03-02");
    expect(judged.values.filter((value) => value !== null)).toHaveLength(1);
    expect(judged.rejected).toBe(true);
    expect(judged.issues).toEqual([
      { severity: "ERROR", code: "FORMAT_INVALID", field: "walk", expression: "records[3].thing.walk" },
    ]);
    expect(judged.mappingReport).toEqual([]);
  });

  it("finds all bad values of a record together", () => {
    const judged = judge("INITIATING_EVENT", { walk: 2000, eventDate: "2031-01-01", fruits: ["Stone"] }, "STATED");
    expect(brief(judged).sort()).toEqual([
      "ERROR CODE_UNKNOWN fruits",
      "ERROR DATE_IN_FUTURE eventDate",
      "ERROR OUT_OF_HARD_RANGE walk",
    ]);
  });

  it("rejects every NHS number that is none", () => {
    for (const [number, code] of [
      ["9434765918", "NHS_NUMBER_CHECKSUM"],
      ["9999999999", "NHS_NUMBER_PLACEHOLDER"],
      ["12345", "FORMAT_INVALID"],
    ] as const) {
      expect(brief(judge("PATIENT", { nhsNumber: number, hospitalNumber: "A1" }, "STATED"))).toEqual([`ERROR ${code} nhsNumber`]);
    }
  });

  it("lets warnings stand beside the value", () => {
    const judged = judge("PATIENT", { nhsNumber: "9990000018" }, "STATED");
    expect([judged.rejected, judged.values[0], brief(judged)]).toEqual([
      false,
      "9990000018",
      ["WARNING NHS_NUMBER_TEST_RANGE nhsNumber"],
    ]);
  });

  it("reports a value where the door read it", () => {
    const judged = judge("INITIATING_EVENT", { walk: "x" }, "STATED", { origins: { walk: "row 14" } });
    expect(judged.issues[0]?.expression).toBe("row 14");
  });
});

describe("what a mapping translated", () => {
  it("drops a bad optional value with a warning and a line of the report, and lets the record stand", () => {
    const expression = "Bundle.entry[3].resource.valueQuantity";
    const judged = judge("INITIATING_EVENT", { walk: 2000, eventDate: "2026-03-02" }, "MAPPED", {
      origins: { walk: expression },
      mappingReport: [
        {
          expression,
          sourceField: "Observation.valueQuantity",
          result: "MAPPED",
          recordType: "INITIATING_EVENT",
          field: "walk",
          reason: null,
        },
      ],
    });
    expect([judged.rejected, brief(judged)]).toEqual([false, ["WARNING OUT_OF_HARD_RANGE walk"]]);
    expect(judged.values[itemOf("INITIATING_EVENT.walk").index]).toBeNull();
    expect(judged.mappingReport).toEqual([
      {
        expression,
        sourceField: "Observation.valueQuantity",
        result: "DROPPED",
        recordType: "INITIATING_EVENT",
        field: "walk",
        reason: "OUT_OF_HARD_RANGE",
      },
    ]);
  });

  it("names the source field without positions where the mapping reported none", () => {
    const judged = judge("INITIATING_EVENT", { walk: "x" }, "MAPPED", { origins: { walk: "messages[2].OBX[4]-5" } });
    expect(judged.mappingReport[0]?.sourceField).toBe("messages.OBX-5");
  });

  it("reports what an open list leaves out", () => {
    const judged = judge("INITIATING_EVENT", { parts: "Dancing" }, "MAPPED");
    expect([judged.rejected, judged.mappingReport.map((line) => line.reason)]).toEqual([false, ["CODE_UNKNOWN"]]);
  });

  it("rejects a bad mandatory item and a bad date of the natural key", () => {
    expect(brief(judge("PATIENT", { dateOfBirth: "unknown" }, "MAPPED"))).toEqual(["ERROR FORMAT_INVALID dateOfBirth"]);
    expect(brief(judge("INITIATING_EVENT", { eventDate: "2026-02-31" }, "MAPPED"))).toEqual(["ERROR FORMAT_INVALID eventDate"]);
  });

  it("is strict about NHS numbers, and reads a placeholder as not known where a local number identifies the patient", () => {
    expect(brief(judge("PATIENT", { nhsNumber: "9434765918", hospitalNumber: "A1" }, "MAPPED"))).toEqual([
      "ERROR NHS_NUMBER_CHECKSUM nhsNumber",
    ]);
    const known = judge("PATIENT", { nhsNumber: "9999999999", hospitalNumber: "A1" }, "MAPPED");
    expect([known.rejected, known.values[0], brief(known)]).toEqual([false, null, ["WARNING NHS_NUMBER_PLACEHOLDER nhsNumber"]]);
    expect(known.mappingReport[0]).toMatchObject({ result: "DROPPED", reason: "NHS_NUMBER_PLACEHOLDER" });
    for (const hospitalNumber of [undefined, "", "far too long for it"]) {
      const unknown = judge("PATIENT", { nhsNumber: "3333333333", hospitalNumber }, "MAPPED");
      expect(unknown.rejected).toBe(true);
      expect(brief(unknown)).toContain("WARNING NHS_NUMBER_PLACEHOLDER nhsNumber");
      expect(brief(unknown)).toContain("ERROR PATIENT_UNIDENTIFIED nhsNumber");
    }
  });
});

describe("emptying on purpose", () => {
  it("marks the items that are to be emptied", () => {
    const judged = judge("INITIATING_EVENT", { eventDate: "2026-03-02", seenDate: null }, "STATED", {
      clear: ["walk", "seenDate", "walk"],
    });
    expect([...judged.cleared]).toEqual([itemOf("INITIATING_EVENT.walk").index, itemOf("INITIATING_EVENT.seenDate").index]);
    expect(judged.rejected).toBe(false);
  });

  it.each([
    ["a mandatory item", "eventDate", {}, "eventDate"],
    ["an item stated in the same record", "walk", { walk: 300 }, "walk"],
    ["a name that is no item", "wlak", {}, null],
  ])("refuses %s", (_, name, values, field) => {
    const judged = judge("INITIATING_EVENT", values, "STATED", { clear: [name] });
    expect(judged.issues).toMatchObject([
      { severity: "ERROR", code: "CONDITION_NOT_MET", field, expression: "records[3].thing.clear" },
    ]);
    expect(judged.issues[0]?.suggestion).toBe(field === null ? "walk" : undefined);
    expect([judged.rejected, judged.cleared.size]).toEqual([true, 0]);
  });
});

describe("every draft", () => {
  const anyValues = fc.dictionary(
    fc.constantFrom(...tiny.recordType("INITIATING_EVENT").items.map((item) => item.name), "__proto__", "toString", "other"),
    fc.oneof(fc.jsonValue(), fc.constantFrom("2026-03-02", "Apple", 340, "Yes")),
  );

  it("is judged without throwing, and is rejected exactly where an issue is an error", () => {
    fc.assert(
      fc.property(anyValues, fc.constantFrom<SourceKind>("STATED", "MAPPED"), fc.array(fc.string()), (values, kind, clear) => {
        const judged = judge("INITIATING_EVENT", values, kind, { clear });
        expect(judged.rejected).toBe(judged.issues.some((issue) => issue.severity === "ERROR"));
        expect(judged.values).toHaveLength(tiny.recordType("INITIATING_EVENT").items.length);
      }),
      { numRuns: 500 },
    );
  });

  it("finds the same codes for stated and mapped values, and stores the same ones", () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const [stated, mapped] = [judge("INITIATING_EVENT", values, "STATED"), judge("INITIATING_EVENT", values, "MAPPED")];
        expect(mapped.issues.map((issue) => issue.code)).toEqual(stated.issues.map((issue) => issue.code));
        expect(mapped.values).toEqual(stated.values);
        expect(mapped.rejected && !stated.rejected).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps the issues it came with first, and is rejected by an error among them", () => {
    const issue = { severity: "ERROR", code: "MESSAGE_MALFORMED", field: null, expression: "messages[0]" } as const;
    const judged = judge("INITIATING_EVENT", { walk: "x" }, "STATED", { issues: [issue] });
    expect([judged.issues[0], judged.issues.length, judged.rejected]).toEqual([issue, 2, true]);
    const unreadable = judge("INITIATING_EVENT", { walk: "x" }, "STATED", { issues: [issue], unreadable: true });
    expect([unreadable.issues, unreadable.rejected]).toEqual([[issue], true]);
  });
});
