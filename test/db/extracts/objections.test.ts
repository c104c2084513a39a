/** Who objects after a cut was published is in no extract that is made or handed out later (assurance.md D7). */
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { attendExtracts } from "../../../src/statistics/extracts/attend-extracts.ts";
import { patientIdOf } from "../../../src/statistics/extracts/extract-ids.ts";
import { provideDatabase } from "../../support/database.ts";
import { analyst, createExtractBench, type ExtractBench, journeysOf } from "./extract-bench.ts";

const testDatabase = provideDatabase();
const JOURNEYS = journeysOf(11, 300).filter(({ row }) => row.nation !== null);
const PEOPLE = [...new Set(JOURNEYS.map(({ row }) => row.pseudonym))];
const OBJECTORS = new Set(PEOPLE.slice(0, 50));
let bench: ExtractBench;
beforeAll(() => {
  bench = createExtractBench(testDatabase(), JOURNEYS);
});

async function rowsOfObjectors(agreement: string, files: ReadonlyMap<string, Buffer>): Promise<number> {
  const mac = await bench.extractKeys.macOf(agreement);
  if (mac === null) throw new Error("the agreement has a key");
  const ids = new Set([...OBJECTORS].map((pseudonym) => patientIdOf(mac, pseudonym)));
  const tables = [...files].filter(([name]) => name.endsWith(".csv") && name !== "data_dictionary.csv");
  const rows = tables.flatMap(([, text]): readonly { patientId: string }[] => parse(text, { columns: true }));
  expect(rows.length).toBeGreaterThan(0);
  return rows.filter(({ patientId }) => ids.has(patientId)).length;
}

const object = (): void => {
  for (const pseudonym of OBJECTORS) {
    bench.objecting.add(pseudonym);
    bench.withheld.add(pseudonym);
  }
};
const takeBack = (): void => {
  bench.objecting.clear();
  bench.withheld.clear();
};
const attend = () =>
  attendExtracts({
    ...{ store: bench.store, keys: bench.extractKeys, withheld: bench.withheldPersons },
    ...{ clock: { now: () => bench.now }, keptDays: 90 },
  });

describe("50 people who object after the cut", () => {
  it("are in no extract that is made later (and are in one that is made before: control)", async () => {
    takeBack();
    const [before, after] = [await bench.agree(), await bench.agree()];
    expect(await rowsOfObjectors(before, await bench.fetch(before))).toBeGreaterThan(50);
    object();
    expect(await rowsOfObjectors(after, await bench.fetch(after))).toBe(0);
  });

  it("leave an extract that was made and not fetched: it is made again without them", async () => {
    takeBack();
    const agreement = await bench.agree();
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    await bench.maker.workBatch();
    object();
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({
      code: "CONFLICT",
      details: { reason: "NOT_READY" },
    });
    await bench.maker.workBatch();
    expect(await rowsOfObjectors(agreement, await bench.fetchFiles(id))).toBe(0);
    expect(await bench.store.find(id)).toMatchObject({ state: "READY", downloads: 1, timesMadeAgain: 1 });
  });

  it("leave it without anybody fetching it, too, whether they object or opt out", async () => {
    takeBack();
    const agreement = await bench.agree();
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    await bench.maker.workBatch();
    for (const pseudonym of OBJECTORS) bench.withheld.add(pseudonym);
    expect(await attend()).toMatchObject({ madeAgain: 1 });
    await bench.maker.workBatch();
    expect(await rowsOfObjectors(agreement, await bench.fetchFiles(id))).toBe(0);
  });

  it("are counted, rounded, in one that was fetched, which is handed out no more", async () => {
    takeBack();
    const agreement = await bench.agree();
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    await bench.maker.workBatch();
    await bench.fetchFiles(id);
    object();
    await attend();
    expect((await bench.service.holdingWithheld()).find((extract) => extract.id === id)).toMatchObject({ withheldSince: 50 });
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({ code: "GONE" });
    expect(await bench.store.find(id)).toMatchObject({ state: "READY", downloads: 1, timesMadeAgain: 0 });
  });
});
