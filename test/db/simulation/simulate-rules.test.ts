/** Proposed rules over stored history: what is counted, for which product, and that nothing is written or locked. */
import { describe, expect, it } from "vitest";
import { DatabaseUnit } from "../../../src/persistence/unit-of-work.ts";
import { createSettingOf } from "../../../src/persistence/unit-runner.ts";
import { event, journey, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { city, coast, hill, provideBench } from "../submission/submission-bench.ts";
import { digestTables, requestOf, simulateAll, simulateOver, team } from "./simulation-bench.ts";

const bench = provideBench();

const product = (name: string) => ({ sourceSystem: { vendor: "Vendor", product: name, version: "1" } });
/** A journey whose core rehabilitation began a number of days after 2 January, the day of the event. */
const begun = (seed: number, coreStartDate: string, weightKg = 82) =>
  journey(seed, {
    initiatingEvents: [
      event({ rehabilitations: [rehabilitation({ coreStartDate, assessments: [{ number: 1, date: "2026-01-28", weightKg }] })] }),
    ],
  });

/** Asked of merged rows, so also of rows that the submission, read again, does not change. */
const SOON = {
  kind: "dates",
  id: "P-SOON",
  recordType: "REHABILITATION",
  severity: "ERROR",
  code: "DATE_ORDER",
  field: "coreStartDate",
  earlier: "INITIATING_EVENT.eventDate",
  later: "coreStartDate",
  maxDays: 40,
  text: "Core rehabilitation must begin within 40 days of the event.",
};
const addRule = { changes: { rules: { add: [SOON] } } };

describe("records", () => {
  it("a rule that refuses 3 of 10 of one product says exactly that, and leaves the other product alone", async () => {
    const late = new Set([3, 5, 8]);
    const ten = Array.from({ length: 10 }, (_, seed) => begun(seed, late.has(seed) ? "2026-04-01" : "2026-02-01"));
    const { header, results } = await bench().send(city, ten, product("Late"));
    await bench().send(
      city,
      Array.from({ length: 5 }, (_, seed) => begun(100 + seed, "2026-02-01")),
      product("Timely"),
    );
    const { sources, links, persons } = await simulateAll(simulateOver(bench()), addRule);
    expect([links, persons]).toEqual([[], 0]);
    const [first, second] = sources;
    const refused = results.filter(({ recordType, index }) => recordType === "REHABILITATION" && late.has(Math.floor(index / 4)));
    expect(first).toMatchObject({
      sourceSystem: product("Late").sourceSystem,
      ...{ submissions: 1, notReadable: 0, records: 40, rejectedByBoth: 0, unmatched: 0, noLongerRejected: 0 },
      // With each rehabilitation its assessment.
      newlyRejected: 6,
    });
    expect(first?.findings).toEqual([
      {
        change: "NEWLY_REJECTED",
        ...{ code: "DATE_ORDER", rule: "P-SOON", recordType: "REHABILITATION", field: "coreStartDate", records: 3 },
        examples: refused.map(({ index }) => ({ submissionId: header.id, recordIndex: index })),
      },
      expect.objectContaining({ code: "PARENT_REJECTED", recordType: "ASSESSMENT", rule: null, records: 3 }),
    ]);
    expect(second).toMatchObject({ sourceSystem: product("Timely").sourceSystem, records: 20, newlyRejected: 0, findings: [] });
  });

  it("what is proposed as it stands makes no difference: the control", async () => {
    const [rule] = bench().stores.dictionary.rules;
    for (const proposal of [{ changes: {} }, { changes: { rules: { replace: [rule] } } }])
      for (const source of (await simulateAll(simulateOver(bench()), proposal)).sources)
        expect(source).toMatchObject({ newlyRejected: 0, noLongerRejected: 0, newWarnings: 0, goneWarnings: 0, findings: [] });
  });

  it("ranges, mandatory items and codes are tried in the same way, and warnings are told apart from refusals", async () => {
    const sent = [begun(200, "2026-02-01", 150), begun(201, "2026-02-01", 82)];
    await bench().send(city, sent, product("Ranges"));
    const of = async (changes: unknown) => {
      const { sources } = await simulateAll(simulateOver(bench()), { changes });
      return sources.find(({ sourceSystem }) => sourceSystem.product === "Ranges");
    };
    const weight = { recordType: "ASSESSMENT", item: "weightKg" };
    expect(await of({ items: [{ ...weight, expected: [35, 140] }] })).toMatchObject({
      ...{ newlyRejected: 0, newWarnings: 1 },
      findings: [{ change: "NEW_WARNING", code: "OUT_OF_EXPECTED_RANGE", field: "weightKg", records: 1 }],
    });
    expect(await of({ items: [{ ...weight, expected: null, hard: [20, 140] }] })).toMatchObject({
      ...{ newlyRejected: 1, newWarnings: 0 },
      findings: [{ change: "NEWLY_REJECTED", code: "OUT_OF_HARD_RANGE", rule: null, records: 1 }],
    });
    expect(await of({ items: [{ recordType: "ASSESSMENT", item: "heightCm", mandatory: true }] })).toMatchObject({
      newlyRejected: 2,
      findings: [{ change: "NEWLY_REJECTED", code: "MANDATORY_MISSING", field: "heightCm", records: 2 }],
    });
    const retired = await of({ codes: [{ list: "EventType", retire: ["MI_STEMI"] }] });
    expect(retired?.findings[0]).toMatchObject({ code: "CODE_UNKNOWN", recordType: "INITIATING_EVENT", records: 2 });
  });

  it("a record that was refused would be taken without the rule that refused it", async () => {
    const wrong = recordOf(300, {
      patient: person(300),
      initiatingEvents: [event({ rehabilitations: [rehabilitation({ referralDate: "2026-03-01" })] })],
    });
    const { results } = await bench().send(city, [wrong], product("Refused"));
    const rules = results.flatMap(({ issues }) =>
      issues.flatMap(({ severity, params }) => (severity === "ERROR" && params?.rule ? [String(params.rule)] : [])),
    );
    expect(rules).not.toEqual([]);
    const { sources } = await simulateAll(simulateOver(bench()), { changes: { rules: { remove: [...new Set(rules)] } } });
    const refused = sources.find(({ sourceSystem }) => sourceSystem.product === "Refused");
    expect(refused?.noLongerRejected).toBeGreaterThan(0);
    expect(refused?.findings[0]).toMatchObject({ change: "NO_LONGER_REJECTED", rule: rules[0] });
  });

  it("the version that a sender expected at the time is not asked of today's rows", async () => {
    const { outcomes } = await bench().send(
      city,
      [{ ...begun(350, "2026-02-01"), patient: person(350, { expectedVersion: 0 }) }],
      product("Careful"),
    );
    expect(outcomes).toContain("PATIENT CREATED");
    const { sources } = await simulateAll(simulateOver(bench()), addRule);
    const careful = sources.find(({ sourceSystem }) => sourceSystem.product === "Careful");
    expect(careful).toMatchObject({ records: 4, rejectedByBoth: 0 });
  });

  it("pages of one piece of work add up to one pass", async () => {
    const [whole, piecewise] = [
      await simulateAll(simulateOver(bench()), addRule),
      await simulateAll(simulateOver(bench(), 1), addRule),
    ];
    expect(whole.pages).toBe(1);
    expect(piecewise.pages).toBeGreaterThan(4);
    expect({ ...piecewise, pages: 0 }).toEqual({ ...whole, pages: 0 });
  });

  it("only the period and the programmes asked for are read, and another organisation reads nothing of it", async () => {
    bench().now = "2026-07-30T09:00:00.000Z";
    await bench().send(hill, [begun(400, "2026-04-01")], product("Later"));
    const simulate = simulateOver(bench());
    const names = async (...rest: Parameters<typeof simulateAll> extends [unknown, unknown, ...infer R] ? R : never) =>
      (await simulateAll(simulate, addRule, ...rest)).sources.map(({ sourceSystem }) => sourceSystem.product);
    expect(await names(team, { receivedFrom: "2026-07-01T00:00:00.000Z" })).toEqual(["Later"]);
    expect(await names(team, { receivedTo: "2026-07-01T00:00:00.000Z" })).not.toContain("Later");
    expect(await names(city)).not.toContain("Later");
    expect(await names(coast)).toEqual([]);
  });

  it("an input that is kept no more is counted as such", async () => {
    const { header } = await bench().send(city, [begun(500, "2026-04-01")], product("Gone"));
    await bench().test.query("delete from submission_envelope where submission_id = $1::uuid", [header.id]);
    const { sources } = await simulateAll(simulateOver(bench()), addRule);
    expect(sources.find(({ sourceSystem }) => sourceSystem.product === "Gone")).toMatchObject({
      ...{ submissions: 0, notReadable: 1, records: 0 },
    });
  });
});

describe("reading only", () => {
  it("leaves every row of every table as it was", async () => {
    const before = await digestTables(bench());
    expect(before.size).toBeGreaterThan(20);
    await simulateAll(simulateOver(bench(), 1), { ...addRule, datasetVersion: "gw-1.0" });
    expect(await digestTables(bench())).toEqual(before);
    await bench().send(city, [begun(600, "2026-02-01")]);
    expect(await digestTables(bench()), "the control").not.toEqual(before);
  });

  it("is done in transactions that can write nothing, and lock nothing", async () => {
    const { stores } = bench();
    const settings = { role: "nacr_app", ods: team.ods, programmes: team.programmes } as const;
    const readOnly = <T>(locks: Parameters<typeof createSettingOf>[1], work: (unit: DatabaseUnit) => Promise<T>) =>
      createSettingOf(
        stores,
        locks,
      )(team).then((setting) =>
        stores.database.withRole(settings, (tx) => work(new DatabaseUnit(tx, setting)), { readOnly: true }),
      );
    const patients = [{ nhsNumber: null, hospitalNumber: "H-200" }];
    expect(await readOnly("NONE", (unit) => unit.findPatients(patients, []))).toHaveLength(1);
    await expect(readOnly("FOR_UPDATE", (unit) => unit.findPatients(patients, []))).rejects.toThrow();
    const removing = stores.database.withRole(settings, (tx) => tx.$executeRaw`delete from public.submission_envelope`, {
      readOnly: true,
    });
    await expect(removing).rejects.toThrow();
  });

  it("refuses a cursor that it has not given out", async () => {
    const odd = simulateOver(bench())(team, requestOf(addRule, { after: "bm9uc2Vuc2U" }));
    await expect(odd).rejects.toMatchObject({ code: "BAD_USER_INPUT", details: { path: "after" } });
  });
});
