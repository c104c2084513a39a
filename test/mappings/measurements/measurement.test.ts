import { describe, expect, it } from "vitest";
import { splitBloodPressure, toMeasurement } from "../../../mappings/support/measurement.ts";
import type { SiteCodes } from "../../../mappings/support/site-codes.ts";
import { sentCode, sentMeasurement } from "./sent-measurement.ts";

const weight = sentCode("LOINC|29463-7");
const assessment = (item: string) => ({ recordType: "ASSESSMENT", item });

describe("toMeasurement", () => {
  it.each([
    ["<15", "<15"],
    [">= 90 kg", ">=90"],
    ["≤20", "≤20"],
  ])("keeps %s as text and does not strip it", (text, stated) => {
    expect(toMeasurement(sentMeasurement({ codes: [weight], text, units: ["kg"] }))).toEqual({
      kind: "REFUSED",
      target: assessment("weightKg"),
      code: "SOURCE_DROPPED",
      reason: "COMPARATOR",
      stated,
    });
  });

  it("repeats nothing of a sender's comparator that is none", () => {
    const outcome = toMeasurement(sentMeasurement({ codes: [weight], number: 80, comparator: "943 476 5919", units: ["kg"] }));
    expect(outcome).toMatchObject({ reason: "COMPARATOR", stated: "?80" });
  });

  it("reads the system of a code as URI, OID and HL7 name", () => {
    for (const system of [
      "http://snomed.info/sct",
      "http://snomed.info/sct/83821000000107",
      "SCT",
      "SNM3",
      "urn:oid:2.16.840.1.113883.6.96",
    ]) {
      const sent = sentMeasurement({ codes: [{ system, code: " 27113001 " }], number: 80, units: ["kg"] });
      expect(toMeasurement(sent), system).toMatchObject({ kind: "VALUE", value: 80 });
    }
    const inNoSystem = sentMeasurement({ codes: [{ system: "", code: "27113001" }], number: 80, units: ["kg"] });
    expect(toMeasurement(inNoSystem)).toEqual({ kind: "UNKNOWN" });
  });

  it("refuses a code that is forbidden by what stands around it, and takes it without", () => {
    const reading = { codes: [sentCode("SNOMED|271649006")], number: 150, units: ["mm[Hg]"] };
    expect(toMeasurement(sentMeasurement({ ...reading, context: [sentCode("SNOMED|314463006")] }))).toMatchObject({
      kind: "DROPPED",
    });
    expect(toMeasurement(sentMeasurement({ ...reading, contextLabel: "24h ABPM" }))).toMatchObject({ kind: "DROPPED" });
    expect(toMeasurement(sentMeasurement({ ...reading, context: [sentCode("SNOMED|75367002")] }))).toMatchObject({ value: 150 });
  });

  it("asks a question about smoking for its answer, and a contradicting pair for none", () => {
    const question = [sentCode("LOINC|72166-2")];
    const both = [sentCode("SNOMED|8517006"), sentCode("SNOMED|77176002")];
    expect(toMeasurement(sentMeasurement({ codes: question, answers: both }))).toMatchObject({ reason: "CODES_CONTRADICT" });
    expect(toMeasurement(sentMeasurement({ codes: question }))).toEqual({ kind: "DROPPED", reason: "NO_READABLE_VALUE" });
    expect(toMeasurement(sentMeasurement({ codes: question, text: "Never smoked" }))).toMatchObject({
      value: "NEVER",
      warning: { code: "CODE_NOT_TRANSLATED", reason: "STATUS_READ_FROM_WORDS" },
    });
    expect(toMeasurement(sentMeasurement({ codes: question, text: "smoker?" }))).toMatchObject({ code: "CODE_NOT_TRANSLATED" });
  });

  it("hands a half of an activity answer over as a part", () => {
    const minutes = sentMeasurement({ codes: [sentCode("LOINC|68516-4")], number: 30, units: ["min/d"] });
    expect(toMeasurement(minutes)).toMatchObject({ kind: "DROPPED", part: { item: "activityMinutesPerDay", value: 30 } });
  });
});

describe("a profile's own codes", () => {
  const localCodes = {
    "L|WT": { item: "weightKg", unit: "[stone_av]" },
    "L|ISWT": "iswtMetres",
    "|SMK": "LOINC|72166-2",
    "L|NOTHING": "shoeSize",
  };
  const read = (system: string, code: string, said = {}) =>
    toMeasurement(sentMeasurement({ codes: [{ system, code }], ...said }), { localCodes });

  it("name an item, an item with its unit, or a public code", () => {
    expect(read("L", "WT", { number: 11 })).toMatchObject({ target: assessment("weightKg"), value: 69.9, note: "PROFILE_CODE" });
    expect(read("L", "WT", { number: 70, units: ["kg"] })).toMatchObject({ value: 70 });
    expect(read("L", "ISWT", { number: 340, units: ["m"] })).toMatchObject({ target: assessment("iswtMetres"), value: 340 });
    expect(read("", "SMK", { answers: [sentCode("SCT|8517006")] })).toMatchObject({ value: "EX" });
  });

  it("mean nothing where they are not listed, or name no item", () => {
    expect(read("L", "toString", { number: 1 })).toEqual({ kind: "UNKNOWN" });
    expect(read("L", "NOTHING", { number: 1 })).toEqual({ kind: "UNKNOWN" });
  });
});

describe("an organisation's own codes", () => {
  const entry = { override: false, version: 3 };
  const siteCodes: SiteCodes = (_system, code) => {
    const item = { recordType: "ASSESSMENT", item: "hadsAnxiety" } as const;
    if (code === "ANX") return { ...entry, target: { kind: "ITEM", ...item } };
    if (code === "EXSMOKER")
      return { ...entry, target: { kind: "OPTION", recordType: "ASSESSMENT", item: "smokingStatus", key: "EX" } };
    if (code === "BW") return { ...entry, target: { kind: "CONCEPT", system: "SNOMED", code: "27113001" } };
    return code === "29463-7" ? { ...entry, target: { kind: "ITEM", ...item } } : null;
  };
  const read = (key: string, said = {}) => toMeasurement(sentMeasurement({ codes: [sentCode(key)], ...said }), { siteCodes });

  it("name an item, an option, or a public concept, and are named in the report", () => {
    expect(read("L|ANX", { number: 9 })).toMatchObject({ target: assessment("hadsAnxiety"), value: 9, note: "SITE_CODE_MAP/3" });
    expect(read("L|BW", { number: 80, units: ["kg"] })).toMatchObject({ target: assessment("weightKg"), value: 80 });
    expect(read("L|EXSMOKER")).toMatchObject({ target: assessment("smokingStatus"), value: "EX" });
    expect(read("LOINC|72166-2", { answers: [sentCode("L|EXSMOKER")] })).toMatchObject({ value: "EX", note: "SITE_CODE_MAP/3" });
  });

  it("do not come before the public tables unless they override", () => {
    expect(read("LOINC|29463-7", { number: 80, units: ["kg"] })).toMatchObject({ target: assessment("weightKg") });
    const override: SiteCodes = (system, code) => ({ ...(siteCodes(system, code) ?? never()), override: true });
    const sent = sentMeasurement({ codes: [sentCode("LOINC|29463-7")], number: 8 });
    expect(toMeasurement(sent, { siteCodes: override })).toMatchObject({ target: assessment("hadsAnxiety"), value: 8 });
  });
});

describe("splitBloodPressure", () => {
  const panel = [sentCode("SNOMED|75367002")];

  it("makes two values of one text", () => {
    const halves = splitBloodPressure(sentMeasurement({ codes: panel, text: "142 / 94 mmHg" }));
    expect(halves.map((half) => toMeasurement(half))).toMatchObject([
      { target: assessment("systolicMmHg"), value: 142 },
      { target: assessment("diastolicMmHg"), value: 94 },
    ]);
  });

  it("leaves everything else alone", () => {
    for (const said of [
      { codes: panel, text: "normal" },
      { codes: panel, number: 142 },
      { codes: [weight], text: "142/94" },
    ]) {
      const sent = sentMeasurement(said);
      expect(splitBloodPressure(sent)).toEqual([sent]);
    }
  });
});

function never(): never {
  throw new Error("the code is in the table above");
}
