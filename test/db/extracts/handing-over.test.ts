/** What goes out of an extract that was made: by the agreement as it stands now, as one whole, to analysts, without whom the gate withholds. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Agreement } from "../../../src/agreements/agreement.ts";
import { createAgreementGate } from "../../../src/agreements/agreement-gate.ts";
import { approve, newestDigest, proposeAmendment, sign, submit } from "../../../src/agreements/lifecycle.ts";
import type { Terms } from "../../../src/agreements/terms.ts";
import { checkCertificate } from "../../../src/destruction/certificate.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { MEASURES } from "../../../src/statistics/cube/declaration.ts";
import { attendExtracts } from "../../../src/statistics/extracts/attend-extracts.ts";
import { createDownload } from "../../../src/statistics/extracts/download-extract.ts";
import { ADMIN, ANALYST, by } from "../../support/agreements.ts";
import { provideDatabase } from "../../support/database.ts";
import { readAll, readZip } from "../../support/zip-files.ts";
import { analyst, createExtractBench, type ExtractBench, journeysOf, NOW } from "./extract-bench.ts";

const testDatabase = provideDatabase();
const JOURNEYS = journeysOf(5, 60).filter(({ row }) => row.nation !== null);
let bench: ExtractBench;
beforeAll(() => {
  bench = createExtractBench(testDatabase(), JOURNEYS);
});

async function made(change: Partial<Terms> = {}): Promise<{ readonly agreement: string; readonly id: string }> {
  const agreement = await bench.agree(change);
  const { id } = await bench.service.request(analyst, bench.asked(agreement));
  await bench.maker.workBatch();
  return { agreement, id };
}

const amend = (id: string, change: Partial<Terms>): Promise<Agreement | null> =>
  bench.agreements.change(id, null, (agreement) => {
    const terms = agreement.versions.at(-1)?.terms;
    if (terms === undefined) throw new Error("an agreement has terms");
    const ready = approve(submit(proposeAmendment(agreement, { ...terms, ...change }, by(ANALYST)), by(ANALYST)), by(ADMIN));
    const signed = terms.parties.reduce(
      (half, { code, signatory }) =>
        sign(half, { party: code, digest: newestDigest(ready) }, by({ clientId: signatory ?? "", role: "ANALYST" })),
      ready,
    );
    return { agreement: signed, entry: null };
  });

describe("an extract that was made before an amendment", () => {
  it("is not handed out where that took rows away that it has", async () => {
    const { agreement, id } = await made();
    await amend(agreement, { nations: ["ENGLAND"], eventGroups: ["MI"] });
    const refusals = ["NATION_NOT_PERMITTED", "EVENT_GROUP_NOT_PERMITTED"];
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({ details: { refusals } });
  });

  it("is handed out where that changed nothing of its rows", async () => {
    const { agreement, id } = await made({ nations: ["ENGLAND"] });
    await amend(agreement, { nations: ["ENGLAND", "WALES"] });
    expect((await bench.fetchFiles(id)).has("journey.csv")).toBe(true);
  });
});

describe("the same extract", () => {
  it("is asked for in whatever order its tables are named, however often", async () => {
    const agreement = await bench.agree({ productClass: "AGGREGATED_SMALL_NUMBERS", fields: [] });
    const { fields: _fields, format: _format, ...asked } = bench.asked(agreement);
    const table = (dimension: string) => ({ measure: "STARTED", dimensions: [dimension] });
    const [sex, nation] = [table("sex"), table("nation")];
    const request = (...tables: readonly (typeof sex)[]) => bench.service.requestTables(analyst, { ...asked, tables });
    const first = await request(sex, nation);
    expect((await request(nation, sex, nation)).id).toBe(first.id);
    await bench.maker.workBatch();
  });

  it("is given back while twenty wait to be made, and no other is taken on", async () => {
    const agreement = await bench.agree({ productClass: "AGGREGATED_SMALL_NUMBERS", fields: [] });
    const { fields: _fields, format: _format, ...asked } = bench.asked(agreement);
    const tables = MEASURES.slice(0, 21).map(({ key }) => ({ measure: key, dimensions: ["nation"] }));
    const request = (at: number) => bench.service.requestTables(analyst, { ...asked, tables: tables.slice(at, at + 1) });
    const ids: string[] = [];
    for (let at = 0; at < 20; at++) ids.push((await request(at)).id);
    await expect(request(20)).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "TOO_MANY_WAITING" } });
    expect((await request(7)).id).toBe(ids[7]);
    await bench.store.removeOfAgreement(agreement, NOW);
  });

  it("is not given to whoever states another purpose or place: its manifest says what it is for", async () => {
    const agreement = await bench.agree({
      purposes: ["SERVICE_EVALUATION", "OTHER"].map((code) => ({ code, description: code })),
    });
    const { id } = await bench.service.request(analyst, bench.asked(agreement));
    const otherwise = bench.service.request(analyst, bench.asked(agreement, { purpose: "OTHER" }));
    await expect(otherwise).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "MADE_OTHERWISE", extract: id } });
    await bench.maker.workBatch();
  });
});

describe("a download", () => {
  const download = (store: ExtractBench["store"]) => {
    const clock = { now: () => NOW };
    const gate = createAgreementGate({ store: bench.agreements, clock, newId: createUuid7() });
    const cuts = { find: async () => bench.cut };
    return createDownload({ gate, store, cuts, clock, keys: bench.extractKeys, withheld: bench.withheldPersons });
  };

  it("that begins while the extract is made again has the manifest of the files that go out", async () => {
    const { id } = await made();
    const before = await bench.store.find(id);
    if (before === null) throw new Error("it was made");
    bench.objecting.add(JOURNEYS[0]?.row.pseudonym ?? "");
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({ details: { reason: "NOT_READY" } });
    await bench.maker.workBatch();
    // It was found as it was before all that.
    const { body } = await download({ ...bench.store, find: async () => before })(analyst, id);
    const manifest = (await readZip(await readAll(body))).get("manifest.json")?.toString() ?? "";
    expect(manifest).not.toBe(before.manifest);
    expect(checkCertificate(manifest, (await bench.keys.certificateKey()).publicKey)).toMatchObject({ ok: true });
    bench.objecting.clear();
  });

  it("breaks off where the files are removed before they went, and is no whole zip without them", async () => {
    const { agreement, id } = await made();
    const { body } = await download(bench.store)(analyst, id);
    await bench.store.removeOfAgreement(agreement, NOW);
    await expect(readAll(body)).rejects.toThrow("went");
  });

  it("is for analysts alone, whoever the agreement names", async () => {
    const { id } = await made();
    const download = bench.service.download({ ...analyst, role: "AUDIT_ADMIN" }, id);
    await expect(download).rejects.toMatchObject({ code: "FORBIDDEN", details: {} });
  });

  it("is no second one where somebody in it opted out since the first, until nobody is withheld", async () => {
    const { id } = await made();
    await bench.fetchFiles(id);
    const parts = { store: bench.store, keys: bench.extractKeys, withheld: bench.withheldPersons };
    const attend = () => attendExtracts({ ...parts, clock: { now: () => NOW }, keptDays: 90 });
    bench.withheld.add(JOURNEYS[0]?.row.pseudonym ?? "");
    await attend();
    await expect(bench.service.download(analyst, id)).rejects.toMatchObject({ code: "GONE" });
    bench.withheld.clear();
    await attend();
    expect((await bench.fetchFiles(id)).has("journey.csv")).toBe(true);
  });
});
