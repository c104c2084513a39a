import { describe, expect, it } from "vitest";
import { importerHeader } from "../../../src/dataset/csv-header.ts";
import { recordTypeOfHeader } from "../../../src/dataset/match-csv-header.ts";
import { foldText } from "../../../src/lib/fold-text.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";

const gw = dictionaryOf("gw-1.0");
if (gw === null) throw new Error("gw-1.0 is in service");

describe("the importer's CSV header", () => {
  it("begins with the sender's id and the identity of every ancestor, from the patient down", () => {
    expect(importerHeader(gw, "DRUG")).toEqual([
      "sourceRecordId",
      "patient.nhsNumber",
      "patient.hospitalNumber",
      "initiatingEvent.eventType",
      "initiatingEvent.eventDate",
      "rehabilitation.programmeCode",
      "rehabilitation.referralDate",
      "rehabilitation.coreStartDate",
      "assessment.number",
      "class",
      "taking",
    ]);
  });

  it("has every item of every record type, each column once", () => {
    for (const recordType of gw.recordTypes) {
      const header = importerHeader(gw, recordType.name);
      expect(new Set(header).size).toBe(header.length);
      expect(header.slice(-recordType.items.length)).toEqual(recordType.items.map((item) => item.name));
    }
  });

  it("has columns that are still told apart when case and punctuation are left out", () => {
    for (const { name } of gw.recordTypes) {
      const header = importerHeader(gw, name);
      expect(new Set(header.map(foldText)).size).toBe(header.length);
    }
  });

  it("tells every record type apart, and says nothing where it could be several or none", () => {
    for (const { name } of gw.recordTypes) expect(recordTypeOfHeader(gw, importerHeader(gw, name))).toBe(name);
    expect(recordTypeOfHeader(gw, ["patient.nhsNumber"])).toBeNull();
    expect(recordTypeOfHeader(gw, ["A", "B"])).toBeNull();
  });
});
