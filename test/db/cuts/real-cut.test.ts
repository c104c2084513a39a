/** The whole of it once: rows of a database counted in the cube's thread, repaired, audited, published, and held against the cut before. */
import { expect, it } from "vitest";
import { checkCertificate, toCertificateFile } from "../../../src/destruction/certificate.ts";
import { createVerifyCut } from "../../../src/statistics/cuts/verify-cut.ts";
import { makeYearInThread } from "../../../src/worker/cube-thread.ts";
import { provideDatabase } from "../../support/database.ts";
import { createCutBench, journeysOf } from "./cut-bench.ts";

const testDatabase = provideDatabase();

it("publishes two cuts, the second beside the first, and makes it anew from its rows", async () => {
  const bench = createCutBench(testDatabase(), { make: makeYearInThread });
  const [first, more] = [journeysOf(1, 500), journeysOf(2, 40)];
  await bench.feed(first);
  expect(await bench.publish()).toMatchObject({ state: "PUBLISHED", years: [{ isPublished: true }] });
  await bench.feed(more);
  bench.now = "2026-05-15T00:00:00.000Z";
  expect(await bench.publish()).toMatchObject({ state: "PUBLISHED", years: [{ isPublished: true }] });
  const cut = await bench.published.inForce();
  const [{ auditYear = 0 } = {}] = cut?.cubes ?? [];
  const cube = await bench.published.reader(cut?.id ?? "", auditYear);
  const answer = cube?.reader.lookUp({ measure: "JOURNEYS", dimensions: [], where: [] });
  expect(answer).toMatchObject({ kind: "PUBLISHED", rows: [{ value: expect.any(Number) }] });
  const { publicKey } = await bench.keys.certificateKey();
  const verify = createVerifyCut({
    store: bench.verification,
    rows: bench.rows,
    makeYear: makeYearInThread,
    isSigned: async (document, signature) => checkCertificate(toCertificateFile(document, signature), publicKey).ok,
  });
  expect(await verify(2)).toMatchObject({ ok: true });
});
