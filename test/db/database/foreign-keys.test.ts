import { describe, expect, it } from "vitest";
import { provideDatabase, type TestDatabase } from "../../support/database.ts";

/**
 * Tables that foreign keys point at, with more than one index beginning with the first column that the key looks for; where that column
 * alone is a key, each of them finds one row.
 */
const AMBIGUOUS = `select distinct target.relname as table_name
  from pg_constraint c join pg_class target on target.oid = c.confrelid
  where c.contype = 'f' and cardinality(c.confkey) > 1
    and (select count(*) from pg_index i where i.indrelid = c.confrelid and i.indkey[0] = c.confkey[1]) > 1
    and not exists (
      select from pg_index i where i.indrelid = c.confrelid and i.indisunique and i.indnkeyatts = 1 and i.indkey[0] = c.confkey[1])`;

const listAmbiguous = async (test: TestDatabase): Promise<readonly unknown[]> =>
  (await test.query(AMBIGUOUS)).map((row) => row.table_name);

/** Before a table is analysed, two such indexes cost the same to the planner; the wrong one reads every row of the organisation. */
describe("the check of a foreign key", () => {
  const database = provideDatabase();

  it("finds one index only that begins with the organisation", async () => {
    expect(await listAmbiguous(database())).toEqual([]);
  });

  it("would be found to have a choice (control)", async () => {
    await database().database.prisma.$executeRaw`create index ambiguous on public.initiating_event (ods, event_date)`;
    expect(await listAmbiguous(database())).toEqual(["initiating_event"]);
  });
});
