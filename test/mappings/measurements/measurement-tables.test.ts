/** The tables of interop 1.8 and 1.9, row by row, in both directions: what must map, and what must not. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { SMOKING_BY_FINDING } from "../../../mappings/concept-maps/lifestyle-codes.ts";
import { MEASUREMENT_ITEMS } from "../../../mappings/concept-maps/measurement-items.ts";
import { NEAR_MISS_REASONS, NOT_COLLECTED } from "../../../mappings/concept-maps/measurement-near-misses.ts";
import { convertToDimension } from "../../../mappings/concept-maps/measurement-units.ts";
import { NYHA_BY_FINDING, NYHA_OBSERVABLES, readNyhaWords } from "../../../mappings/concept-maps/nyha-codes.ts";
import { toMeasurement } from "../../../mappings/support/measurement.ts";
import { normaliseCode } from "../../../mappings/support/normalise-code.ts";
import { sentCode, sentMeasurement } from "./sent-measurement.ts";

const code = z.templateLiteral([z.enum(["SNOMED", "LOINC", "MDC"]), "|", z.string()]);
const value = z.union([z.number(), z.string()]);
const codeRow = z.strictObject({
  item: z.string(),
  codes: z.array(code).min(1),
  number: z.number(),
  unit: z.string().nullable(),
  value,
});
const unitRow = z.strictObject({
  dimension: z.enum([
    "LENGTH_CM",
    "WEIGHT_KG",
    "BODY_MASS_INDEX",
    "PRESSURE_MMHG",
    "RATE_PER_MINUTE",
    "CHOLESTEROL_MMOL_L",
    "HBA1C_MMOL_MOL",
    "UNITS_PER_WEEK",
    "MINUTES_PER_WEEK",
    "DISTANCE_M",
    "PERCENT",
    "SCORE",
  ]),
  cases: z.array(z.strictObject({ value: z.number(), unit: z.string(), is: z.number().nullable() })).min(2),
});

const readRows = <T>(name: string, schema: z.ZodType<T>): readonly T[] =>
  z
    .array(schema)
    .parse(JSON.parse(readFileSync(fileURLToPath(new URL(`../../cases/measurements/${name}.json`, import.meta.url)), "utf8")));

const codeRows = readRows("codes", codeRow);
const nearMisses = readRows("near-misses", z.strictObject({ reason: z.string(), codes: z.array(code).min(1) }));
const smoking = readRows("smoking", z.strictObject({ status: z.string(), codes: z.array(code).min(1) }));
const nyha = readRows("nyha", z.strictObject({ nyhaClass: z.string(), codes: z.array(code).min(1) }));
const units = readRows("units", unitRow);

describe("the codes of interop 1.8", () => {
  it.each(codeRows.flatMap((row) => row.codes.map((key) => [row.item, key, row] as const)))(
    "give %s for %s",
    (item, key, row) => {
      const sent = sentMeasurement({ codes: [sentCode(key)], number: row.number, units: row.unit === null ? [] : [row.unit] });
      expect(toMeasurement(sent)).toMatchObject({ kind: "VALUE", target: { item }, value: row.value, warning: null });
    },
  );

  it.each(nearMisses.flatMap(({ reason, codes }) => codes.map((key) => [reason, key] as const)))(
    "say %s of %s",
    (reason, key) => {
      for (const unit of ["mm[Hg]", "kg", "mmol/L", "{unit}", "min/d", "d/wk", "kg/m2", "/min", "{score}"]) {
        const outcome = toMeasurement(sentMeasurement({ codes: [sentCode(key)], number: 5, units: [unit] }));
        const isRefused = outcome.kind === "DROPPED" ? outcome.reason === reason : outcome.kind === "REFUSED";
        expect(isRefused, `${unit}: ${JSON.stringify(outcome)}`).toBe(true);
      }
    },
  );

  it.each(smoking.flatMap(({ status, codes }) => codes.map((key) => [status, key] as const)))(
    "read %s from %s, as the answer to a question and as the statement itself",
    (status, key) => {
      const asAnswer = toMeasurement(sentMeasurement({ codes: [sentCode("LOINC|72166-2")], answers: [sentCode(key)] }));
      const asCode = toMeasurement(sentMeasurement({ codes: [sentCode(key)] }));
      for (const outcome of [asAnswer, asCode]) {
        const said = outcome.kind === "VALUE" ? outcome.value : outcome.kind === "DROPPED" ? outcome.reason : outcome.kind;
        expect(said).toBe(status);
      }
    },
  );

  it.each(nyha.flatMap(({ nyhaClass, codes }) => codes.map((key) => [nyhaClass, key] as const)))(
    "read NYHA %s from %s, as the answer to a question and as the statement itself",
    (nyhaClass, key) => {
      const target = { recordType: "INITIATING_EVENT", item: "nyhaClass" };
      for (const question of NYHA_OBSERVABLES) {
        const asAnswer = toMeasurement(sentMeasurement({ codes: [sentCode(question)], answers: [sentCode(key)] }));
        expect(asAnswer).toMatchObject({ kind: "VALUE", target, value: nyhaClass, warning: null });
      }
      expect(toMeasurement(sentMeasurement({ codes: [sentCode(key)] }))).toMatchObject({
        kind: "VALUE",
        target,
        value: nyhaClass,
      });
    },
  );

  it.each([
    ["New York Heart Association Class II (finding)", "II"],
    ["NYHA IV", "IV"],
    ["NYHAIII", "III"],
    ["class 1", "I"],
    ["NYHA II-III", undefined],
    ["Class V", undefined],
    ["Killip class II", undefined],
    ["not NYHA II", undefined],
    ["", undefined],
  ])("read the words %s as NYHA %s", (words, nyhaClass) => {
    expect(readNyhaWords(words)).toBe(nyhaClass);
  });

  it("map nothing else: a code that is in no table is unknown", () => {
    for (const key of [
      "SNOMED|386725007",
      "LOINC|8310-5",
      "LOINC|2339-0",
      "LOINC|72514-3",
      "LOINC|55758-7",
      "SNOMED|103228002",
    ]) {
      expect(toMeasurement(sentMeasurement({ codes: [sentCode(key)], number: 37, units: ["Cel"] }))).toEqual({ kind: "UNKNOWN" });
    }
  });
});

describe("the units of interop 1.9", () => {
  const cases = units.flatMap(({ dimension, cases }) =>
    cases.map((each) => [each.value, each.unit, dimension, each.is] as const),
  );

  it.each(cases)("%s %s as %s is %s", (number, unit, dimension, is) => {
    const converted = convertToDimension(dimension, number, unit);
    if (is === null) expect(converted).toBeNull();
    else expect(converted).toBeCloseTo(is, 3);
  });

  it("would be seen to be wrong by the arithmetic of units", () => {
    expect(convertToDimension("HBA1C_MMOL_MOL", 7, "%")).not.toBeCloseTo(70, 0);
  });
});

describe("the tables themselves", () => {
  const keysOf = (item: (typeof MEASUREMENT_ITEMS)[number]): readonly string[] => [
    ...item.snomed.map((one) => `SNOMED|${one}`),
    ...item.loinc.map((one) => `LOINC|${one}`),
    ...item.mdc.map((one) => `MDC|${one}`),
  ];
  const measured = MEASUREMENT_ITEMS.flatMap(keysOf);
  const forbidden = [...NEAR_MISS_REASONS.keys()];

  it("name each code once: as one item, as one reason, or as not collected", () => {
    const all = [...measured, ...forbidden, ...NOT_COLLECTED];
    expect(all.filter((key, at) => all.indexOf(key) !== at)).toEqual([]);
  });

  it("hold SNOMED CT concept ids with a right check digit only", () => {
    const ids = [
      ...measured,
      ...forbidden,
      ...NOT_COLLECTED,
      ...SMOKING_BY_FINDING.keys(),
      ...NYHA_OBSERVABLES,
      ...NYHA_BY_FINDING.keys(),
    ].filter((key) => key.startsWith("SNOMED|"));
    expect(ids.length).toBeGreaterThan(100);
    for (const key of ids) expect(normaliseCode("SNOMED", key.slice("SNOMED|".length)).ok, key).toBe(true);
    expect(normaliseCode("SNOMED", "27113002").ok).toBe(false);
  });
});
