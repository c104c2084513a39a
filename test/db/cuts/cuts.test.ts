/** Publishing, withdrawing and checking cuts, on a database. */
import { beforeAll, describe, expect, it } from "vitest";
import type { OwnPatient } from "../../../src/consent/ports.ts";
import { checkCertificate, toCertificateFile } from "../../../src/destruction/certificate.ts";
import { askGeneratedCut } from "../../../src/persistence/cut-publication-store.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import { readManifest } from "../../../src/statistics/cuts/cut-manifest.ts";
import { createVerifyCut } from "../../../src/statistics/cuts/verify-cut.ts";
import { openTestDatabase, provideDatabase } from "../../support/database.ts";
import { ADMIN, type CutBench, createCutBench, journeysOf, sketchYear } from "./cut-bench.ts";

const testDatabase = provideDatabase();
const query = (text: string) => testDatabase().query(text);
let bench: CutBench;
let journeys: readonly CutJourney[] = [];
let patients: readonly OwnPatient[] = [];

const nameOf = (index: number): string => `${patients[index]?.ods}/${patients[index]?.patientId}`;
const pseudonymOf = (index: number): string => journeys[index]?.row.pseudonym ?? "";
/** As the database orders them. */
const byPseudonym = (rows: readonly CutJourney[]) =>
  rows
    .toSorted((one, other) => (one.row.pseudonym < other.row.pseudonym ? -1 : 1))
    .map((journey) => ({
      ...journey,
      drugs: journey.drugs.toSorted((one, other) =>
        `${one.assessment}${one.drugClass}` < `${other.assessment}${other.drugClass}` ? -1 : 1,
      ),
    }));
const frozen = async (cutId: string | null): Promise<readonly CutJourney[]> => {
  const found: CutJourney[] = [];
  for await (const journey of bench.cutRows.journeys(cutId ?? "", null)) found.push(journey);
  return found;
};
const pseudonyms = async (cutId: string | null) => new Set((await frozen(cutId)).map(({ row }) => row.pseudonym as string));
const count = async (table: string): Promise<number> =>
  Number((await query(`select count(*)::int as n from cut.${table}`))[0]?.n);

beforeAll(async () => {
  bench = createCutBench(testDatabase());
  journeys = journeysOf(1, 300);
  patients = await bench.feed(journeys);
});

describe("a cut", () => {
  it("is the national side without whom the gate withholds, frozen, with a cube and a signed manifest", async () => {
    bench.withheld.set(nameOf(0), "OBJECTION");
    const publication = await bench.publish();
    expect(publication).toMatchObject({ state: "PUBLISHED", step: null, refusal: null });
    const cut = await bench.published.inForce();
    expect(cut).toMatchObject({ id: publication.cutId, number: 1, state: "IN_FORCE", isSynthetic: false, withdrawn: null });
    expect(byPseudonym(await frozen(publication.cutId))).toEqual(byPseudonym(journeys.slice(1)));
    const [{ auditYear = 0, digest = "" } = {}] = cut?.cubes ?? [];
    expect((await bench.published.reader(cut?.id ?? "", auditYear))?.digest).toBe(digest);
    expect(await bench.published.reader(cut?.id ?? "", auditYear - 1)).toBeNull();
    const signed = await bench.verification.signed(1);
    const { publicKey } = await bench.keys.certificateKey();
    const file = toCertificateFile(signed?.manifest ?? "", signed?.signature ?? "");
    expect(checkCertificate(file, publicKey)).toMatchObject({ ok: true, head: { id: cut?.id, of: "cut 1" } });
    const manifest = readManifest(signed?.manifest ?? "");
    expect(manifest).toMatchObject({ number: 1, years: [{ auditYear, journeys: 300, previousCut: null }] });
    expect(manifest.withheld).toMatchObject({ OBJECTION: "1-7", OPT_OUT: 0 });
  });

  it("is published a calendar month after the one before, whatever the clock does meanwhile", async () => {
    // Published on 31 March, two days after the clock went forward; 30 April is the last day of the next month.
    for (const soon of ["2026-03-31T13:00:00.000Z", "2026-04-29T22:59:59.999Z"]) {
      bench.now = soon;
      await expect(bench.service.publish(ADMIN)).rejects.toMatchObject({
        code: "CONFLICT",
        details: { reason: "TOO_SOON", from: "2026-04-30" },
      });
    }
    bench.now = "2026-04-29T23:00:00.000Z";
    const { id } = await bench.service.publish(ADMIN);
    await expect(bench.service.publish(ADMIN)).rejects.toMatchObject({ details: { reason: "IN_WORK" } });
    await bench.publisher.workBatch();
    expect(await bench.store.find(id)).toMatchObject({ state: "PUBLISHED" });
    const page = await bench.published.page({ first: 5, after: null });
    expect(page.nodes.map(({ node: { number, state } }) => [number, state])).toEqual([
      [2, "IN_FORCE"],
      [1, "SUPERSEDED"],
    ]);
  });

  it("is held against the last publication of each year", async () => {
    const manifest = readManifest((await bench.verification.signed(2))?.manifest ?? "");
    expect(manifest.years).toMatchObject([{ previousCut: 1 }]);
    const [{ auditYear = 0 } = {}] = manifest.years;
    expect(Buffer.from((await bench.verification.ledger(2, auditYear))?.ledger ?? []).toString()).toBe("299 299 0 299 ");
  });

  it("begins again where somebody objects while it is made: nobody who objected before it was published is in it", async () => {
    bench.now = "2026-06-01T00:00:00.000Z";
    let beginnings = 0;
    bench.beforeYear = async () => {
      beginnings++;
      bench.withheld.set(nameOf(1), "OBJECTION");
    };
    const { cutId } = await bench.publish();
    expect(beginnings).toBe(2);
    expect(await pseudonyms(cutId)).not.toContain(pseudonymOf(1));
    expect(await pseudonyms(cutId)).toContain(pseudonymOf(2));
    expect(await count("journey")).toBe(299 + 299 + 298);
    bench.beforeYear = () => Promise.resolve();
  });

  it("leaves out whoever was withdrawn since the feed looked", async () => {
    bench.now = "2026-07-01T00:00:00.000Z";
    const member = await query(`delete from public.patient where id = '${patients[2]?.patientId}' returning id`);
    expect(member).toHaveLength(1);
    const { cutId } = await bench.publish();
    expect(await pseudonyms(cutId)).not.toContain(pseudonymOf(2));
  });
});

describe("a publication that is not finished", () => {
  it("leaves no cut, and the next attempt a whole one", async () => {
    bench.now = "2026-08-01T00:00:00.000Z";
    const before = [await count("cut"), await count("journey")];
    bench.beforeYear = () => Promise.reject(new Error("the worker died"));
    const { id } = await bench.service.publish(ADMIN);
    await expect(bench.publisher.workBatch()).rejects.toThrow("the worker died");
    expect([await count("cut"), await count("cube")]).toEqual([before[0], before[0]]);
    // Its rows are nobody's to read.
    expect(await count("journey")).toBeGreaterThan(before[1] ?? 0);
    bench.beforeYear = () => Promise.resolve();
    expect((await bench.publisher.workBatch()).taken).toBe(0);
    await query("update cut.publication set leased_until = now() - interval '1 second' where state = 'RUNNING'");
    await bench.publisher.workBatch();
    expect(await bench.store.find(id)).toMatchObject({ state: "PUBLISHED" });
    expect([await count("cut"), await count("journey")]).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 297]);
  });

  it("publishes nothing by a worker that was taken for dead", async () => {
    bench.now = "2026-09-01T00:00:00.000Z";
    const { id } = await bench.service.publish(ADMIN);
    bench.beforeYear = async () => {
      bench.beforeYear = () => Promise.resolve();
      await query("update cut.publication set leased_until = now() - interval '1 second' where state = 'RUNNING'");
      expect((await bench.publisher.workBatch()).done).toMatchObject({ outcome: "PUBLISHED" });
    };
    const cuts = await count("cut");
    await expect(bench.publisher.workBatch()).rejects.toThrow();
    expect([await count("cut"), (await bench.store.find(id))?.state]).toEqual([cuts + 1, "PUBLISHED"]);
  });

  it("fails after five attempts", async () => {
    bench.now = "2026-10-05T00:00:00.000Z";
    bench.beforeYear = () => Promise.reject(new Error("a fault"));
    const { id } = await bench.service.publish(ADMIN);
    for (let attempt = 1; attempt <= 5; attempt++) {
      await expect(bench.publisher.workBatch()).rejects.toThrow("a fault");
      await query("update cut.publication set leased_until = now() - interval '1 second' where state = 'RUNNING'");
    }
    expect((await bench.publisher.workBatch()).done).toBeNull();
    expect(await bench.store.find(id)).toMatchObject({ state: "FAILED", cutId: null });
    bench.beforeYear = () => Promise.resolve();
  });

  it("is refused with its report where no year withstands the attacker, and nothing of it is kept", async () => {
    const refusing = createCutBench(testDatabase(), {
      make: async (source) => ({ ...(await sketchYear(source)), published: null }),
    });
    refusing.now = bench.now;
    const cuts = await count("cut");
    expect(await refusing.publish()).toMatchObject({
      state: "REFUSED",
      refusal: "AUDIT_MISSED",
      years: [{ isPublished: false }],
    });
    expect(await count("cut")).toBe(cuts);
  });
});

describe("the generated cut of demo mode", () => {
  it("is asked for once, is no one's, and neither delays a cut of people nor is held against it", async () => {
    const other = await openTestDatabase();
    try {
      const demo = createCutBench(other);
      for (const id of ["01890000-0000-7000-8000-0000000000d1", "01890000-0000-7000-8000-0000000000d2"]) {
        const asked = { id, askedBy: "gateway", askedAt: demo.now, syntheticJourneys: 300 };
        await askGeneratedCut(other, asked);
        await demo.publisher.workBatch();
      }
      expect((await demo.published.page({ first: 5, after: null })).nodes.map(({ node }) => node)).toMatchObject([
        { number: 1, state: "IN_FORCE", isSynthetic: true },
      ]);
      await demo.feed(journeysOf(4, 20));
      expect(await demo.publish()).toMatchObject({ state: "PUBLISHED" });
      expect(readManifest((await demo.verification.signed(2))?.manifest ?? "").years).toMatchObject([{ previousCut: null }]);
      expect(await demo.published.inForce()).toMatchObject({ number: 2, isSynthetic: false });
    } finally {
      await other.close();
    }
  });
});

describe("checking a cut", () => {
  const verify = async (number: number) =>
    createVerifyCut({
      store: bench.verification,
      rows: bench.rows,
      makeYear: sketchYear,
      isSigned: async (document, signature) =>
        checkCertificate(toCertificateFile(document, signature), (await bench.keys.certificateKey()).publicKey).ok,
    })(number);

  it("gives the same digests from the frozen rows and the publication before", async () => {
    expect(await verify(2)).toMatchObject({ ok: true, signatureFits: true, years: [{ rowsFit: true, cubeFits: true }] });
    expect(await verify(99)).toBeNull();
  });

  it.each([
    [
      "a word of the manifest",
      "update cut.cut set manifest = replace(manifest, '\"number\":2', '\"number\":3') where number = 2",
    ],
    [
      "a row",
      "update cut.journey set age = coalesce(age, 0) + 1 where journey = 7 and cut_id = (select id from cut.cut where number = 2)",
    ],
    [
      "the stored cube",
      "update cut.cube set bytes = set_byte(bytes, 200, 1 + get_byte(bytes, 200)) where cut_id = (select id from cut.cut where number = 2)",
    ],
    ["a row that is gone", "delete from cut.journey where journey = 8 and cut_id = (select id from cut.cut where number = 2)"],
  ])("finds %s that was altered", async (_what, alteration) => {
    await query(alteration);
    expect((await verify(2))?.ok).toBe(false);
    if (alteration.includes("manifest"))
      await query("update cut.cut set manifest = replace(manifest, '\"number\":3', '\"number\":2') where number = 2");
    if (alteration.includes("age")) {
      await query(
        "update cut.journey set age = age - 1 where journey = 7 and cut_id = (select id from cut.cut where number = 2)",
      );
      expect((await verify(2))?.ok).toBe(true);
    }
  });
});

describe("a withdrawn cut", () => {
  it("answers nothing any more, and none takes its place", async () => {
    const cut = await bench.published.inForce();
    const [{ auditYear = 0 } = {}] = cut?.cubes ?? [];
    const withdrawn = await bench.service.withdraw(ADMIN, cut?.id ?? "", "Counted twice");
    expect(withdrawn).toMatchObject({ state: "WITHDRAWN", withdrawn: { at: bench.now, reason: "Counted twice" } });
    expect(await bench.published.inForce()).toBeNull();
    expect(await bench.published.reader(cut?.id ?? "", auditYear)).toBeNull();
    expect(await frozen(cut?.id ?? "")).toEqual([]);
    expect(await bench.service.withdraw(ADMIN, cut?.id ?? "", "Again")).toEqual(withdrawn);
    await expect(bench.service.withdraw(ADMIN, "01890000-0000-7000-8000-00000000dead", "No")).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
