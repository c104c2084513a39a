/** What was stored under gw-1.0 before gw-1.1 came into service. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMigrations } from "../../../src/persistence/database/apply-migrations.ts";
import type { Connection } from "../../../src/persistence/database/connection.ts";
import { connectEmptyDatabase } from "../../support/database.ts";

const CONVERSION = "20261125000500_dataset_gw_1_1";
const EVENT = "00000000-0000-7000-8000-00000000000";
let connection: Connection;
let dueBefore: unknown;

const run = (script: string) => connection.withMaintenance((maintenance) => maintenance.run(script));
const query = (text: string) => connection.withMaintenance((maintenance) => maintenance.query(text));

const countDue = async (): Promise<unknown> => (await query("select count(*)::int as due from link.due"))[0]?.due;

/** Two organisations' events with their history, as the migrations before left them. */
const storedBefore = (): string => {
  const columns = "programme_code, version, created_submission_id, submission_id, source_time, updated_at";
  const written = `'P1', 3, '${EVENT}9', '${EVENT}9', now(), now()`;
  const change = (before: string | null, after: string | null): string =>
    JSON.stringify({
      referralSource: { before, after, decision: "REPLACED" },
      riskLevel: { before: null, after: "LOW", decision: "FILLED" },
    });
  const events = ["BMI_HOSPITAL", "PRIVATE_HOSPITAL", "GP"].map(
    (source, i) => `insert into public.patient (ods, id, ${columns}) values ('R0${i % 2}', '${EVENT}${i}', ${written});
      insert into public.initiating_event (ods, id, patient_id, event_type, event_date, referral_source, ${columns})
        values ('R0${i % 2}', '${EVENT}${i}', '${EVENT}${i}', 'OTHER', '2026-01-0${i + 1}', '${source}', ${written});`,
  );
  const lines = [
    [0, 2, "INITIATING_EVENT", change(null, "PRIVATE_HOSPITAL")],
    [0, 3, "INITIATING_EVENT", change("PRIVATE_HOSPITAL", "BMI_HOSPITAL")],
    [1, 2, "INITIATING_EVENT", change("GP", "PRIVATE_HOSPITAL")],
    // An item of the same name of another record type, were there one.
    [2, 2, "PATIENT", change("GP", "PRIVATE_HOSPITAL")],
  ].map(
    ([at, version, type, changes]) =>
      `insert into public.record_change (ods, record_id, version, record_type, programme_code, submission_id, changed_at, changes)
        values ('R0${Number(at) % 2}', '${EVENT}${at}', ${version}, '${type}', 'P1', '${EVENT}9', now(), '${changes}');`,
  );
  return [...events, ...lines].join("\n");
};

beforeAll(async () => {
  ({ connection } = await connectEmptyDatabase());
  const migrations = await readMigrations();
  const at = migrations.findIndex(({ name }) => name === CONVERSION);
  const [before, conversion] = [migrations.slice(0, at), migrations[at]];
  for (const { script } of before) await run(script);
  await run(storedBefore());
  dueBefore = await countDue();
  await run(conversion?.script ?? "");
});
afterAll(() => connection.close());

describe("the migration to gw-1.1", () => {
  it("brings every organisation's rows into the new words, as the versions they are", async () => {
    expect(await query("select ods, referral_source, version from public.initiating_event order by id")).toEqual([
      { ods: "R00", referral_source: "INDEPENDENT_HOSPITAL", version: 3 },
      { ods: "R01", referral_source: "INDEPENDENT_HOSPITAL", version: 3 },
      { ods: "R00", referral_source: "GP", version: 3 },
    ]);
  });

  it("brings their history into the new words, and nothing else", async () => {
    const lines = await query(`select record_type, changes #>> '{referralSource,before}' as before,
      changes #>> '{referralSource,after}' as after, changes #>> '{referralSource,decision}' as decision,
      changes #>> '{riskLevel,after}' as risk from public.record_change order by record_id, version`);
    const rest = { decision: "REPLACED", risk: "LOW" };
    expect(lines).toEqual([
      { record_type: "INITIATING_EVENT", before: null, after: "INDEPENDENT_HOSPITAL", ...rest },
      { record_type: "INITIATING_EVENT", before: "INDEPENDENT_HOSPITAL", after: "INDEPENDENT_HOSPITAL", ...rest },
      { record_type: "INITIATING_EVENT", before: "GP", after: "INDEPENDENT_HOSPITAL", ...rest },
      { record_type: "PATIENT", before: "GP", after: "PRIVATE_HOSPITAL", ...rest },
    ]);
  });

  it("leaves row-level security in force for the tables' owner, too", async () => {
    const rows = await query(`select relname, relforcerowsecurity as forced from pg_class
      where oid in ('public.initiating_event'::regclass, 'public.record_change'::regclass) order by 1`);
    expect(rows).toEqual([
      { relname: "initiating_event", forced: true },
      { relname: "record_change", forced: true },
    ]);
  });

  it("makes nobody's links due again, since no event changed", async () => {
    expect(dueBefore).toBeGreaterThan(0);
    expect(await countDue()).toBe(dueBefore);
  });
});
