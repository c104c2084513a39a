import { describe, expect, it } from "vitest";
import { importerHeader } from "../../../src/dataset/csv-header.ts";
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
});
