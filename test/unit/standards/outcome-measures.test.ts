/** Measures of outcome: every one is an item of an assessment, with sources for what it is judged by. */
import { describe, expect, it } from "vitest";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import { bandOf, gainOf, NOT_KNOWN, OUTCOME_MEASURES, outcomeMeasure, scoreOf } from "../../../src/standards/outcome-measures.ts";

const assessment = dictionaryOf(LATEST_DATASET_VERSION)?.recordType("ASSESSMENT");

describe("measures of outcome", () => {
  it("are items of the dictionary: numbers, or codes of lists that have the codes and the word for not known", () => {
    for (const { item, yes } of OUTCOME_MEASURES) {
      const found = assessment?.byName.get(item);
      expect(found?.kind === "code", item).toBe(yes !== null);
      for (const code of yes?.codes ?? []) expect(found?.compiledList?.byKey.has(code), code).toBe(true);
      if (yes !== null) expect(found?.compiledList?.unknown).toEqual(new Set([NOT_KNOWN]));
    }
  });

  it("say where every figure is from, and which is the gateway's own choice", () => {
    const cited = OUTCOME_MEASURES.flatMap(({ item, least, bands, yes }) =>
      [least, bands, yes].flatMap((part) => (part === null ? [] : [{ item, ...part }])),
    );
    for (const { source } of cited) expect(source.length).toBeGreaterThan(5);
    expect(cited.filter(({ status }) => status === "I").map(({ item }) => item)).toEqual(["bmi", "smokingStatus"]);
  });

  it.each([
    [7, "normal"],
    [8, "borderline"],
    [10, "borderline"],
    [11, "case"],
  ])("call a HADS of %i %s", (value, band) => {
    expect(bandOf(outcomeMeasure("hadsAnxiety"), value)).toBe(band);
  });

  it("count a change from its smallest size on, the better way or the worse", () => {
    const walk = outcomeMeasure("iswtMetres");
    expect([69, 70, -70, -69].map((change) => Math.sign(gainOf(walk, change)))).toEqual([0, 1, -1, 0]);
    expect([-1, -2, 2].map((change) => Math.sign(gainOf(outcomeMeasure("hadsDepression"), change)))).toEqual([0, 1, -1]);
    const smoking = outcomeMeasure("smokingStatus");
    expect(["CURRENTLY_SMOKING", "NEVER_SMOKED", NOT_KNOWN, null].map((code) => scoreOf(smoking, code))).toEqual([
      1,
      0,
      null,
      null,
    ]);
    expect(gainOf(smoking, -1)).toBeGreaterThan(0);
    expect(gainOf(smoking, 0)).toBe(0);
  });
});
