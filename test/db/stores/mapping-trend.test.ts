import { beforeAll, describe, expect, it } from "vitest";
import { createReadMappingTrend, rollUpMappingTrend } from "../../../src/persistence/mapping-trend.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { MappingTrendFilter } from "../../../src/submission/mapping-trend-ports.ts";
import { provideDatabase } from "../../support/database.ts";
import { actorOf } from "./store-fixture.ts";

const testDatabase = provideDatabase();
const query = (text: string, values?: readonly unknown[]) => testDatabase().query(text, values);

const line = (sourceField: string, result: string, count: number, reason: string | null = null) => ({
  sourceField,
  result,
  recordType: result === "MAPPED" ? "PATIENT" : null,
  field: result === "MAPPED" ? "surname" : null,
  reason,
  count,
});
const USUAL = [line("PID-5", "MAPPED", 10), line("PID-9", "UNMAPPED", 3), line("PID-11", "DROPPED", 1, "FOREIGN_POSTCODE")];

let last = 0;
interface Sent {
  readonly at: string;
  readonly ods?: string;
  readonly programme?: string;
  readonly product?: string;
  readonly summary?: readonly object[];
  readonly mode?: string;
  readonly status?: string;
  readonly replayOf?: string | null;
}
async function insert(sent: Sent): Promise<void> {
  const { at, ods = "RAA", programme = "P1", product = "PAS", summary = USUAL, mode = "COMMIT", status = "COMPLETED" } = sent;
  last += 1;
  await query(
    `insert into submission (ods, id, programme_code, client_id, channel, mode, error_policy, status, vendor, product, product_version,
       dataset_version, mapping_version, received_at, completed_at, counts, issues, issue_groups, mapping_summary, replay_of)
     values ($1::text, $2::uuid, $3::text, 'c', 'HL7V2', $4::text, 'REJECT_FAILED', $5::text, 'Vendor', $6::text, '1', 'gw-1.0', 'm/1',
       $7::timestamptz, $7::timestamptz, '{}', '[]', '[]', $8::jsonb, $9::uuid)`,
    [
      ods,
      `00000000-0000-4000-8000-${String(last).padStart(12, "0")}`,
      programme,
      mode,
      status,
      product,
      at,
      JSON.stringify(summary),
      sent.replayOf ?? null,
    ],
  );
}

const YEAR: MappingTrendFilter = {
  from: "2026-03-01",
  to: "2026-12-31",
  by: "DAY",
  programmeCode: null,
  vendor: null,
  product: null,
};
const actor = actorOf("RAA", "P1", "P2");
const read = (filter: Partial<MappingTrendFilter> = {}, as: OrganisationActor = actor) =>
  createReadMappingTrend(testDatabase().database)(as, { ...YEAR, ...filter });
const summed = (points: Awaited<ReturnType<typeof read>>) =>
  points.map(({ period, sourceSystem: { product }, mapped, dropped, unmapped }) => [period, product, mapped, dropped, unmapped]);

beforeAll(async () => {
  // Monday, and half past midnight on Tuesday as the United Kingdom has it in summer.
  await insert({ at: "2026-06-01T09:00:00Z" });
  await insert({ at: "2026-06-01T09:59:59.999Z" });
  await insert({ at: "2026-06-01T23:30:00Z" });
  await insert({ at: "2026-06-08T08:00:00Z", product: "LIMS", summary: [line("OBX-3", "UNMAPPED", 7, "CODE_NOT_TRANSLATED")] });
  await insert({ at: "2026-06-01T10:00:00Z", programme: "P2" });
  // None of these is counted.
  await insert({ at: "2026-06-01T11:00:00Z", mode: "VALIDATE_ONLY" });
  await insert({ at: "2026-06-01T11:00:00Z", status: "FAILED" });
  await insert({ at: "2026-06-01T11:00:00Z", replayOf: "00000000-0000-4000-8000-000000000001" });
  await insert({ at: "2026-06-01T09:00:00Z", ods: "RBB" });
});

const EXPECTED = [
  ["2026-06-08", "LIMS", 0, 0, 7],
  ["2026-06-02", "PAS", 10, 1, 3],
  ["2026-06-01", "PAS", 30, 3, 9],
];

describe("the trend of mappings", () => {
  it("adds up completed submissions by system and day, before anything is added up in advance", async () => {
    expect(summed(await read())).toEqual(EXPECTED);
  });

  it("is the same once they are added up in advance, and that only once", async () => {
    expect(await rollUpMappingTrend(testDatabase().database)).toBeGreaterThan(0);
    expect(summed(await read())).toEqual(EXPECTED);
    expect(await rollUpMappingTrend(testDatabase().database)).toBe(0);
    expect(summed(await read())).toEqual(EXPECTED);
  });

  it("counts what was completed since, which is added up when it has settled", async () => {
    const [{ day } = {}] = await query("select (now() at time zone 'Europe/London')::date::text as day");
    await query("update submission set completed_at = now() where id = '00000000-0000-4000-8000-000000000006'");
    await insert({ at: new Date().toISOString() });
    const today = async () => summed(await read({ from: String(day), to: String(day) }));
    expect(await today()).toEqual([[day, "PAS", 10, 1, 3]]);
    expect(await rollUpMappingTrend(testDatabase().database)).toBe(0);
    expect(await today()).toEqual([[day, "PAS", 10, 1, 3]]);
  });

  it("adds up by week, from Monday", async () => {
    expect(summed(await read({ by: "WEEK", to: "2026-06-30" }))).toEqual([
      ["2026-06-08", "LIMS", 0, 0, 7],
      ["2026-06-01", "PAS", 40, 4, 12],
    ]);
  });

  it("names what was lost, the most frequent first", async () => {
    const [point] = await read({ from: "2026-06-02", to: "2026-06-02" });
    expect(point?.losses).toEqual([
      { sourceField: "PID-9", result: "UNMAPPED", recordType: null, field: null, reason: null, count: 3 },
      { sourceField: "PID-11", result: "DROPPED", recordType: null, field: null, reason: "FOREIGN_POSTCODE", count: 1 },
    ]);
  });

  it("keeps to the system, the programme and the days that were asked for", async () => {
    expect(summed(await read({ product: "LIMS" }))).toEqual(EXPECTED.slice(0, 1));
    expect(await read({ vendor: "Another" })).toEqual([]);
    expect(summed(await read({ programmeCode: "P2", to: "2026-06-30" }))).toEqual([["2026-06-01", "PAS", 10, 1, 3]]);
    expect(await read({ programmeCode: "P9" })).toEqual([]);
    expect(await read({ from: "2026-07-01", to: "2026-07-31" })).toEqual([]);
  });

  it("shows an organisation its own, a programme's people theirs, and a vendor's app its own product", async () => {
    expect(summed(await read({ to: "2026-06-30" }, actorOf("RBB", "P1")))).toEqual([["2026-06-01", "PAS", 10, 1, 3]]);
    expect(summed(await read({ to: "2026-06-30" }, actorOf("RAA", "P2")))).toEqual([["2026-06-01", "PAS", 10, 1, 3]]);
    const app: OrganisationActor = { ...actor, role: "VENDOR_APP", sourceSystem: { vendor: "Vendor", product: "LIMS" } };
    expect(summed(await read({}, app))).toEqual(EXPECTED.slice(0, 1));
    const { sourceSystem: _none, ...unregistered } = app;
    expect(await read({}, unregistered)).toEqual([]);
  });
});
