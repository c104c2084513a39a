import { describe, expect, it } from "vitest";
import { checkNhsNumber, isTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { generateCutJourneys, generatePatientRecords, generatePopulation } from "../../../src/population/generate-population.ts";
import { planPopulation, SHAPES, shapePopulation } from "../../../src/population/plan-population.ts";
import { layOutProgrammes } from "../../../src/population/programmes.ts";
import { SYNTHETIC_POSTCODES } from "../../../src/population/synthetic-postcodes.ts";

const countBy = <T>(values: readonly T[]): readonly number[] =>
  [...Map.groupBy(values, (value) => value).values()].map((same) => same.length).toSorted((a, b) => b - a);
const programmesOf = (options: Parameters<typeof generateCutJourneys>[0]) =>
  countBy([...generateCutJourneys(options)].map(({ row }) => row.programme));

describe("a synthetic population", () => {
  it("is the same for the same seed, and another for another", () => {
    const rows = (seed: number) => JSON.stringify([...generateCutJourneys({ seed, journeys: 200 })]);
    expect(rows(5)).toBe(rows(5));
    expect(rows(5)).not.toBe(rows(6));
  });

  it("begins with the people of a smaller one of the same seed", () => {
    const rows = (journeys: number) => [...generateCutJourneys({ seed: 3, journeys })];
    expect(rows(80).slice(0, 50)).toEqual(rows(50));
  });

  it("has 90,000 starters a year where no number is given", () => {
    expect(planPopulation({ seed: 1, years: 2 }).journeys * 0.61).toBeCloseTo(180_000, -1);
  });

  it("has as many programmes as it is asked for, in trusts of at most three", () => {
    const programmes = layOutProgrammes({ seed: 9, programmes: 41 });
    expect(new Set(programmes.map(({ code }) => code)).size).toBe(41);
    expect(countBy(programmes.map(({ trust }) => trust))[0]).toBeLessThanOrEqual(3);
    for (const { trust, region, nation } of programmes) expect(trust).toContain((region ?? nation).slice(0, 3));
  });

  it("arrives in each month of the years it is given", () => {
    const months = [...generateCutJourneys({ seed: 2, journeys: 2_000, firstYear: 2022, years: 2 })].map(
      ({ row }) => row.eventMonth,
    );
    expect(new Set(months).size).toBe(24);
    expect(months.every((month) => month.startsWith("2022") || month.startsWith("2023"))).toBe(true);
  });

  it.each([{ journeys: -1 }, { journeys: 1.5 }, { years: 0 }, { zeroShare: 1 }, { programmes: [] }])(
    "is none with %o",
    (wrong) => {
      expect(() => planPopulation({ seed: 1, ...wrong })).toThrow(RangeError);
    },
  );
});

describe("a population that is hard on published tables", () => {
  const options = { seed: 4, journeys: 3_000 };
  const calibrated = programmesOf(options);

  it("is made in each shape", () => {
    for (const shape of SHAPES) expect(programmesOf(shapePopulation(shape, options)).length).toBeGreaterThan(0);
  });

  it("is sparse: half of the programmes have fewer people than without the shape", () => {
    const middle = (sizes: readonly number[]): number => sizes[115] ?? 0;
    expect(middle(programmesOf(shapePopulation("SPARSE", options)))).toBeLessThan(middle(calibrated) / 2);
  });

  it("has one programme with more than four fifths of all", () => {
    expect(programmesOf(shapePopulation("ONE_DOMINANT", options))[0]).toBeGreaterThan(2_400);
    expect(calibrated[0]).toBeLessThan(300);
  });

  it("has fewer pairs of programme and event group with anybody in them", () => {
    const pairs = (of: Parameters<typeof generateCutJourneys>[0]) =>
      new Set([...generateCutJourneys(of)].map(({ row }) => `${row.programme} ${row.eventGroup}`)).size;
    expect(pairs(shapePopulation("MANY_ZEROS", options))).toBeLessThan(pairs(options) * 0.7);
  });

  it("leaves out the code it is told to", () => {
    const journeys = [...generatePopulation({ ...options, without: ["FEMALE", "PCI", "HEART_FAILURE"] })];
    expect(journeys.some(({ person }) => person.gender === "FEMALE")).toBe(false);
    expect(journeys.some(({ treatments }) => treatments.includes("PCI"))).toBe(false);
    expect(journeys.some(({ eventType }) => eventType === "HEART_FAILURE")).toBe(false);
  });
});

describe("the records of a population", () => {
  const options = { seed: 8, journeys: 300 };
  const records = [...generatePatientRecords(options)];

  it("are of the same people as the rows of a cut", () => {
    expect(records.length).toBe([...generateCutJourneys(options)].length);
  });

  it("have numbers of the NHS test range, each its own", () => {
    const numbers = [...JSON.stringify(records).matchAll(/"nhsNumber":"(\d+)"/g)].map(([, number]) => number ?? "");
    expect(new Set(numbers).size).toBe(300);
    for (const number of numbers) expect(checkNhsNumber(number).ok && isTestNhsNumber(number)).toBe(true);
  });

  it("have postcodes that the sample directory knows", () => {
    const known = new Set(SYNTHETIC_POSTCODES.map(({ postcode }) => postcode));
    const used = [...JSON.stringify(records).matchAll(/"postcode":"([^"]+)"/g)].map(([, postcode]) => postcode ?? "");
    expect(used.length).toBeGreaterThan(250);
    expect(used.filter((postcode) => !known.has(postcode))).toEqual([]);
  });

  it("hold no null", () => {
    expect(JSON.stringify(records)).not.toContain("null");
  });
});
