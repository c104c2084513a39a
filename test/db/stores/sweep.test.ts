import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/lib/limits.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import { sweep } from "../../../src/persistence/sweep.ts";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const query = (text: string, values?: readonly unknown[]) => testDatabase().query(text, values);

/** A submission with two pages of report and a job; `age` and `expires` are intervals. */
async function insertSubmission(id: number, age: string, expires: string | null, key: string | null = null): Promise<void> {
  const uuid = `00000000-0000-4000-8000-${String(id).padStart(12, "0")}`;
  await query(
    `insert into submission (ods, id, programme_code, client_id, idempotency_key, channel, mode, error_policy, status, vendor, product,
       product_version, dataset_version, mapping_version, received_at, counts, issues, issue_groups, mapping_summary, expires_at)
     values ('RXX', $1::uuid, 'CR', 'c', $2::text, 'RECORDS', 'DRY_RUN', 'PARTIAL', 'COMPLETED', 'v', 'p', '1', '1', '1',
       now() - $3::interval, '{}', '[]', '[]', '[]', now() + $4::interval)`,
    [uuid, key, age, expires],
  );
  await query(
    `insert into submission_report (ods, submission_id, page, first_idx, programme_code, outcomes, sealed)
     select 'RXX', $1::uuid, page, page * 100, 'CR', '{}', '' from generate_series(0, 1) page`,
    [uuid],
  );
  await query(
    `insert into submission_job (ods, submission_id, programme_code, role, programmes, phase, attempt, entries_done, bytes_done, next_index,
       next_page, cancel_requested, updated_at)
     values ('RXX', $1::uuid, 'CR', 'SUBMITTER', '{CR}', 'DONE', 1, 0, 0, 0, 0, false, now())`,
    [uuid],
  );
}

const idsOf = async (table: string, column: string): Promise<readonly number[]> =>
  (await query(`select distinct right(${column}::text, 4)::integer as id from ${table} order by 1`)).map(({ id }) => Number(id));

describe("sweeping", () => {
  it("removes dry runs whose time has passed, with reports and jobs, and leaves every other submission", async () => {
    await insertSubmission(1, "8 days", "-1 day");
    await insertSubmission(2, "1 day", "6 days");
    await insertSubmission(3, "8 days", null);
    for (let id = 10; id < 60; id += 1) await insertSubmission(id, "8 days", "-1 day");
    expect(await sweep(testDatabase().database)).toMatchObject({ dryRuns: 51, idempotencyKeys: 0, usedAssertions: 0 });
    expect(await idsOf("submission", "id")).toEqual([2, 3]);
    expect(await idsOf("submission_report", "submission_id")).toEqual([2, 3]);
    expect(await idsOf("submission_job", "submission_id")).toEqual([2, 3]);
  });

  it("forgets idempotency keys after their days, and keeps their submissions", async () => {
    await insertSubmission(100, `${LIMITS.idempotencyKeyDays} days 1 minute`, null, "old");
    await insertSubmission(101, `${LIMITS.idempotencyKeyDays - 1} days`, null, "young");
    expect(await sweep(testDatabase().database)).toMatchObject({ idempotencyKeys: 1 });
    const keys = await query(
      "select idempotency_key as key from submission where right(id::text, 4)::integer >= 100 order by id",
    );
    expect(keys).toEqual([{ key: null }, { key: "young" }]);
  });

  it("forgets assertions that nobody could use again", async () => {
    await query("insert into access.client (id, name, active) values ('c', 'Client', true)");
    await query(
      "insert into access.used_assertion values ('c', 'old', now() - interval '1 second'), ('c', 'young', now() + interval '1 minute')",
    );
    expect(await sweep(testDatabase().database)).toMatchObject({ usedAssertions: 1 });
    expect(await query("select jti from access.used_assertion")).toEqual([{ jti: "young" }]);
  });

  it.each([
    ["reads a submission that is neither expired nor old", "select id from submission where ods is not null", [] as unknown[]],
    [
      "forgets the key of a young submission",
      "update submission set idempotency_key = null where ods is not null returning id",
      [],
    ],
    ["removes a submission that has not expired", "delete from submission where ods is not null returning id", []],
  ])("never %s (the worker's own rights)", async (_what, statement, expected) => {
    for (const table of ["submission", "submission_report", "submission_job"]) await query(`delete from ${table}`);
    await insertSubmission(200, "1 day", null, "key");
    const { database } = testDatabase();
    expect(await database.withRole({ role: "nacr_worker" }, (tx) => tx.$queryRaw(constantSql(statement)([])))).toEqual(expected);
  });

  it("may not change what was submitted, however old (control: the rights that are missing)", async () => {
    const rights = await query(`select
      has_column_privilege('nacr_worker', 'public.submission', 'status', 'update') as change,
      has_column_privilege('nacr_worker', 'public.submission', 'issues', 'select') as read,
      has_column_privilege('nacr_worker', 'public.submission_report', 'sealed', 'select') as report,
      has_schema_privilege('nacr_worker', 'identity', 'usage') as identity`);
    expect(rights).toEqual([{ change: false, read: false, report: false, identity: false }]);
  });
});
