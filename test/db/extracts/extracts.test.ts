/** Extracts against the database: what is in them, what is not, what is final, and what ends with the agreement. */
import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { checkCertificate } from "../../../src/destruction/certificate.ts";
import { EXTRACT_FIELDS } from "../../../src/statistics/extracts/extract-groups.ts";
import { provideDatabase } from "../../support/database.ts";
import { analyst, createExtractBench, type ExtractBench, journeysOf, NOW, YEAR } from "./extract-bench.ts";

const testDatabase = provideDatabase();
const JOURNEYS = journeysOf(7, 400);
let bench: ExtractBench;
beforeAll(() => {
  bench = createExtractBench(testDatabase(), JOURNEYS);
});

type Row = Readonly<Record<string, string>>;
const rowsOf = (files: ReadonlyMap<string, Buffer>, name: string): readonly Row[] =>
  parse(files.get(name) ?? Buffer.alloc(0), { columns: true, record_delimiter: "\r\n" });
const refusedWith = (refusals: readonly string[]) => expect.objectContaining({ code: "FORBIDDEN", details: { refusals } });

describe("a record-level extract", () => {
  it("has a file for each group, the dictionary and a manifest that the installation signed", async () => {
    const files = await bench.fetch(await bench.agree());
    expect([...files.keys()]).toEqual([
      "acute_event.csv",
      "assessment.csv",
      "data_dictionary.csv",
      "drug_class.csv",
      "journey.csv",
      "manifest.json",
    ]);
    const known = JOURNEYS.filter(({ row }) => row.nation !== null);
    expect(rowsOf(files, "journey.csv")).toHaveLength(known.length);
    expect(rowsOf(files, "assessment.csv")).toHaveLength(known.flatMap(({ assessments }) => assessments).length);
    const { publicKey } = await bench.keys.certificateKey();
    const manifest = files.get("manifest.json")?.toString() ?? "";
    expect(checkCertificate(manifest, publicKey)).toMatchObject({
      ok: true,
      head: { counts: { "rows of journey.csv": known.length } },
    });
    const { document }: { document: string } = JSON.parse(manifest);
    const signed: { files: { name: string; sha256: string }[] } = JSON.parse(document);
    for (const { name, sha256 } of signed.files)
      expect(
        createHash("sha256")
          .update(files.get(name) ?? "")
          .digest("hex"),
        name,
      ).toBe(sha256);
    expect(signed.files).toHaveLength(5);
  });

  it("has the columns and rows of the agreement and no other: what it does not name is absent, not empty", async () => {
    const agreement = await bench.agree({
      ...{ fields: ["journey.age", "journey.nation", "journey.eventGroup", "assessment.number"], nations: ["WALES"] },
      eventGroups: ["MI", "ANGINA"],
    });
    const files = await bench.fetch(agreement);
    expect([...files.keys()]).toEqual(["assessment.csv", "data_dictionary.csv", "journey.csv", "manifest.json"]);
    const rows = rowsOf(files, "journey.csv");
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(["patientId", "journeyId", "nation", "age", "eventGroup"]);
      expect(row.nation).toBe("WALES");
      expect(["MI", "ANGINA"]).toContain(row.eventGroup);
    }
    expect(rowsOf(files, "data_dictionary.csv").map(({ column }) => column)).toEqual([
      ...["patientId", "journeyId", "nation", "age", "eventGroup"],
      ...["patientId", "journeyId", "number"],
    ]);
    const ids = new Set(rows.map(({ journeyId }) => journeyId));
    expect(rowsOf(files, "assessment.csv").every(({ journeyId }) => ids.has(journeyId))).toBe(true);
  });

  it("stands in the order of its keyed ids, however many readings that takes", async () => {
    const rows = rowsOf(await bench.fetch(await bench.agree()), "journey.csv");
    const ids = rows.map(({ journeyId }) => journeyId);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("is made once for a cut and a period: asked for again it is the same, byte for byte, whatever objections there are", async () => {
    const agreement = await bench.agree();
    const first = await bench.service.request(analyst, bench.asked(agreement));
    await bench.maker.workBatch();
    const files = await bench.fetchFiles(first.id);
    const again = await bench.service.request(analyst, bench.asked(agreement));
    expect(again).toMatchObject({ id: first.id, state: "READY" });
    expect(await bench.maker.workBatch()).toMatchObject({ taken: 0 });
    expect(await bench.fetchFiles(first.id)).toEqual(files);
    await expect(bench.service.request(analyst, bench.asked(agreement, { format: "PARQUET" }))).rejects.toMatchObject({
      code: "CONFLICT",
      details: { reason: "MADE_OTHERWISE", extract: first.id },
    });
  });

  it("is of the months its frequency says, and of no other frequency", async () => {
    const quarterly = await bench.agree({ extractFrequency: "QUARTERLY_CUMULATIVE" });
    const months = async (agreement: string, period: string): Promise<readonly string[]> => {
      const rows = rowsOf(await bench.fetch(agreement, { period }), "journey.csv");
      return [...new Set(rows.map(({ eventMonth = "" }) => eventMonth))].toSorted();
    };
    expect(await months(quarterly, `${YEAR}-Q1`)).toEqual([`${YEAR}-04`, `${YEAR}-05`, `${YEAR}-06`]);
    expect((await months(quarterly, `${YEAR}-Q4`)).at(-1)).toBe(`${YEAR + 1}-03`);
    expect(await months(await bench.agree({ extractFrequency: "MONTHLY" }), `${YEAR}-07`)).toEqual([`${YEAR}-07`]);
    await expect(bench.service.request(analyst, bench.asked(quarterly))).rejects.toEqual(
      refusedWith(["FREQUENCY_NOT_PERMITTED"]),
    );
    bench.cut = { ...bench.cut, asOf: "2025-03-31T22:59:59.000Z" };
    const tooSoon = bench.service.request(analyst, bench.asked(await bench.agree()));
    await expect(tooSoon).rejects.toEqual(refusedWith(["PERIOD_NOT_OVER"]));
    bench.cut = { ...bench.cut, asOf: NOW };
  });

  it("is refused by name: class, purpose, field, year, place, person", async () => {
    const agreement = await bench.agree({ fields: ["journey.age"] });
    const refused = (change: object) => bench.service.request(analyst, bench.asked(agreement, change));
    await expect(refused({ purpose: "service_evaluation" })).rejects.toEqual(refusedWith(["PURPOSE_NOT_DECLARED"]));
    await expect(refused({ fields: ["journey.gender"] })).rejects.toEqual(refusedWith(["FIELD_NOT_PERMITTED"]));
    await expect(refused({ fields: ["journey.pseudonym"] })).rejects.toEqual(refusedWith(["FIELD_NOT_PERMITTED"]));
    await expect(refused({ period: "2023" })).rejects.toEqual(refusedWith(["PERIOD_NOT_PERMITTED"]));
    await expect(refused({ location: "ELSEWHERE" })).rejects.toEqual(refusedWith(["LOCATION_NOT_PERMITTED"]));
    await expect(refused({ period: "2024-13" })).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    const suppressed = await bench.agree({ productClass: "AGGREGATED_SUPPRESSED", extractFrequency: "NONE" });
    const wrongClass = bench.service.request(analyst, bench.asked(suppressed));
    await expect(wrongClass).rejects.toEqual(refusedWith(["PRODUCT_NOT_PERMITTED"]));
    const stranger = { ...analyst, clientId: "analyst-9" };
    await expect(bench.service.request(stranger, bench.asked(agreement))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("of a withdrawn cut is neither made nor fetched", async () => {
    const agreement = await bench.agree();
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    await bench.maker.workBatch();
    const { cut } = bench;
    bench.cut = { ...cut, state: "WITHDRAWN", withdrawn: { at: NOW, reason: "wrong" } };
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({ code: "CUT_WITHDRAWN" });
    await expect(bench.service.request(analyst, bench.asked(agreement))).rejects.toMatchObject({ code: "CUT_WITHDRAWN" });
    bench.cut = cut;
  });

  it("has every field of the national side but what names a person", () => {
    expect(EXTRACT_FIELDS).toContain("assessment.hadsAnxiety");
    expect(EXTRACT_FIELDS.filter((field) => /pseudonym|key|subject/i.test(field))).toEqual([]);
  });
});
