/** How extracts are made and kept: workers that die, files at rest, the end of an agreement. */
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { createDestroyAgreementKey } from "../../../src/persistence/agreement-key.ts";
import { attendExtracts } from "../../../src/statistics/extracts/attend-extracts.ts";
import { databaseKind, provideDatabase } from "../../support/database.ts";
import { analyst, createExtractBench, type ExtractBench, journeysOf, NOW } from "./extract-bench.ts";

const testDatabase = provideDatabase();
const JOURNEYS = journeysOf(3, 120);
let bench: ExtractBench;
beforeAll(() => {
  bench = createExtractBench(testDatabase(), JOURNEYS);
});

const leaseOver = () => testDatabase().query("update extract.extract set leased_until = now() - interval '1 second'");
const partsOf = async (id: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  testDatabase().query(`select attempt, file, sealed from extract.part where extract_id = '${id}'`);

describe("a worker that dies over an extract", () => {
  it("leaves it to another one, and the extract has the files of the one that came to its end", async () => {
    const agreement = await bench.agree();
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    const dead = await bench.store.lease(60);
    if (dead === null) throw new Error("an extract waits");
    await bench.store.writePart(dead, { file: "journey.csv", part: 0, bytes: Buffer.from("half of a file") });
    expect(await bench.maker.workBatch(), "nobody else has it meanwhile").toMatchObject({ taken: 0 });
    await leaseOver();
    await bench.maker.workBatch();
    expect(new Set((await partsOf(id)).map(({ attempt }) => attempt))).toEqual(new Set([2]));
    expect((await bench.fetchFiles(id)).get("journey.csv")?.toString()).not.toContain("half of a file");
    // It wakes up.
    expect(await bench.store.renew(dead, 60)).toBe(false);
    await expect(bench.store.writePart(dead, { file: "late.csv", part: 0, bytes: Buffer.from("late") })).rejects.toThrow();
  });

  it("is tried again after a fault, and given up after five; asked for again, it begins anew", async () => {
    const agreement = await bench.agree();
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    const { readRows } = bench;
    bench.readRows = async function* () {
      yield* JOURNEYS.slice(0, 10);
      throw new Error("the database was away");
    };
    for (let attempt = 1; attempt <= 5; attempt++) {
      await expect(bench.maker.workBatch()).rejects.toThrow("away");
      expect(await partsOf(id)).toEqual([]);
      await leaseOver();
    }
    expect(await bench.store.find(id)).toMatchObject({ state: "FAILED" });
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "FAILED" } });
    bench.readRows = readRows;
    expect((await bench.fetch(agreement)).get("journey.csv")).toBeDefined();
  });
});

describe("files of an extract", () => {
  it("are sealed: the database has no word of them", async () => {
    const { id } = await bench.service.request(analyst, bench.asked(await bench.agree()));
    await bench.maker.workBatch();
    const parts = await partsOf(id);
    expect(parts.length).toBeGreaterThan(4);
    for (const { sealed } of parts) {
      const text = Buffer.from(sealed instanceof Uint8Array ? sealed : []).toString("latin1");
      expect(text).not.toMatch(/patientId|ENGLAND/);
    }
  });

  it("are not kept longer than is set", async () => {
    const { id } = await bench.service.request(analyst, bench.asked(await bench.agree()));
    await bench.maker.workBatch();
    const attend = (now: string) =>
      attendExtracts({
        ...{ store: bench.store, keys: bench.extractKeys, withheld: bench.withheldPersons },
        ...{ clock: { now: () => now }, keptDays: 30 },
      });
    await attend("2026-04-01T08:59:59.000Z");
    expect(await bench.store.find(id)).toMatchObject({ state: "READY" });
    await attend("2026-04-01T09:00:01.000Z");
    expect(await bench.store.find(id)).toMatchObject({ state: "REMOVED" });
    expect(await partsOf(id)).toEqual([]);
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({ code: "GONE" });
  });

  it("end with the agreement: by a breach they are fetched no more, by its destruction nobody can open them", async () => {
    const agreement = await bench.agree();
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    await bench.maker.workBatch();
    const extract = await bench.store.find(id);
    if (extract === null) throw new Error("it was asked for");
    bench.now = "2030-01-01T00:00:00.000Z";
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({ details: { refusals: ["OUT_OF_TERM"] } });
    bench.now = NOW;
    await createDestroyAgreementKey({ database: testDatabase().database, keys: bench.keys })(agreement);
    const read = async () => {
      for await (const _ of bench.store.parts(extract, null)) return;
    };
    await expect(read()).rejects.toMatchObject({ code: "GONE" });
    await bench.store.removeOfAgreement(agreement, NOW);
    expect(await partsOf(id)).toEqual([]);
    expect(await bench.store.find(id)).toMatchObject({ state: "REMOVED" });
  });

  it.runIf(databaseKind === "postgresql")("leave nothing where a worker writes one while they are removed", async () => {
    const agreement = await bench.agree();
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    const lease = await bench.store.lease(60);
    if (lease === null) throw new Error("an extract waits");
    const slowly = "begin perform pg_sleep(0.5); return null; end";
    await testDatabase().query(`create function extract.slowly() returns trigger language plpgsql as '${slowly}'`);
    await testDatabase().query(
      "create trigger slowly after insert on extract.part for each statement execute function extract.slowly()",
    );
    const writing = bench.store.writePart(lease, { file: "journey.csv", part: 0, bytes: Buffer.from("a row") });
    await wait(250);
    await Promise.allSettled([bench.store.removeOfAgreement(agreement, NOW), writing]);
    await testDatabase().query("drop function extract.slowly cascade");
    expect(await bench.store.find(id)).toMatchObject({ state: "REMOVED" });
    expect(await partsOf(id)).toEqual([]);
  });

  it("are not made where the agreement ended between the request and the making", async () => {
    const { id } = await bench.service.request(analyst, bench.asked(await bench.agree()));
    bench.now = "2030-01-01T00:00:00.000Z";
    await bench.maker.workBatch();
    bench.now = NOW;
    expect(await bench.store.find(id)).toMatchObject({ state: "REFUSED", files: [] });
    expect(await partsOf(id)).toEqual([]);
  });
});
