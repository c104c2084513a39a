import { describe, expect, it } from "vitest";
import { countCellsOf, shapeTables } from "../../../src/statistics/cube/cube-layout.ts";
import { PERCENT_MEASURES } from "../../../src/statistics/cube/declaration.ts";
import { citationOf } from "../../../src/statistics/cube/footnotes.ts";
import { CubeReader } from "../../../src/statistics/cube/look-up.ts";
import { percentOf } from "../../../src/statistics/cube/percent.ts";
import type { PublishedCube } from "../../../src/statistics/cube/published-cube.ts";
import { nearestPublished, normaliseQuestion, type Question } from "../../../src/statistics/cube/question.ts";

/** Every figure differs from its neighbours; one in seven is withheld. */
function sampleCube(): PublishedCube {
  const places = {
    UNITED_KINGDOM: ["UK"],
    nation: ["ENGLAND", "WALES"],
    region: ["Y56", "Y58"],
    trust: ["RAA", "RBB"],
    programme: ["CR-1", "CR-2"],
  };
  const nations = {
    UNITED_KINGDOM: [""],
    nation: ["ENGLAND", "WALES"],
    region: ["ENGLAND", "WALES"],
    trust: ["ENGLAND", "WALES"],
    programme: ["ENGLAND", "WALES"],
  };
  const cells = countCellsOf(shapeTables((level) => places[level].length));
  const figures = Int32Array.from({ length: cells }, (_, cell) => (cell % 7 === 0 ? -1 : 10 + cell * 5));
  return { declaration: 1, auditYear: 2024, places, nations, figures, medians: new Int16Array(cells).fill(-1) };
}
const reader = new CubeReader(sampleCube());
const ask = (measure: string, dimensions: readonly string[], ...where: readonly (readonly [string, string])[]): Question => ({
  measure,
  dimensions,
  where: where.map(([dimension, category]) => ({ dimension, category })),
});
const bytesOf = (question: Question): string => JSON.stringify(reader.lookUp(question));

describe("look-ups in a published cube", () => {
  it("answer the same question asked in twelve ways with the same bytes (S6)", () => {
    const started = ["stage", "STARTED"] as const;
    const parts = [
      ["stage", "COMPLETED"],
      ["stage", "STARTED_NOT_COMPLETED"],
    ] as const;
    const ways = [
      ask("STARTED", ["region", "sex"]),
      ask("STARTED", ["sex", "region"]),
      ask("STARTED", ["sex", "region", "sex"]),
      ask("STARTED", ["region", "sex"], started),
      ask("STARTED", ["region", "sex"], ...parts),
      ask("JOURNEYS", ["region", "sex"], started),
      ask("JOURNEYS", ["sex", "region"], started, started),
      ask("JOURNEYS", ["region", "sex"], ...parts),
      ask("JOURNEYS", ["region", "sex"], ...parts.toReversed()),
      ask("JOURNEYS", ["region", "sex"], started, ...parts),
      ask("JOURNEYS", ["region", "sex", "stage"], started),
      ask("JOURNEYS", ["stage", "sex", "region"], ...parts),
    ];
    expect(new Set(ways.map(bytesOf)).size).toBe(1);
    expect(reader.lookUp(ask("STARTED", ["region", "sex"])).kind).toBe("PUBLISHED");
    expect(bytesOf(ask("COMPLETED", ["region", "sex"]))).not.toBe(bytesOf(ask("STARTED", ["region", "sex"])));
  });

  it("give every declared category a row, in declared order, and a filter selects rows of the same figures", () => {
    const all = reader.lookUp(ask("JOURNEYS", ["region", "sex"]));
    const one = reader.lookUp(ask("JOURNEYS", ["region", "sex"], ["region", "Y58"]));
    if (all.kind !== "PUBLISHED" || one.kind !== "PUBLISHED") throw new Error("not published");
    expect(all.rows.map(({ categories }) => categories.map(({ category }) => category).join(" "))).toEqual([
      "Y56 MALE",
      "Y56 FEMALE",
      "Y58 MALE",
      "Y58 FEMALE",
    ]);
    expect(one.rows).toEqual(all.rows.slice(2));
    expect(all.suppressedCells).toBe(all.rows.filter(({ value }) => value === null).length);
  });

  it("show the same row for a place that is withheld, unknown or not permitted", () => {
    const where = ["region", "Y58"] as const;
    const refused = reader.lookUp(ask("JOURNEYS", ["region"], where), () => false);
    const unknown = reader.lookUp(ask("JOURNEYS", ["region"], ["region", "NOWHERE"]));
    if (refused.kind !== "PUBLISHED" || unknown.kind !== "PUBLISHED") throw new Error("not published");
    const values = (rows: typeof refused.rows) => rows.map(({ value }) => value);
    expect([values(refused.rows), values(unknown.rows)]).toEqual([[null], [null]]);
    expect([refused.suppressedCells, unknown.suppressedCells]).toEqual([1, 1]);
  });

  it.each([
    ["four dimensions", ask("JOURNEYS", ["sex", "age", "eventGroup", "ethnicGroup"])],
    ["a measure beside three", ask("STARTED", ["sex", "age", "eventGroup"])],
    ["an undeclared category", ask("JOURNEYS", ["sex"], ["sex", "UNKNOWN"])],
    ["a union that is no roll-up", ask("JOURNEYS", ["eventGroup"], ["eventGroup", "MI"], ["eventGroup", "ANGINA"])],
    ["two kinds of place", ask("JOURNEYS", ["region", "programme"])],
    ["an unknown measure", ask("SECRETS", ["sex"])],
    ["an unknown dimension", ask("JOURNEYS", ["postcode"])],
  ])("refuse %s with questions that are published, whatever the data", (_, question) => {
    const answer = reader.lookUp(question);
    if (answer.kind !== "NOT_PUBLISHED") throw new Error("published");
    expect(answer.suggestions.length).toBeGreaterThan(0);
    for (const suggestion of answer.suggestions) expect(normaliseQuestion(suggestion)).not.toBeNull();
    expect(answer.suggestions).toEqual(nearestPublished(question));
  });

  it("are cited with the cut, the cube, the table and the filter", () => {
    const question = normaliseQuestion(ask("STARTED", ["region", "sex"], ["sex", "MALE"]));
    if (question === null) throw new Error("not published");
    const cut = { id: "0197", number: 3, asOf: "2026-01-31T00:00:00.000Z" };
    expect(citationOf(reader.cube, question, cut, "abc")).toBe(
      "National Audit of Cardiac Rehabilitation, audit year 2024/25, cut 3 (0197) of data to 2026-01-31T00:00:00.000Z; " +
        "Patients started (STARTED) by Region, Sex; Sex = MALE; CUBE_0_7_5 version 1, cube abc",
    );
  });

  it("derive percentages from published figures only, and test the rest and the whole", () => {
    expect(percentOf(15, 40, "region")).toBe(38);
    expect(percentOf(35, 40, "region")).toBeNull();
    expect(percentOf(10, 20, "programme")).toBeNull();
    expect(percentOf(10, 20, "region")).toBe(50);
    expect(percentOf(10, 25, "programme")).toBeNull();
    expect(percentOf(10, 30, "programme")).toBe(33);
    expect(percentOf(45, 40, "region")).toBeNull();
    expect(percentOf(null, 40, "region")).toBeNull();
  });

  it("answer every percentage with that of the two figures that are asked for by themselves", () => {
    const values = (question: Question): readonly (number | null)[] => {
      const answer = reader.lookUp(question);
      if (answer.kind !== "PUBLISHED") throw new Error("not published");
      return answer.rows.map(({ value }) => value);
    };
    const shown: number[] = [];
    for (const { key, part, whole } of PERCENT_MEASURES) {
      const level = key.includes("ASSESSMENT") || key.includes("IMPROVED") ? "region" : "programme";
      const by = (entry: typeof part): readonly (number | null)[] =>
        values(ask("JOURNEYS", [level, "sex"], [entry.dimension, entry.key]));
      const [parts, wholes] = [by(part), by(whole)];
      const percents = values(ask(key, ["sex", level]));
      expect(percents).toEqual(parts.map((one, at) => percentOf(one, wholes[at] ?? null, level)));
      shown.push(...percents.flatMap((value) => value ?? []));
      expect(reader.lookUp(ask(key, ["sex", level, whole.dimension])).kind).toBe("NOT_PUBLISHED");
    }
    expect(shown.length).toBeGreaterThan(0);
  });

  it("name the rules, and the profile of the agreement with its version, in their footnotes", () => {
    const answer = reader.lookUp(ask("STARTED", ["sex"]), () => true, { id: "HES_2018", version: 1 });
    if (answer.kind !== "PUBLISHED") throw new Error("not published");
    expect(answer.footnotes.at(-1)).toContain("CUBE_0_7_5 version");
    expect(answer.footnotes.at(-1)).toContain("profile HES_2018 version 1");
  });
});
