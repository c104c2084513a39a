/** Every question that reports ask of a published cube is one that it answers. */
import { describe, expect, it } from "vitest";
import {
  createReadNationalFigures,
  improvedQuestion,
  STANDARD_QUESTIONS,
  START_WAIT,
} from "../../../src/reporting/national-figures.ts";
import { outcomeMeasure } from "../../../src/standards/outcome-measures.ts";
import { OUTCOMES } from "../../../src/statistics/cube/outcome-change.ts";
import { sampleCuts } from "../../support/sample-cuts.ts";

const readFigures = createReadNationalFigures(sampleCuts());

describe("figures of the nation", () => {
  it("are looked up in the cut in force, for every standard and outcome that has any", async () => {
    const figures = await readFigures(2024);
    const outcomes = Object.values(OUTCOMES).map(({ item }) => improvedQuestion(item));
    expect(outcomes).not.toContain(null);
    for (const question of [START_WAIT, ...Object.values(STANDARD_QUESTIONS), ...outcomes])
      if (question !== null) expect(() => figures?.of("ENGLAND", question)).not.toThrow();
    expect(() =>
      figures?.of("ENGLAND", { measure: "MEDIAN_START_WAIT", where: [{ dimension: "mode", category: "MOON" }] }),
    ).toThrow();
    expect(figures?.of("NORTHERN_IRELAND", START_WAIT)).toBeNull();
  });

  it("are none without a cut, and of a year that it has no cube of", async () => {
    expect(await readFigures(2011)).toBeNull();
    expect(await createReadNationalFigures(sampleCuts(7, true))(2024)).toBeNull();
  });

  it("count a change of the cube as the reports do", () => {
    for (const { item } of Object.values(OUTCOMES)) expect(outcomeMeasure(item).least ?? outcomeMeasure(item).yes).not.toBeNull();
  });
});
