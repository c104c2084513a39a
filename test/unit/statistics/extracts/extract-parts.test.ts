import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { generateCutJourneys } from "../../../../src/population/generate-population.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../../src/records/dictionaries.ts";
import { codeJourneys } from "../../../../src/statistics/cube/coded-journeys.ts";
import { normaliseQuestion } from "../../../../src/statistics/cube/question.ts";
import { describeGroup } from "../../../../src/statistics/extracts/data-dictionary.ts";
import { countTables } from "../../../../src/statistics/extracts/exact-tables.ts";
import type { ExtractFormat } from "../../../../src/statistics/extracts/extract-file.ts";
import { EXTRACT_FIELDS, EXTRACT_GROUPS } from "../../../../src/statistics/extracts/extract-groups.ts";
import { isOver, isWithin, readPeriod } from "../../../../src/statistics/extracts/extract-period.ts";
import { FileSink } from "../../../../src/statistics/extracts/file-sink.ts";
import { inKeyedOrder } from "../../../../src/statistics/extracts/in-keyed-order.ts";
import { writeRecords } from "../../../../src/statistics/extracts/write-records.ts";
import { applyToCount, profileOf } from "../../../../src/statistics/profiles/disclosure-profile.ts";
import { inOneAuditYear } from "../../../support/cube-populations.ts";

const dictionary = dictionaryOf(LATEST_DATASET_VERSION) ?? never();
function never(): never {
  throw new Error("the dictionary is in service");
}
const JOURNEYS = [...inOneAuditYear(generateCutJourneys({ seed: 4, journeys: 2_500 }))];
async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe("a period", () => {
  it.each([
    ["2024-04", "MONTHLY", 2024, "2024-04-01", "2024-04-01"],
    ["2025-03", "MONTHLY", 2024, "2025-03-01", "2025-03-01"],
    ["2024-Q1", "QUARTERLY_CUMULATIVE", 2024, "2024-04-01", "2024-06-01"],
    ["2024-Q3", "QUARTERLY_CUMULATIVE", 2024, "2024-04-01", "2024-12-01"],
    ["2024-Q4", "QUARTERLY_CUMULATIVE", 2024, "2024-04-01", "2025-03-01"],
    ["2024", "YEARLY", 2024, "2024-04-01", "2025-03-01"],
  ])("%s is %s, of the audit year %i from %s to %s", (name, frequency, auditYear, from, to) => {
    expect(readPeriod(name)).toEqual({ name, frequency, auditYear, from, to });
  });

  it.each(["2024-13", "2024-Q5", "24", "2024-4", "2024-04-01", "latest", ""])("is not %s", (name) => {
    expect(readPeriod(name)).toBeNull();
  });

  it("is over at midnight in London, also where the clock changes on its last day", () => {
    const march = readPeriod("2024-03") ?? never();
    expect(isWithin(march, "2024-03-01")).toBe(true);
    expect(isOver(march, "2024-03-31T22:59:59.999Z")).toBe(false);
    expect(isOver(march, "2024-03-31T23:00:00.000Z")).toBe(true);
  });
});

describe("sorting by several readings", () => {
  it.each([1, 2, 7, 100, 1_000])("gives every item once, in the order of the keys, with %i in memory", async (most) => {
    const keys = Array.from({ length: 200 }, (_, at) => ({ key: String((at * 7_919) % 1_009).padStart(4, "0") }));
    const sorted: string[] = [];
    for await (const batch of inKeyedOrder(() => each(keys), most)) {
      expect(batch.length).toBeLessThanOrEqual(most);
      sorted.push(...batch.map(({ key }) => key));
    }
    expect(sorted).toEqual(keys.map(({ key }) => key).toSorted());
  });
});

async function filesOf(format: ExtractFormat): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const add = (name: string, bytes: Uint8Array) => files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), bytes]));
  await writeRecords({
    ...{ mac: (text) => Buffer.from(text).toString("hex").slice(-32), fields: EXTRACT_FIELDS, format, dictionary },
    ...{ read: () => each(JOURNEYS), sawPatient: () => undefined },
    openFile: (name) => new FileSink(name, async ({ bytes }) => void add(name, bytes)),
  });
  return files;
}

describe("the two formats", () => {
  it("hold the same rows, over several row groups", async () => {
    const [csv, parquet] = [await filesOf("CSV"), await filesOf("PARQUET")];
    for (const { table } of EXTRACT_GROUPS) {
      const rows: readonly Record<string, string>[] = parse(csv.get(`${table}.csv`) ?? "", { columns: true });
      const bytes = Uint8Array.from(parquet.get(`${table}.parquet`) ?? []).buffer;
      const read = await parquetReadObjects({ file: bytes });
      const asText = read.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, String(cell ?? "")])));
      expect(asText, table).toEqual(rows);
    }
  });
});

describe("the data dictionary", () => {
  const lines = EXTRACT_GROUPS.flatMap((group) => describeGroup(group, `${group.table}.csv`, dictionary));

  it("has words for every column, and every code in the dataset's or the cube's own", () => {
    expect(lines).toHaveLength(EXTRACT_FIELDS.length + 2 * EXTRACT_GROUPS.length);
    for (const { column, label, description, source } of lines) expect([label, description, source], column).not.toContain("");
    const inKeys = lines.flatMap(({ codes }) => codes).filter(({ code, label }) => code === label);
    // Nations, and treatments whose name is an abbreviation.
    expect(inKeys.map(({ code }) => code)).toEqual(
      expect.not.arrayContaining(["MALE", "WHITE", "STATIN", "YES", "REFERRED_ONLY"]),
    );
  });

  it("takes labels and units from the dataset", () => {
    expect(lines.find(({ column }) => column === "heightCm")).toMatchObject({ label: "Height", unit: "cm" });
    expect(lines.find(({ column }) => column === "drugClass")?.codes.length).toBe(16);
  });
});

describe("exact tables", () => {
  const profile = profileOf("HES_2018") ?? never();
  const ask = async (measure: string, dimensions: readonly string[], of = profile) => {
    const question = normaliseQuestion({ measure, dimensions, where: [] }) ?? never();
    return (await countTables(each(JOURNEYS), [question], of))[0] ?? never();
  };

  it("are counts of the rows under the profile, cell by cell", async () => {
    const table = await ask("JOURNEYS", ["nation", "sex", "eventGroup"]);
    expect(table.dimensions).toEqual(["nation", "sex", "eventGroup"]);
    const [coded] = await codeJourneys(JOURNEYS);
    const nations = (coded?.places.ofLevel.nation ?? []).length;
    expect(table.rows).toHaveLength(nations * 2 * 7);
    const counted = new Map(
      [...Map.groupBy(JOURNEYS, ({ row }) => [row.nation, row.gender, row.eventGroup].join(" "))].map(([key, of]) => [
        key,
        of.length,
      ]),
    );
    // Programmes of one nation each, in this population: the places of the cube are the journeys' own nations.
    for (const { categories, value } of table.rows)
      expect(value, categories.join(" ")).toBe(applyToCount(profile, counted.get(categories.join(" ")) ?? 0));
    expect(table.rows.some(({ value }) => value === null)).toBe(true);
    expect(table.rows.some(({ value }) => value !== null && value > 0)).toBe(true);
  });

  it("show true counts where the profile withholds nothing, and percentages of them", async () => {
    const none = profileOf("NONE_INTERNAL") ?? never();
    const [started, referred] = [await ask("STARTED", [], none), await ask("REFERRED", [], none)];
    const percent = await ask("PERCENT_STARTED", [], none);
    const [part, whole] = [started.rows[0]?.value ?? 0, referred.rows[0]?.value ?? 0];
    expect(part).toBe(
      JOURNEYS.filter(({ row }) => row.programme !== null && /^(STARTED|COMPLETED)/.test(row.stage ?? "")).length,
    );
    expect(percent.rows[0]?.value).toBeCloseTo((part / whole) * 100, 1);
  });

  it("have no median of seven or fewer, whatever the profile shows of their count", async () => {
    const midpoint = profileOf("MIDPOINT_6") ?? never();
    const dimensions = ["programme", "sex"];
    const [medians, counts] = [await ask("MEDIAN_DURATION", dimensions, midpoint), await ask("STARTED", dimensions, midpoint)];
    const shown = medians.rows.filter(({ value }) => value !== null);
    expect(shown.length).toBeGreaterThan(0);
    // Seven and eight are both shown as nine.
    const few = medians.rows.filter((_, row) => (counts.rows[row]?.value ?? 0) < 9);
    expect(few.length).toBeGreaterThan(0);
    expect(few.filter(({ value }) => value !== null)).toEqual([]);
  });

  it("of nobody have no rows", async () => {
    const question = normaliseQuestion({ measure: "JOURNEYS", dimensions: ["sex"], where: [] }) ?? never();
    expect(await countTables(each([]), [question], profile)).toEqual([{ measure: "JOURNEYS", dimensions: ["sex"], rows: [] }]);
  });
});
